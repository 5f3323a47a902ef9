"""What Query Desk holds about somebody who is signed in, and how it tells them."""

import base64
import binascii
import json
import time
from dataclasses import dataclass, field
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
    "offline_access": ("Staying connected", "to finish long queries after you closed the page"),
}
"""What each scope is good for here: `{scope: (title, purpose)}`."""


@dataclass(frozen=True)
class ScopeLine:
    """One line of the list of what was asked."""

    name: str
    title: str
    purpose: str
    is_granted: bool


@dataclass
class SignIn:
    """Somebody who is signed in: what was asked, and what came back."""

    token: dict[str, Any]
    id_token: dict[str, Any]
    asked: tuple[str, ...]
    userinfo: dict[str, Any] = field(default_factory=dict)

    @property
    def granted(self) -> tuple[str, ...]:
        """RFC 6749 §5.1: an answer without `scope` grants everything that was asked."""
        scope: str | None = self.token.get("scope")
        return self.asked if scope is None else tuple(scope.split())

    @property
    def scopes(self) -> list[ScopeLine]:
        """Everything asked for, granted or withheld."""
        granted = self.granted
        return [
            ScopeLine(name, *USES.get(name, (name, "")), is_granted=name in granted)
            for name in dict.fromkeys(self.asked + granted)
        ]

    @property
    def claims(self) -> dict[str, dict[str, Any]]:
        """Return `{claim: {"id_token": value, "userinfo": value}}`, without what is not there."""
        sources = {"id_token": self.id_token, "userinfo": self.userinfo}
        names = dict.fromkeys([*self.userinfo, *self.id_token])
        return {
            name: {source: held[name] for source, held in sources.items() if name in held}
            for name in names
        }

    @property
    def name(self) -> str:
        """What to call them, as far as they told us."""
        known = self.id_token | self.userinfo
        return str(known.get("name") or known.get("email") or "somebody who keeps their name")

    @property
    def picture(self) -> str:
        """The address of their picture, if it is one that a page may load."""
        picture = str((self.id_token | self.userinfo).get("picture", ""))
        return picture if picture.startswith(("https://", "http://")) else ""

    @property
    def access_token_payload(self) -> dict[str, Any] | None:
        """The payload of an access token that looks like a JWT, unverified; None for others.

        An access token is the resource server's to read (RFC 9068 §6); this is for the curious.
        """
        try:
            payload = self.token["access_token"].split(".")[1]
            decoded = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        except (IndexError, ValueError, binascii.Error):
            return None
        return decoded if isinstance(decoded, dict) else None

    @property
    def expires_in(self) -> int:
        """Seconds the access token is still good for, at least 0."""
        return max(0, int(self.token.get("expires_at", 0) - time.time()))

    @property
    def can_refresh(self) -> bool:
        """Whether a refresh token was given."""
        return "refresh_token" in self.token
