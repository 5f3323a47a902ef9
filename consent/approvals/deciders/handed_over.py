"""A day in which the yes of somebody does not count: their password or address was set for them.

Whoever set it could vote in their name, and four eyes would be two. It holds for votes on what
others ask, for those given on their behalf, and for letting somebody stand in. Their no counts, and
so does what they said before.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from foundation.base.prepared.lists import ByLength
from foundation.base.prepared.statements import PreparedValues
from foundation.directory.models import User

PAUSE = timedelta(hours=24)


def yes_counts_from(people: Collection[Any]) -> datetime | None:
    """Return when the yes of all these (by key) counts again, None for now. One statement."""
    if not people:
        return None
    statement, keys = _SET.about(people)
    found = statement.rows(timezone.now() - PAUSE, *keys)
    latest = max((row["sign_in_set_by_others_at"] for row in found), default=None)
    return latest + PAUSE if latest else None


def _set_by_others(since: datetime, *people: UUID) -> QuerySet[Any, Any]:
    recent: QuerySet[Any, Any] = User.objects.filter(
        pk__in=people, sign_in_set_by_others_at__gt=since
    )
    return recent.values("sign_in_set_by_others_at")


_SET = ByLength(lambda length: PreparedValues([datetime, *[UUID] * length], _set_by_others))
