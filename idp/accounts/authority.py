"""Whom staff may act on: people who may do nothing that they may not do themselves.

Otherwise the right to change people would be every right that anybody has.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

from foundation.directory.models import GroupMembership, User
from foundation.directory.models.ends import lasting


def may_act_on(actor: User, person: User) -> bool:
    """Say whether a member of staff may change, lock out or delete somebody. Two statements."""
    if actor.is_superuser:
        return True
    return not person.is_superuser and rights_of(person) <= rights_of(actor)


def may_act_on_group(actor: User, group: Group) -> bool:
    """Say the same of a group, by what its members may do."""
    return actor.is_superuser or _keys(group.permissions.all()) <= rights_of(actor)


def rights_of(person: User) -> frozenset[Any]:
    """Return the permissions of somebody, own and by group; of inactive people those they had.

    One statement for each loaded row.
    """
    if "_rights" not in person.__dict__:
        groups = GroupMembership.objects.filter(lasting(), user=person).values("group")
        own = Q(user=person) | Q(group__in=groups)
        person.__dict__["_rights"] = _keys(Permission.objects.filter(own).distinct())
    rights: frozenset[Any] = person.__dict__["_rights"]
    return rights


def _keys(permissions: Iterable[Permission]) -> frozenset[Any]:
    return frozenset(permission.pk for permission in permissions)
