"""Users: read as a connection sees them, and changed by nobody else's token (RFC 7644 §3)."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.models import Group
from django.db.models import Prefetch, QuerySet
from scim2_models import ForbiddenException, InvalidValueException, Meta, NotFoundException

from foundation.base.texts.canonical_names import canonical_name
from idp.models import ScimConnection, ScimUser
from idp.scim.limits import LONGEST_DOCUMENT
from idp.scim.resources import Person

BESIDE = ("id", "meta", "groups", "schemas", "userName", "externalId", "password")
"""Not kept in the document: columns of their own, or not ours to keep."""


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
