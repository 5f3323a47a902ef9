"""When grants last gave a token, as far as the journal tells."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Max

from foundation.journal.models import Act, Kind, MintedToken


def last_minted(
    grant_ids: Collection[UUID], *, since: datetime | None = None
) -> Mapping[UUID, datetime]:
    """Return when each grant last gave a token, from acts and from notes that become acts.

    Grants that gave none, or none `since` then, are left out; so is what is archived. Two
    statements.
    """
    after = {"at__gte": since} if since else {}
    acts = Act.objects.filter(kind=Kind.MINTED, grant__in=grant_ids, **after).order_by()
    recorded: dict[UUID, datetime] = dict(acts.values_list("grant").annotate(last=Max("at")))
    notes = MintedToken.objects.filter(grant_id__in=grant_ids, **after).order_by()
    noted = dict(notes.values_list("grant_id").annotate(last=Max("at")))
    return recorded | {pk: max(at, recorded.get(pk, at)) for pk, at in noted.items() if pk}
