"""The e-mail addresses of a person that are verified: which one an application gets."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from claims.subject import Subject
from foundation.base.prepared.statements import PreparedValues
from foundation.directory.models import User

EMAIL_SCOPE = "email"
"""OIDC Core §5.4: the scope that releases an address."""
WITHHELD: Mapping[str, Any] = {"email": "", "email_verified": False}


def verified_addresses(person_pk: Any) -> tuple[str, ...]:
    """Return the verified addresses of a person in alphabetical order. One statement."""
    return tuple(address for address, _main in _verified(person_pk))


def other_addresses(person_pk: Any) -> tuple[str, ...]:
    """Return the verified addresses beside the main one. One statement."""
    return tuple(
        address for address, main in _verified(person_pk) if address.lower() != main.lower()
    )


def _verified(person_pk: Any) -> Iterator[tuple[str, str]]:
    """Yield (address, the person's main address)."""
    for row in _VERIFIED.rows(User._meta.pk.to_python(person_pk)):  # noqa: SLF001 - documented
        yield row["emailaddress__email"], row["email"]


_VERIFIED = PreparedValues(
    [UUID],
    lambda person: (
        User.objects.filter(pk=person, emailaddress__verified=True)
        .order_by("emailaddress__email")
        .values("emailaddress__email", "email")
    ),
)


def sharing(subject: Subject, address: str, *, is_verified: bool) -> Subject:
    """Return the subject with the address chosen for an application, empty for the main one.

    A chosen address that is not (or no longer) a verified one of the person is not replaced by
    another: there is none then.
    """
    if not address:
        return subject
    shared = {"email": address, "email_verified": True} if is_verified else WITHHELD
    return replace(subject, standard={**subject.standard, **shared})
