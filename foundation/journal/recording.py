"""Writing acts: in the transaction of what they tell of, without a lock, two statements at most."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from foundation.base.prepared.together import WrittenTogether
from foundation.base.texts.storable import storable
from foundation.journal.chain.canonical import (
    act_members,
    canonical,
    personal_members,
    seal,
    sha256,
)
from foundation.journal.chain.linking import hold_head, link_if_free
from foundation.journal.entries import Entry
from foundation.journal.keys import new_key
from foundation.journal.models.history import Act, ChainHead, PersonalPart
from foundation.journal.models.kinds import Kind

LOOKING = frozenset({Kind.ASKED, Kind.SHOWN, Kind.MINTED})
"""Acts that change nothing: they wait for the next act that does, or for the worker."""


def record(entries: Sequence[Entry]) -> None:
    """Append the acts, all or none. They are linked into the chain once they are committed.

    Call it inside the transaction that does what the acts tell of: an act that is rolled back has
    not happened. An entry with a key that has been recorded already adds nothing.
    """
    if not entries:
        return
    rows = [_rows(entry, timezone.now()) for entry in entries]
    again = any(entry.key for entry in entries)
    if len(rows) == 1 and not again:
        _TOGETHER.insert(*rows[0])
    else:
        _append(rows, again=again)
    if any(entry.kind not in LOOKING for entry in entries):
        transaction.on_commit(link_if_free, robust=True)


_TOGETHER = WrittenTogether(Act, PersonalPart)


@transaction.atomic
def _append(rows: Sequence[tuple[Act, PersonalPart]], *, again: bool) -> None:
    # The act first: two tasks with one occasion wait for each other there, and agree.
    Act.objects.bulk_create([act for act, _ in rows], ignore_conflicts=again)
    PersonalPart.objects.bulk_create([part for _, part in rows], ignore_conflicts=again)


@transaction.atomic
def record_unless_told(entry: Entry, **told: str) -> None:
    """Record an act unless there is one of its kind that says the same in `detail`.

    For acts without a moment that everybody knows: one after another, whoever holds the head.
    """
    hold_head(ChainHead.objects.select_for_update())
    same = {f"detail__{name}": value for name, value in told.items()}
    if not Act.objects.filter(kind=entry.kind, **same).exists():
        record([entry])


def _rows(entry: Entry, now: datetime) -> tuple[Act, PersonalPart]:
    at = entry.at or now
    act = Act(
        id=entry.key or new_key(at),
        at=at,
        kind=entry.kind.value,
        actor=entry.actor.value,
        client_id=entry.client,
        grant_id=entry.grant,
        scope=storable(entry.scope),
        object_kind=entry.object_kind,
        object_key=storable(entry.object_key, 64),
        text_version=entry.text_version,
        locale=storable(entry.locale, 35),
        acr=storable(entry.acr, 255),
        detail=dict(entry.detail),
    )
    part = PersonalPart(
        act=act,
        salt=secrets.token_hex(16),
        person_id=entry.person,
        actor_id=entry.actor_id,
        address=entry.address,
        user_agent=storable(entry.user_agent, 300),
        reason=storable(entry.reason),
        shown=entry.shown,
        shared_email=storable(entry.shared_email),
        other_id=entry.other_id,
        changes=entry.changes,
    )
    act.personal_digest = sha256(personal_members(part))
    act.seal = seal(canonical(act_members(act)))
    return act, part
