"""When grants last gave a token: from acts, and from notes that become acts."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max, QuerySet

from foundation.journal.keys import period
from foundation.journal.models import Act, Kind, MintedToken

Grants = Collection[UUID] | QuerySet[Any]
"""Keys of grants, or what selects them."""


def last_minted(
    grant_ids: Collection[UUID], *, since: datetime | None = None
) -> Mapping[UUID, datetime]:
    """Return when each grant last gave a token.

    Grants that gave none, or none `since` then, are left out; so is what is archived. Two
    statements.
    """
    after = {"at__gte": since} if since else {}
    return newest(
        acts_of_minting(grant_ids).filter(**period(since)),
        notes_of_minting(grant_ids).filter(**after),
    )


def acts_of_minting(grants: Grants) -> QuerySet[Any, Any]:
    """Return of each of the grants the moment of its last act: rows of `grant_id` and `last`."""
    acts = Act.objects.filter(kind=Kind.MINTED, grant__in=grants).order_by()
    return acts.values("grant_id").annotate(last=Max("at"))


def notes_of_minting(grants: Grants) -> QuerySet[Any, Any]:
    """Return the same of notes that are no acts yet."""
    notes = MintedToken.objects.filter(grant_id__in=grants).order_by()
    return notes.values("grant_id").annotate(last=Max("at"))


def newest(*found: Iterable[Mapping[str, Any]]) -> Mapping[UUID, datetime]:
    """Return the last moment of each grant of all rows."""
    last: dict[UUID, datetime] = {}
    for row in (row for rows in found for row in rows if row["grant_id"]):
        last[row["grant_id"]] = max(row["last"], last.get(row["grant_id"], row["last"]))
    return last
