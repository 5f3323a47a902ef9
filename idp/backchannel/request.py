"""The authentication request as it arrived (CIBA Core §7.1): inert text, checked elsewhere."""

from collections.abc import Iterable
from dataclasses import dataclass

from idp.authorize.request import AuthorizationRequest

HINTS = ("login_hint", "login_hint_token", "id_token_hint")


@dataclass(frozen=True, slots=True, kw_only=True)
class BackchannelParameters:
    """The parameters; "" when absent. What authorization requests have too is in `request`."""

    request: AuthorizationRequest
    login_hint_token: str = ""
    binding_message: str = ""
    requested_expiry: str = ""
    client_notification_token: str = ""

    @classmethod
    def parse(cls, form: Iterable[tuple[str, str]], client_id: str) -> "BackchannelParameters":
        """Read a form in which nothing but `resource` is repeated; unknown names are ignored."""
        pairs = [(name, value) for name, value in form if name != "client_id"]
        given = {name: [v for n, v in pairs if n == name] for name, _ in pairs}
        given["client_id"] = [client_id]
        own = ("login_hint_token", "binding_message", "requested_expiry",
               "client_notification_token")  # fmt: skip
        return cls(
            request=AuthorizationRequest.parse(given.items()),
            **{name: given[name][0] for name in own if name in given},
        )

    @property
    def hints(self) -> tuple[str, ...]:
        """The names of the hints that were sent."""
        sent = {
            "login_hint": self.request.login_hint,
            "login_hint_token": self.login_hint_token,
            "id_token_hint": self.request.id_token_hint,
        }
        return tuple(name for name in HINTS if sent[name])
