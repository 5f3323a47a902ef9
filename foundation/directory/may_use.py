"""Who may use an application: everybody, unless it is only for those it names."""

from collections.abc import Collection
from uuid import UUID

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Exists, Q, QuerySet

from foundation.base.configuration.epoch import start_new_epoch
from foundation.directory.models import Client, GroupMembership, User
from foundation.directory.models.ends import lasting


def may_use(client: Client, person_pk: UUID) -> bool:
    """Say whether somebody may use an application. A statement only where it is for some."""
    return not client.is_for_some or is_named(client.pk, person_pk)


def is_named(client_pk: int, person_pk: UUID) -> bool:
    """Say whether an application names somebody, or a group of theirs. One statement."""
    theirs = GroupMembership.objects.filter(lasting(), user=person_pk).values("group")
    by_name = Client.only_people.through.objects.filter(client=client_pk, user=person_pk)
    by_group = Client.only_groups.through.objects.filter(client=client_pk, group__in=theirs)
    return bool(User.objects.filter(Exists(by_name) | Exists(by_group), pk=person_pk).exists())


def people_named(client: Client) -> QuerySet[User]:
    """Return whoever may use an application that is for some."""
    groups = client.only_groups.values("pk")
    members = GroupMembership.objects.filter(lasting(), group__in=groups).values("user")
    found: QuerySet[User] = User.objects.filter(
        Q(pk__in=client.only_people.values("pk")) | Q(pk__in=members)
    )
    return found


@transaction.atomic
def set_users(
    client: Client, *, is_for_some: bool, people: Collection[User], groups: Collection[Group]
) -> None:
    """Say for whom an application is."""
    row = Client.objects.select_for_update().get(pk=client.pk)
    row.is_for_some = is_for_some
    row.save(update_fields=["is_for_some"])
    row.only_people.set(people)
    row.only_groups.set(groups)
    start_new_epoch()
