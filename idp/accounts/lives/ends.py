"""When somebody's access ends, and their membership of groups.

What has ended counts for nothing from that moment on (`foundation/directory/models/ends.py`). What
is left then, sessions, refresh tokens and rows, is tidied up by `end_what_is_due`.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import QuerySet

from foundation.directory.may_use import may_use
from foundation.directory.models import Client, GroupMembership, User
from foundation.directory.models.ends import has_ended
from idp.accounts.provisioning.ending import deactivate, end_access
from idp.tokens.revocation import announce_end

MOST_AT_ONCE = 500


@transaction.atomic
def set_end(people: Collection[UUID], ends_at: datetime | None, now: datetime) -> int:
    """Say until when people may do anything, None: for good; return how many that changed.

    An end that is not after `now` ends everything they have at once.
    """
    rows = User.objects.filter(pk__in=people).order_by("pk").select_for_update()
    other = [person.pk for person in rows if person.ends_at != ends_at]
    User.objects.filter(pk__in=other).update(ends_at=ends_at, updated_at=now)
    if has_ended(ends_at, now):
        end_access(other)
    return len(other)


@transaction.atomic
def join(person: UUID, group: Group, ends_at: datetime | None, now: datetime) -> None:
    """Let somebody be in a group until then, None: for good. An end that has come takes them out.

    Who is in it already gets the other end.
    """
    if has_ended(ends_at, now):
        leave(GroupMembership.objects.filter(user=person, group=group))
        return
    GroupMembership.objects.update_or_create(
        user_id=person, group=group, defaults={"ends_at": ends_at}
    )


@transaction.atomic
def leave(rows: QuerySet[GroupMembership]) -> int:
    """Take people out of groups, and tell resource servers of what they may use no more."""
    gone = list(rows.order_by("pk").select_for_update().values_list("pk", "user", "group"))
    GroupMembership.objects.filter(pk__in=[key for key, _, _ in gone]).delete()
    for _, person, group in gone:
        for client in Client.objects.filter(is_for_some=True, only_groups=group):
            if not may_use(client, person):
                announce_end(application=client.pk, user=person)
    return len(gone)


def end_what_is_due(now: datetime) -> dict[str, int]:
    """Switch off whose end has come, and delete memberships that ended; return how many of each.

    Safe at any time, and from any number of processes.
    """
    due = User.objects.filter(is_active=True, ends_at__lte=now).order_by("ends_at")
    people = list(due.values_list("pk", flat=True)[:MOST_AT_ONCE])
    over = GroupMembership.objects.filter(ends_at__lte=now).order_by("ends_at")
    keys = list(over.values_list("pk", flat=True)[:MOST_AT_ONCE])
    return {
        "people": deactivate(people) if people else 0,
        "memberships": leave(GroupMembership.objects.filter(pk__in=keys, ends_at__lte=now))
        if keys
        else 0,
    }
