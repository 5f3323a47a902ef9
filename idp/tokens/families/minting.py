"""Moving the notes of minted tokens into the history."""

from django.db import transaction

from foundation.journal.acts import Actor, Entry, Kind, record
from foundation.journal.models import MintedToken
from idp.tokens.families.standing import FamilyStanding
from idp.tokens.issue import Issue

BATCH = 500


def record_minted() -> int:
    """Record every noted token once; return how many. Twice at once, each takes its share."""
    recorded = 0
    while batch := _record_batch():
        recorded += batch
    return recorded


def note_exchange(standing: FamilyStanding, issue: Issue) -> None:
    """Note a token that was given for another one; no trigger sees it. One statement."""
    MintedToken.objects.create(
        family=standing.get("token_family"),
        rotation=standing.get("rotations"),
        at=issue.now,
        user_id=issue.subject.id if issue.subject else None,
        client_id=issue.client.pk,
        grant_id=issue.grant_id,
        scope=" ".join(issue.scopes),
        acr=issue.authentication.acr,
    )


@transaction.atomic
def _record_batch() -> int:
    locked = MintedToken.objects.select_for_update(skip_locked=True)
    notes = list(locked.order_by("pk")[:BATCH])
    record([_entry(note) for note in notes])
    MintedToken.objects.filter(pk__in=[note.pk for note in notes]).delete()
    return len(notes)


def _entry(note: MintedToken) -> Entry:
    return Entry(
        kind=Kind.MINTED,
        actor=Actor.CLIENT,
        person=note.user_id,
        client=note.client_id,
        grant=note.grant_id,
        scope=note.scope,
        acr=note.acr,
        detail={"family": str(note.family), "rotation": note.rotation},
        at=note.at,
    )
