"""What a person is called here, from what a SCIM resource says (RFC 7643 §4.1)."""

import re
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from scim2_models import InvalidValueException

from claims.attributes import complaint, definitions
from foundation.base.texts.canonical_names import canonical_address
from foundation.directory.models import User

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8})*")
LONGEST_TAG = 35
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
ATTRIBUTES = {
    "department": "department",
    "division": "division",
    "organization": "organization",
    "costCenter": "cost_center",
    "employeeNumber": "employee_number",
}
"""Of the enterprise extension: recorded where an attribute of this name is defined."""
DOCUMENT_COLUMNS = {
    "nickName": "nickname",
    "profileUrl": "profile",
    "title": "title",
    "userType": "user_type",
    "timezone": "zoneinfo",
}
OWNED = (
    "username", "is_active", "name", "given_name", "middle_name", "family_name", "email",
    "email_verified", "phone_number", "locale", "address", *DOCUMENT_COLUMNS.values(),
)  # fmt: skip
"""Columns that the connection writes when what it says of them changes."""


def columns_of(
    document: Mapping[str, Any], *, user_name: str, active: bool, verified: frozenset[str]
) -> dict[str, Any]:
    """Return the columns of a person; `verified` are domains whose addresses are."""
    name = document.get("name") or {}
    email = canonical_address(_main(document.get("emails")).get("value") or "")
    domain = email.rpartition("@")[2]
    return {
        # No user name of ours has an @, so that none is ever somebody's address.
        "username": User.normalize_username(user_name.replace("@", ".")),
        "is_active": active,
        "name": document.get("displayName") or name.get("formatted") or "",
        "given_name": name.get("givenName") or "",
        "middle_name": name.get("middleName") or "",
        "family_name": name.get("familyName") or "",
        "email": email,
        "email_verified": bool(email) and domain in verified,
        "phone_number": _main(document.get("phoneNumbers")).get("value") or "",
        "locale": _language(document.get("preferredLanguage") or document.get("locale") or ""),
        "address": _address(_main(document.get("addresses"))),
        **{column: document.get(name) or "" for name, column in DOCUMENT_COLUMNS.items()},
    }


def attributes_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes that the enterprise extension gives; None: it does not say.

    Raises `InvalidValueException` for a value that the definition has no place for.
    """
    said, known = document.get(ENTERPRISE) or {}, definitions()
    found = {ours: said.get(name) for name, ours in ATTRIBUTES.items() if ours in known}
    for ours, value in found.items():
        if value is not None and (sentence := complaint(known[ours], value)):
            raise InvalidValueException(detail=sentence)
    return found


def check_columns(person: User) -> None:
    """Raise `InvalidValueException` for what does not fit its column."""
    others = {field.name for field in User._meta.fields} - set(OWNED)  # noqa: SLF001
    try:
        person.clean_fields(exclude=others)
    except ValidationError as error:
        sentences = [f"{name}: {' '.join(said)}" for name, said in error.message_dict.items()]
        raise InvalidValueException(detail=" ".join(sentences)) from error


def _main(values: Any) -> Mapping[str, Any]:
    """Return the primary value, else the first."""
    rows = [row for row in values or () if isinstance(row, dict)]
    return next((row for row in rows if row.get("primary")), rows[0] if rows else {})


def _language(said: str) -> str:
    """Return a language tag (BCP 47), whichever hyphen it was written with; else none."""
    return said.replace("_", "-") if _LANGUAGE.fullmatch(said) and len(said) <= LONGEST_TAG else ""


def _address(said: Mapping[str, Any]) -> dict[str, str]:
    names = {
        "formatted": "formatted",
        "streetAddress": "street_address",
        "locality": "locality",
        "region": "region",
        "postalCode": "postal_code",
        "country": "country",
    }
    return {ours: said[name] for name, ours in names.items() if said.get(name)}
