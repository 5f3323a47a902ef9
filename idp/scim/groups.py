"""Groups: those that a connection made, with people of its own (RFC 7643 §4.2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from scim2_models import InvalidValueException, Meta, NotFoundException, UniquenessException

from foundation.base.configuration.epoch import start_new_epoch
from foundation.directory.models import User
from foundation.directory.sources.models import ProvidedGroup
from idp.models import ScimConnection, ScimGroup, ScimUser
from idp.scim.limits import MOST_MEMBERS
from idp.scim.people import theirs
from idp.scim.resources import GroupResource
from idp.scim.versions import StaleError, must_match

MEMBERS = User.groups.through


@dataclass(frozen=True)
class SaidOfGroup:
    """What a client wants a group to be. No members (None): they stay."""

    name: str
    external_id: str
    members: frozenset[str] | None


def group_rows_of(connection: ScimConnection) -> QuerySet[ScimGroup]:
    """Return the groups that a connection sees."""
    return ScimGroup.objects.filter(connection=connection).select_related("group", "connection")


def group_row_of(connection: ScimConnection, key: str) -> ScimGroup:
    """Return one; raises `NotFoundException` for a group that is not theirs."""
    try:
        return group_rows_of(connection).get(pk=UUID(key))
    except (ValueError, ScimGroup.DoesNotExist):
        raise NotFoundException(detail=f"There is no Group {key[:64]}.") from None


def group_resource_of(row: ScimGroup, base: str, *, with_members: bool = True) -> GroupResource:
    """Return the resource that a row is; members only of the connection."""
    resource = GroupResource.model_validate(
        {
            "id": str(row.pk),
            "displayName": row.group.name,
            "externalId": row.external_id or None,
            "members": _members(row, base) if with_members else None,
        },
        scim_ctx=None,
    )
    resource.meta = Meta(
        resource_type="Group",
        created=row.created_at,
        last_modified=row.updated_at,
        location=f"{base}/Groups/{row.pk}",
        version=group_version_of(row),
    )
    return resource


def group_version_of(row: ScimGroup) -> str:
    """Return the entity tag."""
    return f'W/"{row.version}"'


def said_of_group(resource: GroupResource) -> SaidOfGroup:
    """Return what a resource wants; raises `InvalidValueException`."""
    name = (resource.display_name or "").strip()
    if not 0 < len(name) <= 150:
        raise InvalidValueException(detail="displayName has 1 to 150 characters.")
    if len(resource.external_id or "") > 255:
        raise InvalidValueException(detail="externalId has at most 255 characters.")
    members = [each.value or "" for each in resource.members or ()]
    if len(members) > MOST_MEMBERS:
        raise InvalidValueException(detail=f"At most {MOST_MEMBERS} members in one request.")
    return SaidOfGroup(name, resource.external_id or "", frozenset(members))


def make_group(connection: ScimConnection, said: SaidOfGroup) -> UUID:
    """Make a group; raises `UniquenessException` for a name that another group has."""
    try:
        with transaction.atomic():
            _must_be_free(said.name)
            group = Group.objects.create(name=said.name)
    except IntegrityError as error:
        raise _taken() from error
    row = ScimGroup(group=group, connection=connection, external_id=said.external_id)
    row.save()
    ProvidedGroup.objects.create(group=group, source=connection.source, key=str(row.pk))
    _add(row, said.members or ())
    return row.pk


def change_group(row: ScimGroup, said: SaidOfGroup, *, if_match: str) -> None:
    """Change a group as said. Call it in a transaction; raises as `people.change` does."""
    next_version(row, if_match, external_id=said.external_id)
    if row.group.name != said.name:
        try:
            with transaction.atomic():
                _must_be_free(said.name, but=row.group.pk)
                row.group.name = said.name
                row.group.save(update_fields=["name"])
                start_new_epoch()  # names order what the groups' attributes say
        except IntegrityError as error:
            raise _taken() from error
    if said.members is not None:
        present = {str(key) for key in _member_keys(row)}
        change_members(row, said.members - present, present - said.members)


def change_members(row: ScimGroup, added: Iterable[str], removed: Iterable[str]) -> None:
    """Add and remove people of the connection; others in the group stay."""
    _add(row, added)
    if gone := theirs(row.connection, removed):
        MEMBERS.objects.filter(group=row.group, user__in=gone).delete()


def present_of(row: ScimGroup, keys: Iterable[str]) -> list[str]:
    """Return those of the keys that are members, of the connection."""
    rows = MEMBERS.objects.filter(
        group=row.group, user__in=list(keys), user__scim__connection=row.connection
    )
    return [str(key) for key in rows.values_list("user_id", flat=True)]


def remove_group(row: ScimGroup, *, if_match: str) -> None:
    """Delete a group. Call it in a transaction."""
    next_version(row, if_match, external_id=row.external_id)
    row.group.delete()


def next_version(row: ScimGroup, if_match: str, *, external_id: str) -> None:
    """Take the next version; raises `StaleError` when the row is not as it was read."""
    must_match(if_match, group_version_of(row))
    rows = ScimGroup.objects.filter(pk=row.pk, version=row.version)
    now = timezone.now()
    if not rows.update(version=row.version + 1, external_id=external_id, updated_at=now):
        raise StaleError
    row.version, row.external_id, row.updated_at = row.version + 1, external_id, now


def _add(row: ScimGroup, keys: Iterable[str]) -> None:
    people = theirs(row.connection, keys)
    MEMBERS.objects.bulk_create(
        [MEMBERS(group=row.group, user_id=person) for person in people],
        ignore_conflicts=True,
        batch_size=1_000,
    )


def _member_keys(row: ScimGroup) -> "QuerySet[Any, UUID]":
    mine = ScimUser.objects.filter(connection=row.connection, person__groups=row.group)
    return mine.order_by("person").values_list("person", flat=True)


def _members(row: ScimGroup, base: str) -> list[dict[str, str]] | None:
    return [
        {"value": str(key), "$ref": f"{base}/Users/{key}", "type": "User"}
        for key in _member_keys(row)
    ] or None


def _must_be_free(name: str, but: int | None = None) -> None:
    others = Group.objects.filter(name__iexact=name)
    if (others if but is None else others.exclude(pk=but)).exists():
        raise _taken()


def _taken() -> UniquenessException:
    return UniquenessException(detail="A group has this displayName already.")
