"""Users: read as a connection sees them, and changed by nobody else's token (RFC 7644 §3)."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.db.models import Prefetch, QuerySet
from scim2_models import (
    ForbiddenException,
    InvalidValueException,
    Meta,
    NotFoundException,
    UniquenessException,
)

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
from idp.scim.limits import LONGEST_DOCUMENT
from idp.scim.resources import Person
from idp.scim.versions import StaleError, must_match

BESIDE = ("id", "meta", "groups", "schemas", "userName", "externalId", "password")
"""Not kept in the document: columns of their own, or not ours to keep."""
TAKEN = "Somebody has this userName or e-mail address already."


@dataclass(frozen=True)
class SaidOfPerson:
    """What a client wants a person to be."""

    user_name: str
    external_id: str
    active: bool | None
    """None: it stays as it is."""
    document: dict[str, Any]


def rows_of(connection: ScimConnection) -> QuerySet[ScimUser]:
    """Return the people that a connection sees, with all that a resource needs."""
    own = Group.objects.filter(scim__connection=connection).select_related("scim").order_by("name")
    rows = ScimUser.objects.filter(connection=connection).select_related("person", "connection")
    return rows.prefetch_related(Prefetch("person__groups", own))


def row_of(connection: ScimConnection, key: str) -> ScimUser:
    """Return one; raises `NotFoundException` for anybody who is not theirs."""
    try:
        return rows_of(connection).get(person=UUID(key))
    except (ValueError, ScimUser.DoesNotExist):
        raise NotFoundException(detail=f"There is no User {key[:64]}.") from None


def resource_of(row: ScimUser, base: str) -> Any:
    """Return the resource that a row is."""
    person = row.person
    groups = [
        {
            "value": str(group.scim.pk),
            "$ref": f"{base}/Groups/{group.scim.pk}",
            "display": group.name,
            "type": "direct",
        }
        for group in person.groups.all()
    ]
    found = {
        **row.document,
        "userName": row.user_name,
        "externalId": row.external_id or None,
        "active": None if person.is_active and "active" not in row.document else person.is_active,
        "groups": groups or None,
        "id": str(row.pk),
    }
    resource = Person.model_validate(found, scim_ctx=None)
    resource.meta = Meta(
        resource_type="User",
        created=row.created_at,
        last_modified=person.updated_at,
        location=f"{base}/Users/{row.pk}",
        version=version_of(row),
    )
    return resource


def version_of(row: ScimUser) -> str:
    """Return the entity tag: another after each change, whoever made it."""
    return f'W/"{row.version}-{row.person.updated_at.timestamp():.6f}"'


def said_in(resource: Any) -> SaidOfPerson:
    """Return what a resource wants; raises `InvalidValueException`."""
    user_name = (resource.user_name or "").strip()
    if not user_name:
        raise InvalidValueException(detail="userName is needed.")
    document = resource.model_dump(exclude_none=True)
    for name in BESIDE:
        document.pop(name, None)
    if len(json.dumps(document)) > LONGEST_DOCUMENT:
        raise InvalidValueException(detail=f"A User has at most {LONGEST_DOCUMENT} bytes.")
    said = SaidOfPerson(user_name, resource.external_id or "", resource.active, document)
    if max(len(said.user_name), len(canonical_name(said.user_name)), len(said.external_id)) > 255:
        raise InvalidValueException(detail="userName and externalId have at most 255 characters.")
    return said


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
    """Change a person as said. ScimCall it in a transaction (`versions.attempt`).

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
    gives = sorted([*OWNED, *(ATTRIBUTE + name for name in attributes)])
    ProvidedPerson.objects.create(
        person=person, source=f"scim:{connection.pk}", key=str(person.pk), gives=gives
    )


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


def theirs(connection: ScimConnection, keys: Iterable[str]) -> list[UUID]:
    """Return the keys of people of a connection, none of them staff.

    Raises `InvalidValueException` for a key that is nobody's, `ForbiddenException` for staff.
    """
    try:
        wanted = {UUID(key) for key in keys}
    except ValueError:
        raise InvalidValueException(detail="A member is no User.") from None
    rows = ScimUser.objects.filter(connection=connection, person__in=wanted)
    found = dict(rows.values_list("person", "person__is_staff"))
    powerful = rows.filter(person__is_superuser=True).exists() or any(found.values())
    if wanted - set(found):
        raise InvalidValueException(detail="A member is no User.")
    if powerful:
        raise ForbiddenException(detail="Administrators are not changed from elsewhere.")
    return sorted(wanted)
