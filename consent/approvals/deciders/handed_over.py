"""A day in which the yes of somebody does not count: their password or address was set for them.

Whoever set it could vote in their name, and four eyes would be two. It holds for votes on what
others ask, for those given on their behalf, and for letting somebody stand in. Their no counts, and
so does what they said before.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max
from django.utils import timezone

from foundation.directory.models import User

PAUSE = timedelta(hours=24)


def yes_counts_from(people: Collection[Any]) -> datetime | None:
    """Return when the yes of all these (by key) counts again, None for now. One statement."""
    recent = User.objects.filter(pk__in=people, sign_in_set_by_others_at__gt=timezone.now() - PAUSE)
    latest: datetime | None = recent.aggregate(at=Max("sign_in_set_by_others_at"))["at"]
    return latest + PAUSE if latest else None
