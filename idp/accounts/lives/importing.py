"""Making and changing the people of a file, batch by batch: tried first, then written.

A batch and how far the import is are one transaction: a run that breaks off goes on where it was,
and every row is written once. People are found again by their user name, and only those who came
by a file are changed: nobody else is taken over.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _, override

from consent.approvals.notices.mail import language_of
from foundation.base.clearing import delete_in_batches
from foundation.base.texts.canonical_names import canonical_name
from foundation.directory.models import User
from foundation.directory.models.imports import ImportRow, ImportState, PeopleImport
from foundation.directory.sources.models import ProvidedPerson
from foundation.journal.acts import Actor, acting_as
from foundation.journal.context import DecisionContext
from idp.accounts.authority import may_act_on
from idp.accounts.by_others import Credential, note_set_by_another
from idp.accounts.invitations.services import NotInvitedError, invite
from idp.accounts.lives.meaning import facts_of_row, value_at
from idp.accounts.lives.reading_csv import BATCH
from idp.accounts.provisioning.facts import Became, Outcome, PersonFacts
from idp.accounts.provisioning.people import provide

SOURCE = "csv:1"
"""Of everybody who came by a file."""
KEPT = timedelta(days=30)
MAY_IMPORT = ("directory.add_user", "directory.change_user")
AFTER = {ImportState.TRYING: ImportState.TRIED, ImportState.WRITING: ImportState.DONE}


def begin(made: PeopleImport, state: ImportState, **columns: Any) -> bool:
    """Let the task try or write it from its first row; False when it may not now."""
    before = {
        ImportState.TRYING: (ImportState.READ, ImportState.TRIED),
        ImportState.WRITING: (ImportState.TRIED,),
    }[state]
    rows = PeopleImport.objects.filter(pk=made.pk, state__in=before)
    return bool(rows.update(state=state, done=0, counts={}, **columns))


def import_waiting(now: datetime, *, at_most: int = 10) -> int:
    """Work on what waits, the first first; return how many batches. Safe twice at once."""
    batches = 0
    waiting = PeopleImport.objects.filter(state__in=list(AFTER)).order_by("made_at")
    for key in list(waiting.values_list("pk", flat=True)):
        is_at_work = True
        while is_at_work and batches < at_most:
            is_at_work = work_on(key, now)
            batches += 1
    return batches


@transaction.atomic
def work_on(key: Any, now: datetime) -> bool:
    """Work on the next batch of an import; False when nothing is left of it."""
    rows = PeopleImport.objects.select_for_update(of=("self",)).select_related("made_by")
    made = rows.filter(pk=key, state__in=list(AFTER)).first()
    if made is None:
        return False
    if not made.made_by.has_perms(MAY_IMPORT):
        PeopleImport.objects.filter(pk=key).update(state=ImportState.READ)
        return False
    batch = list(made.rows.filter(number__gt=made.done).order_by("number")[:BATCH])
    if batch:
        counts = _work(made, batch, now)
        made.counts = dict(Counter(made.counts) + counts)
        made.done = batch[-1].number
    if not batch or made.done >= made.total:
        made.state = AFTER[ImportState(made.state)]
    made.save(update_fields=["state", "done", "counts"])
    return made.is_at_work


def clear_expired(now: datetime) -> int:
    """Delete files, with their rows, that nobody needs any more; return how many rows."""
    old = PeopleImport.objects.filter(made_at__lte=now - KEPT)
    rows = delete_in_batches(ImportRow.objects.filter(of__in=old), by="pk")
    return rows + old.delete()[0]


def _work(made: PeopleImport, batch: Sequence[ImportRow], now: datetime) -> Counter[str]:
    context = DecisionContext(
        actor=Actor.ADMINISTRATOR, actor_id=str(made.made_by_id), program="import_people"
    )
    is_dry = made.state == ImportState.TRYING
    with acting_as(context), override(language_of(made.made_by.locale)):
        facts = _facts_of(made, batch)
        outcomes = _provided(list(facts.values()), is_dry=is_dry)
        if not is_dry:
            _tell(outcomes, context, now, invites=made.invites)
    became = dict(zip(facts, outcomes, strict=True))
    for row in batch:
        if (outcome := became.get(row.number)) is not None:
            row.became, row.said = outcome.became.value, _sentences(outcome)
        else:
            row.became = Became.REFUSED.value
    ImportRow.objects.bulk_update(batch, ["key", "became", "said"])
    return Counter(row.became for row in batch)


def _provided(facts: Sequence[PersonFacts], *, is_dry: bool) -> list[Outcome]:
    """Make and change people; where the database refuses one, the others are made all the same."""
    try:
        with transaction.atomic():
            return provide(SOURCE, facts, is_dry=is_dry, vouches=False)
    except IntegrityError:
        if len(facts) > 1:
            return [outcome for one in facts for outcome in _provided([one], is_dry=is_dry)]
        told = _("Something of theirs is somebody else's already, such as the identifier.")
        return [Outcome(facts[0].key, facts[0].key, Became.REFUSED, complaints=(told,))]


def _facts_of(made: PeopleImport, batch: Sequence[ImportRow]) -> dict[int, PersonFacts]:
    """Return what rows say, by their number; of those left out the row says why."""
    place = made.mapping["username"]
    for row in batch:
        row.key = canonical_name(value_at(row, place))[:150]
        row.said = []
    keys = {row.key for row in batch}
    earlier = set(
        made.rows.filter(number__lt=batch[0].number, key__in=keys).values_list("key", flat=True)
    )
    above = _above(made.made_by, keys)
    facts = {}
    for row in batch:
        if not row.key:
            row.said = [_("There is no user name.")]
        elif row.key in earlier:
            row.said = [_("This user name stands in the file twice.")]
        elif row.key in above:
            row.said = [_("This person may do more than who imports.")]
        else:
            facts[row.number] = facts_of_row(made.mapping, row)
        earlier.add(row.key)
    return facts


def _above(actor: User, keys: set[str]) -> set[str]:
    """Return who may not be changed by who imports: people with rights that these do not have."""
    rows = ProvidedPerson.objects.filter(source=SOURCE, key__in=keys).select_related("person")
    powerful = [row for row in rows if row.person.is_staff or row.person.is_superuser]
    return {row.key for row in powerful if not may_act_on(actor, row.person)}


def _tell(
    outcomes: Sequence[Outcome], context: DecisionContext, now: datetime, *, invites: bool
) -> None:
    """Note addresses that were changed, as on anybody's page, and invite who is new."""
    moved = {
        each.person: each.differences["email"][0]
        for each in outcomes
        if each.became is Became.CHANGED and "email" in each.differences
    }
    made = [each.person for each in outcomes if each.became is Became.MADE] if invites else []
    people = User.objects.in_bulk([*moved, *made])
    for key, before in moved.items():
        note_set_by_another(people[key], Credential.ADDRESS, context, replaced=before or "")
    for key in made:
        try:
            invite(people[key], context, now)
        except NotInvitedError:
            continue


def _sentences(outcome: Outcome) -> list[str]:
    changed = [
        f"{name}: {before or '–'} → {after or '–'}"
        for name, (before, after) in outcome.differences.items()
        if outcome.became is Became.CHANGED
    ]
    return [*outcome.complaints, *changed]
