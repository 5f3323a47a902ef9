"""What Query Desk holds about somebody who is signed in, and how it tells them."""

import base64
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

USES = {
    "openid": ("Sign-in", "to know that you are the same person as last time"),
    "profile": ("Profile", "to greet you by name and show dates the way you read them"),
    "email": ("E-mail address", "to send you the results of long queries"),
    "phone": ("Phone number", "to call you when a query of yours goes wrong"),
    "address": ("Postal address", "to post you the printed report"),
    "roles": ("Roles", "to offer the tools of your trade"),
    "department": ("Department", "to open your department's data first"),
    "projects": ("Projects", "to show the data of your projects"),
    "clearance": ("Clearance", "to hide what you may not see anyway"),
    "warehouse:finance": ("Finance data", "to answer your questions about payments and budgets"),
    "warehouse:hr": ("Staff data", "to answer your questions about staff"),
    "offline_access": ("Staying connected", "to finish long queries after you closed the page"),
}
"""What each scope is good for here: `{scope: (title, purpose)}`."""


WAREHOUSE_SCOPES = ("warehouse:finance", "warehouse:hr")
"""Only tokens for the Warehouse carry them."""


@dataclass(frozen=True)
class ScopeLine:
    """One line of the list of what was asked."""

    name: str
    title: str
    purpose: str
    outcome: str
    """`granted`, `withheld`, or `unknown` until a token for its audience was asked for."""


@dataclass(frozen=True)
class AccessToken:
    """An access token for one audience."""

    value: str
    expires_at: float
    """In seconds since 1970."""
    details: tuple[Mapping[str, Any], ...] = ()
    """What was approved, as the token response says it (RFC 9396 §7)."""

    @property
    def expires_in(self) -> int:
        """Seconds it is still good for, at least 0."""
        return max(0, int(self.expires_at - time.time()))

    @property
    def payload(self) -> dict[str, Any] | None:
        """The payload of a token that looks like a JWT, unverified; None for an opaque one.

        An access token is the resource server's to read (RFC 9068 §6); this is for the curious.
        """
        try:
            payload = self.value.split(".")[1]
            decoded = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        except (IndexError, ValueError):
            return None
        return decoded if isinstance(decoded, dict) else None


@dataclass
class SignIn:
    """Somebody who is signed in: what was asked, and what came back."""

    id_token: str
    claims_of_id_token: dict[str, Any]
    asked: tuple[str, ...]
    granted_at: dict[str, tuple[str, ...]]
    """What the last token for each audience carries: it says nothing of other audiences' scopes."""
    refresh_token: str = ""
    access_tokens: dict[str, AccessToken] = field(default_factory=dict)
    """One for each audience."""
    userinfo: dict[str, Any] = field(default_factory=dict)

    @property
    def subject(self) -> str:
        """The identifier that stays the same whatever else is withheld."""
        return str(self.claims_of_id_token["sub"])

    @property
    def scopes(self) -> list[ScopeLine]:
        """Everything asked for, what was granted first."""
        lines = [
            ScopeLine(name, *USES.get(name, (name, "")), outcome=self._outcome(name))
            for name in dict.fromkeys(self.asked + self.granted)
        ]
        return sorted(lines, key=lambda line: line.outcome != "granted")

    @property
    def granted(self) -> tuple[str, ...]:
        """Everything that some token carries."""
        return tuple(dict.fromkeys(chain.from_iterable(self.granted_at.values())))

    @property
    def claims(self) -> dict[str, dict[str, Any]]:
        """Return `{claim: {"id_token": value, "userinfo": value}}`, without what is not there."""
        sources = {"id_token": self.claims_of_id_token, "userinfo": self.userinfo}
        names = dict.fromkeys([*self.userinfo, *self.claims_of_id_token])
        return {
            name: {source: held[name] for source, held in sources.items() if name in held}
            for name in names
        }

    @property
    def name(self) -> str:
        """What to call them, as far as they told us."""
        return str(self._known("name") or self._known("email") or "somebody without a name")

    @property
    def picture(self) -> str:
        """The address of their picture, if it is one that a page may load."""
        picture = str(self._known("picture"))
        return picture if picture.startswith(("https://", "http://")) else ""

    def _outcome(self, scope: str) -> str:
        if scope in self.granted:
            return "granted"
        is_known = scope not in WAREHOUSE_SCOPES or len(self.granted_at) > 1
        return "withheld" if is_known else "unknown"

    def _known(self, claim: str) -> Any:
        return self.userinfo.get(claim) or self.claims_of_id_token.get(claim) or ""
