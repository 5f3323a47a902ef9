"""Users: made, changed and deleted by their connection (RFC 7644 §3.3, §3.5, §3.6)."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from scim2_models import ForbiddenException, UniquenessException

from claims.services import set_attributes
from foundation.base.texts.canonical_names import canonical_name
from foundation.directory.models import Client, User
from foundation.directory.sources.models import ProvidedPerson
from foundation.journal.acts import author_at_work
from idp.accounts.administration import is_taken, record_email
from idp.accounts.by_others import Credential, note_set_by_another
from idp.accounts.provisioning.ending import end_access
from idp.accounts.provisioning.facts import ATTRIBUTE
from idp.models import ScimConnection, ScimUser
from idp.scim.columns import OWNED, attributes_of, check_columns, columns_of
from idp.scim.people import SaidOfPerson, version_of
from idp.scim.versions import StaleError, must_match

TAKEN = "Somebody has this userName or e-mail address already."


def make(connection: ScimConnection, said: SaidOfPerson) -> UUID:
    """Make a person; raises `UniquenessException` where somebody has the name or the address.

    Whoever is here already stays who they are: an equal name or address proves nothing.
    """
    person = User()
    person.set_unusable_password()
    for column, value in _columns(connection, said, was_active=True).items():
        setattr(person, column, value)
    _check(person)
    attributes = attributes_of(said.document)
    with _unique():
        person.save(force_insert=True)
        _write_row(ScimUser(person=person, connection=connection), said)
        record_email(person)
        _write_provenance(person, connection, attributes)
    if any(value is not None for value in attributes.values()):
        set_attributes(person, attributes)
    return person.pk


def change(row: ScimUser, said: SaidOfPerson, *, if_match: str) -> None:
    """Change a person as said. Call it in a transaction (`versions.attempt`).

    Raises `StaleError` when they are not as `row` was read, `PreconditionFailedError`,
    `ForbiddenException` for staff, `UniquenessException`.
    """
    person = _locked(row, if_match)
    columns = _columns(row.connection, said, was_active=person.is_active)
    differing = {name for name, value in columns.items() if getattr(person, name) != value}
    before = person.email
    for name in differing:
        setattr(person, name, columns[name])
    _check(person)
    attributes = attributes_of(said.document)
    recorded = attributes_of(row.document)
    with _unique():
        person.save(update_fields={*differing, "updated_at"})
        _write_row(row, said)
        if {"email", "email_verified"} & differing:
            record_email(person, replaces=before)
    if attributes != recorded:
        set_attributes(person, attributes)
        ProvidedPerson.objects.filter(person=person).update(gives=_gives(attributes))
    if "email" in differing:
        author = author_at_work()
        note_set_by_another(person, Credential.ADDRESS, author, replaced=before)
    if "is_active" in differing and not person.is_active:
        end_access([person.pk])


def remove(row: ScimUser, *, if_match: str) -> None:
    """Delete a person; their tokens end. Applications that were theirs stay (§3.6)."""
    person = _locked(row, if_match)
    end_access([person.pk])
    for client in Client.objects.filter(user=person):
        client.user = None
        client.save(update_fields=["user"])
    person.delete()


def _locked(row: ScimUser, if_match: str) -> User:
    """Return the person behind a row, locked and as it was read, with the row's next version."""
    must_match(if_match, version_of(row))
    moved = ScimUser.objects.filter(pk=row.pk, version=row.version)
    if not moved.update(version=row.version + 1):
        raise StaleError
    person: User | None = User.objects.select_for_update().filter(pk=row.pk).first()
    if person is None or person.updated_at != row.person.updated_at:
        raise StaleError
    if person.is_staff or person.is_superuser:
        raise ForbiddenException(detail="Administrators are not changed from elsewhere.")
    row.version += 1
    return person


def _write_row(row: ScimUser, said: SaidOfPerson) -> None:
    row.user_name, row.external_id = said.user_name, said.external_id
    row.user_name_key = canonical_name(said.user_name)
    row.document = said.document
    row.save()


def _write_provenance(person: User, connection: ScimConnection, attributes: Iterable[str]) -> None:
    """Say which columns and attributes come from the connection."""
    ProvidedPerson.objects.create(
        person=person, source=connection.source, key=str(person.pk), gives=_gives(attributes)
    )


def _gives(attributes: Iterable[str]) -> list[str]:
    return sorted([*OWNED, *(ATTRIBUTE + name for name in attributes)])


def _columns(connection: ScimConnection, said: SaidOfPerson, *, was_active: bool) -> dict[str, Any]:
    active = was_active if said.active is None else said.active
    verified = frozenset(connection.verified_domains.lower().split())
    return columns_of(said.document, user_name=said.user_name, active=active, verified=verified)


def _check(person: User) -> None:
    check_columns(person)
    if person.email and is_taken(person.email, by_others_than=person):
        raise UniquenessException(detail=TAKEN)
    people = User.objects.exclude(pk=person.pk)
    if person.email and people.filter(email=person.email).exists():
        raise UniquenessException(detail=TAKEN)


class _unique(transaction.Atomic):  # noqa: N801 - reads as a word
    """A savepoint whose broken constraint is a conflict (§3.12)."""

    def __init__(self) -> None:
        super().__init__(using=None, savepoint=True, durable=False)

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        super().__exit__(kind, error, trace)
        if isinstance(error, IntegrityError):
            raise UniquenessException(detail=TAKEN) from error
