"""A token request as it arrived (RFC 6749 §3.2): inert text, nothing of it checked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from idp.errors import InvalidRequestError


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """What a client sent to the token endpoint; who the client is comes beside it, once proven."""

    form: Mapping[str, str]
    """Its parameters, each with a value; a repeated `resource` is whole in `resource` alone."""
    resource: tuple[str, ...]
    """RFC 8707 §2.2, as it was spelled."""
    authorization: str
    """The `Authorization` header; empty without one."""
    arrived_at: datetime
    """When it reached us, before it waited for anything."""
    dpop: str = ""
    """The `DPoP` header (RFC 9449 §4.1); empty without one."""
    thumbprint: str = ""
    """Of the key that the request has proven to have, once that is looked at."""

    @classmethod
    def parse(
        cls,
        pairs: Sequence[tuple[str, str]],
        authorization: str,
        arrived_at: datetime,
        dpop: str = "",
    ) -> "TokenRequest":
        """Take the pairs of a form that has none without a value (`web.parameters.read_form`)."""
        resource = tuple(value for name, value in pairs if name == "resource")
        return cls(dict(pairs), resource, authorization, arrived_at, dpop)

    @property
    def grant_type(self) -> str:
        """`grant_type`; empty when absent."""
        return self.form.get("grant_type", "")

    @property
    def cnf(self) -> dict[str, str]:
        """What its tokens are bound to (RFC 9449 §6.1); empty: they are a bearer's."""
        return {"jkt": self.thumbprint} if self.thumbprint else {}

    @property
    def scopes(self) -> tuple[str, ...]:
        """Scopes in the order asked for, each once."""
        return tuple(dict.fromkeys(self.form.get("scope", "").split()))

    def required(self, name: str) -> str:
        """Return a parameter that must be there; raises `InvalidRequestError` (RFC 6749 §3.1)."""
        value = self.form.get(name, "")
        if not value:
            raise InvalidRequestError(f"{name} is missing.")
        return value
