"""Making and changing people as a source knows them, many at once.

A batch is at most fourteen statements, however many people are in it.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone

from claims.services import attributes_of, write_attributes
from foundation.base.texts.canonical_names import canonical_address, canonical_name
from foundation.directory.models import User
from foundation.directory.sources.models import ProvidedPerson
from idp.accounts.provisioning.comparing import Draft, drafted
from idp.accounts.provisioning.ending import end_access
from idp.accounts.provisioning.facts import COLUMNS, Became, Outcome, PersonFacts, digest_of_place

WRITTEN = (*COLUMNS, "username_key", "email_verified", "is_active", "updated_at")


@transaction.atomic
def provide(
    source: str,
    facts: Sequence[PersonFacts],
    *,
    seen_in: UUID | None = None,
    is_dry: bool = False,
    vouches: bool = True,
) -> list[Outcome]:
    """Make and change the people that a source names, in the order given; return what became.

    `source` is kind and number (`ldap:1`, `scim:3`); `seen_in` marks everybody met, also who was
    refused. A dry run marks only, and says the same. Who came back is let in again, unless
    somebody here locked them out. A source that does not vouch for addresses leaves it to the
    people to confirm them.
    """
    drafts = drafted_batch(source, facts)
    if not vouches:
        _leave_unconfirmed(drafts)
    if not is_dry:
        _write(source, drafts)
    _mark(source, [draft.facts.key for draft in drafts], seen_in)
    return [draft.outcome() for draft in drafts]


def drafted_batch(source: str, facts: Sequence[PersonFacts]) -> list[Draft]:
    """Return what would be written. Four statements."""
    rows = ProvidedPerson.objects.filter(source=source, key__in=[each.key for each in facts])
    known = {row.key: row for row in rows.select_related("person")}
    recorded = attributes_of([row.person_id for row in known.values()])
    return drafted(
        facts, known, recorded, names=_names_taken(facts), addresses=_addresses_taken(facts)
    )


def _leave_unconfirmed(drafts: Iterable[Draft]) -> None:
    for draft in drafts:
        before = draft.columns.pop("email_verified", (True, False))[0]
        if "email" in draft.columns:
            if draft.row is not None and before:
                draft.columns["email_verified"] = (True, False)
            draft.person.email_verified = False


def _names_taken(facts: Iterable[PersonFacts]) -> dict[str, UUID]:
    names = {canonical_name(each.columns.get("username", "")) for each in facts}
    people = User.objects.filter(username_key__in=names)
    return dict(people.values_list("username_key", "pk"))


def _addresses_taken(facts: Iterable[PersonFacts]) -> dict[str, UUID]:
    addresses = {canonical_address(each.columns.get("email", "")) for each in facts} - {""}
    taken = dict(User.objects.filter(email__in=addresses).values_list("email", "pk"))
    rows = EmailAddress.objects.filter(email__in=addresses)
    return taken | dict(rows.values_list("email", "user_id"))


def _write(source: str, drafts: Sequence[Draft]) -> None:
    made = [draft for draft in drafts if draft.became is Became.MADE]
    changed = [draft for draft in drafts if draft.became is Became.CHANGED]
    now = timezone.now()
    for draft in (*made, *changed):
        draft.person.username_key = canonical_name(draft.person.username)
        draft.person.updated_at = now
    User.objects.bulk_create([draft.person for draft in made])
    touched = sorted({column for draft in changed for column in draft.columns} & {*WRITTEN})
    if moved := [
        draft.person for draft in changed if draft.columns or draft.attributes is not None
    ]:
        User.objects.bulk_update(moved, {*touched, "username_key", "updated_at"})
    write_attributes(
        {
            draft.person.pk: draft.attributes
            for draft in (*made, *changed)
            if draft.attributes is not None
        }
    )
    _write_addresses([draft for draft in (*made, *changed) if "email" in draft.columns])
    _write_provenance(source, made, changed)
    end_access([draft.person.pk for draft in changed if draft.locks_out])


def _write_addresses(drafts: Sequence[Draft]) -> None:
    """Let everybody sign in with the address that the source says, and not with the one before."""
    people = [draft.person.pk for draft in drafts]
    if not people:
        return
    EmailAddress.objects.filter(user__in=people, primary=True).delete()
    mine = EmailAddress.objects.filter(
        user__in=people, email__in=[draft.person.email for draft in drafts]
    )
    mine.delete()
    EmailAddress.objects.bulk_create(
        EmailAddress(
            user=draft.person,
            email=draft.person.email,
            verified=draft.person.email_verified,
            primary=True,
        )
        for draft in drafts
        if draft.person.email
    )


def _write_provenance(source: str, made: Sequence[Draft], changed: Sequence[Draft]) -> None:
    ProvidedPerson.objects.bulk_create(
        ProvidedPerson(
            person=draft.person,
            source=source,
            key=draft.facts.key,
            place=draft.facts.place,
            place_digest=digest_of_place(draft.facts.place),
            gives=draft.gives,
        )
        for draft in made
    )
    rows = []
    for draft in changed:
        row = draft.row
        if row is not None:
            row.place, row.gives, row.gone_at = draft.facts.place, draft.gives, draft.gone_at
            row.place_digest = digest_of_place(draft.facts.place)
            rows.append(row)
    if rows:
        ProvidedPerson.objects.bulk_update(rows, ["place", "place_digest", "gives", "gone_at"])


def _mark(source: str, keys: Sequence[str], seen_in: UUID | None) -> None:
    if seen_in is not None:
        met = ProvidedPerson.objects.filter(source=source, key__in=keys)
        met.update(seen_in=seen_in)
