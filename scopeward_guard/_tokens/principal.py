"""The verified caller, and what must be true of a token's claims before there is one."""

import hmac
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scopeward_guard._base.errors import BadTokenError

LATEST = 2**53
REQUIRED_TEXTS = ("sub", "client_id", "jti")


@dataclass(frozen=True, slots=True)
class Principal:
    """Who calls, through which client, with what; every field was signed by the provider.

    Times are seconds since 1970. `claims` holds everything, the facts about the person included.
    """

    subject: str
    client_id: str
    scopes: frozenset[str]
    token_id: str
    issued_at: float
    expires_at: float
    grant_id: str = ""
    acr: str = ""
    auth_time: float | None = None
    authorization_details: tuple[Mapping[str, Any], ...] = ()
    confirmation: Mapping[str, Any] = field(default_factory=dict)
    claims: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def family(self) -> str:
        """The token family the `jti` begins with, "" for a client's own token."""
        family, dot, _ = self.token_id.partition(".")
        return family if dot else ""

    @property
    def is_client(self) -> bool:
        """Whether a client acts for itself (RFC 9068 §2.2: then `sub` is the client)."""
        return self.subject == self.client_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What a token for this resource server says, and how far clocks may differ."""

    issuer: str
    audience: str
    leeway: int = 5


def principal_from(claims: Mapping[str, Any], expected: Expectation, *, now: float) -> Principal:
    """Return the caller that signed or introspected claims describe (RFC 9068 §2.2, §4).

    Raises `BadTokenError` when a required claim is missing, has another type, or says that the
    token is for somebody else, not valid yet, or not valid any more.
    """
    subject, client_id, token_id = (_text(claims, name) for name in REQUIRED_TEXTS)
    expires_at, not_before = _time(claims, "exp"), _time(claims, "nbf")
    if not (subject and client_id and token_id) or expires_at is None:
        raise BadTokenError("a required claim is missing")
    issued_at = check_issued(claims, expected, now=now)
    if expires_at <= now - expected.leeway:
        raise BadTokenError("expired", expired=True)
    if (not_before or 0) > now + expected.leeway:
        raise BadTokenError("not valid yet")
    return Principal(
        subject=subject,
        client_id=client_id,
        scopes=frozenset(_text(claims, "scope").split(" ")) - {""},
        token_id=token_id,
        issued_at=issued_at,
        expires_at=expires_at,
        grant_id=_text(claims, "grant_id"),
        acr=_text(claims, "acr"),
        auth_time=_time(claims, "auth_time"),
        authorization_details=_details(claims),
        confirmation=_confirmation(claims),
        claims=claims,
    )


def check_issued(claims: Mapping[str, Any], expected: Expectation, *, now: float) -> float:
    """Return when something signed was issued: by our provider, for us, and not in the future.

    Raises `BadTokenError`.
    """
    if not _same(_text(claims, "iss"), expected.issuer):
        raise BadTokenError("of another issuer")
    audience = claims.get("aud")
    if isinstance(audience, list) and len(audience) == 1:
        audience = audience[0]
    # What several servers accept lets each of them act at the others.
    if not isinstance(audience, str) or not _same(audience, expected.audience):
        raise BadTokenError("for another audience")
    issued_at = _time(claims, "iat")
    if issued_at is None:
        raise BadTokenError("a required claim is missing")
    if issued_at > now + expected.leeway:
        raise BadTokenError("not valid yet")
    return issued_at


def _same(left: str, right: str) -> bool:
    return hmac.compare_digest(left.encode("utf-8", "replace"), right.encode())


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name, "")
    if not isinstance(value, str):
        raise BadTokenError(f"{name} is not a string")
    return value


def _time(claims: Mapping[str, Any], name: str) -> float | None:
    """RFC 7519 §2, NumericDate: seconds, as any JSON number."""
    value = claims.get(name)
    if value is None:
        return None
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise BadTokenError(f"{name} is not a time")
    if not 0 <= value < LATEST or not math.isfinite(value):
        raise BadTokenError(f"{name} is out of range")
    return value


def _details(claims: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """RFC 9396 §9.1."""
    details = claims.get("authorization_details", [])
    if not isinstance(details, list) or not all(isinstance(entry, dict) for entry in details):
        raise BadTokenError("authorization_details is not a list of objects")
    return tuple(details)


def _confirmation(claims: Mapping[str, Any]) -> Mapping[str, Any]:
    """RFC 7800 §3.1."""
    confirmation = claims.get("cnf", {})
    if not isinstance(confirmation, dict):
        raise BadTokenError("cnf is not an object")
    return confirmation
