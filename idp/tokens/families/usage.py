"""When applications last used what they were allowed."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Max
from django.db.models.functions import Coalesce

from idp.models import RefreshToken


def last_used(grant_ids: Collection[UUID]) -> Mapping[UUID, datetime]:
    """Return when each grant last gave a token, as far as its families tell. One statement.

    What the setting LAST_USED names. Families are deleted a day after they end; what they gave
    is in the history then.
    """
    used = RefreshToken.objects.filter(grant__in=grant_ids, redeemed_at__isnull=False)
    latest = Max(Coalesce("rotated_at", "redeemed_at"))
    return dict(used.order_by().values_list("grant").annotate(latest=latest))
