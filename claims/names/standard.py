"""The standard claims: which scope releases them (OIDC Core §5.4) and how they are made (§5.1)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

SCOPE_CLAIMS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "profile": (
            "name",
            "family_name",
            "given_name",
            "middle_name",
            "nickname",
            "preferred_username",
            "profile",
            "picture",
            "website",
            "gender",
            "birthdate",
            "zoneinfo",
            "locale",
            "updated_at",
        ),
        "email": ("email", "email_verified"),
        "address": ("address",),
        "phone": ("phone_number", "phone_number_verified"),
    }
)
"""OIDC Core §5.4."""

CLAIMS = frozenset(claim for claims in SCOPE_CLAIMS.values() for claim in claims)

ADDRESS_MEMBERS = (
    "formatted",
    "street_address",
    "locality",
    "region",
    "postal_code",
    "country",
)
"""OIDC Core §5.1.1."""

COLUMNS = ("username", *sorted(CLAIMS - {"preferred_username"}))
"""The columns of a person that the claims are made from; most carry the name of their claim."""

Columns = Mapping[str, Any]


def make(columns: Columns, claim: str) -> Any:
    """Return the value of one standard claim, None when there is none.

    A claim without a value is left out, never empty or null (OIDC Core §5.3.2).
    """
    maker = _MAKERS.get(claim)
    return maker(columns) if maker else _text(columns.get(claim))


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _name(columns: Columns) -> str | None:
    """§5.1: the full name with all name parts, for display."""
    parts = (_text(columns.get(part)) for part in ("given_name", "middle_name", "family_name"))
    return _text(columns.get("name")) or " ".join(part for part in parts if part) or None


def _preferred_username(columns: Columns) -> str | None:
    return _text(columns.get("username"))


def _email_verified(columns: Columns) -> bool | None:
    return bool(columns.get("email_verified")) if _text(columns.get("email")) else None


def _phone_number_verified(columns: Columns) -> bool | None:
    verified = bool(columns.get("phone_number_verified"))
    return verified if _text(columns.get("phone_number")) else None


def _address(columns: Columns) -> dict[str, str] | None:
    """§5.1.1: a JSON object with some of six members."""
    stored = columns.get("address")
    if not isinstance(stored, dict):
        return None
    members = ((member, _text(stored.get(member))) for member in ADDRESS_MEMBERS)
    return {member: value for member, value in members if value} or None


def _updated_at(columns: Columns) -> int | None:
    """§5.1: seconds since 1970 as a JSON number."""
    value = columns.get("updated_at")
    return int(value.timestamp()) if isinstance(value, datetime) else None


_MAKERS: dict[str, Callable[[Columns], Any]] = {
    "name": _name,
    "preferred_username": _preferred_username,
    "email_verified": _email_verified,
    "phone_number_verified": _phone_number_verified,
    "address": _address,
    "updated_at": _updated_at,
}
