"""What a source says, held against what is here: nothing is read or written."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from claims.services import check_values, merged
from foundation.base.texts.canonical_names import canonical_address, canonical_name
from foundation.base.texts.storable import storable
from foundation.directory.models import User
from foundation.directory.models.ends import has_ended
from foundation.directory.sources.models import ProvidedPerson
from idp.accounts.provisioning.facts import ATTRIBUTE, COLUMNS, Became, Outcome, PersonFacts

FORMS: Mapping[str, Callable[[str], str]] = {
    "username": User.normalize_username,
    "email": canonical_address,
}


@dataclass
class Draft:
    """One person as they would be written."""

    facts: PersonFacts
    person: User
    row: ProvidedPerson | None
    """None: new here."""
    became: Became = Became.SAME
    columns: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    """Before and after, of what differs."""
    recorded: Mapping[str, Any] = field(default_factory=dict)
    attributes: dict[str, Any] | None = None
    """All attribute values as they will be; None: they stay."""
    complaints: list[str] = field(default_factory=list)
    locks_out: bool = False
    gone_at: datetime | None = None

    @property
    def gives(self) -> list[str]:
        """What comes from the source, as provenance names it."""
        names = [ATTRIBUTE + name for name in self.facts.attributes]
        return sorted([*(name for name in self.facts.columns if name in COLUMNS), *names])

    def outcome(self) -> Outcome:
        """Return what became of it."""
        differences = dict(self.columns)
        after = self.recorded if self.attributes is None else self.attributes
        for name in sorted({*self.recorded, *after}):
            if self.recorded.get(name) != after.get(name):
                differences[ATTRIBUTE + name] = (self.recorded.get(name), after.get(name))
        label = self.facts.columns.get("username") or self.person.username
        is_written = self.became in {Became.MADE, Became.CHANGED}
        person = self.person.pk if self.row is not None or is_written else None
        shown = differences if is_written else {}
        return Outcome(self.facts.key, label, self.became, person, shown, tuple(self.complaints))


def drafted(
    facts: Iterable[PersonFacts],
    known: Mapping[str, ProvidedPerson],
    recorded: Mapping[UUID, Mapping[str, Any]],
    *,
    names: dict[str, UUID],
    addresses: dict[str, UUID],
) -> list[Draft]:
    """Return a draft of each. Names and addresses say who has them; drafts before take theirs."""
    return [_draft(each, known.get(each.key), recorded, names, addresses) for each in facts]


def _draft(
    facts: PersonFacts,
    row: ProvidedPerson | None,
    recorded: Mapping[UUID, Mapping[str, Any]],
    names: dict[str, UUID],
    addresses: dict[str, UUID],
) -> Draft:
    person = row.person if row is not None else _nobody_yet()
    draft = Draft(facts, person, row, complaints=list(facts.complaints))
    draft.recorded = recorded.get(person.pk, {})
    wanted = _wanted(facts, draft)
    if not _may_have(wanted, draft, names, addresses):
        draft.became = Became.REFUSED
        return draft
    _take_columns(wanted, draft)
    _take_attributes(draft)
    _take_standing(draft)
    # Whatever comes behind in the same batch finds these taken.
    names[canonical_name(person.username)] = person.pk
    if person.email:
        addresses[person.email] = person.pk
    moved = row is not None and (row.place, sorted(row.gives)) != (facts.place, draft.gives)
    if row is None:
        draft.became = Became.MADE
    elif draft.columns or draft.attributes is not None or moved or row.gone_at != draft.gone_at:
        draft.became = Became.CHANGED
    return draft


def _nobody_yet() -> User:
    person = User(email_verified=True)
    person.set_unusable_password()
    return person


def _wanted(facts: PersonFacts, draft: Draft) -> dict[str, str]:
    """Return the columns as they are stored; what does not fit is left out, and said."""
    wanted: dict[str, str] = {}
    for name in COLUMNS:
        if name not in facts.columns:
            continue
        column: Any = User._meta.get_field(name)  # noqa: SLF001 - documented
        value = FORMS.get(name, str)(storable(str(facts.columns[name]))).strip()
        try:
            if value or name == "username":
                column.run_validators(value)
        except ValidationError as error:
            sentence = " ".join(error.messages)
            draft.complaints.append(f"{name}: {sentence}")
            continue
        wanted[name] = value
    return wanted


def _may_have(
    wanted: Mapping[str, str],
    draft: Draft,
    names: Mapping[str, UUID],
    addresses: Mapping[str, UUID],
) -> bool:
    """Say whether name and address are free: nobody is taken over, whoever has them."""
    me, before = draft.person.pk, len(draft.complaints)
    if not wanted.get("username") and draft.row is None:
        draft.complaints.append(_("There is no user name that could be taken over."))
    if names.get(canonical_name(wanted.get("username", "")), me) != me:
        draft.complaints.append(_("Somebody else has this user name already."))
    if addresses.get(wanted.get("email", ""), me) != me:
        draft.complaints.append(_("Somebody else has this e-mail address already."))
    return len(draft.complaints) == before


def _take_columns(wanted: Mapping[str, str], draft: Draft) -> None:
    for name, value in wanted.items():
        stored = getattr(draft.person, name)
        if (stored or "") != value:
            draft.columns[name] = (stored or "", value)
            # An empty identifier would be the same as everybody else's.
            setattr(draft.person, name, value or (None if name == "external_id" else ""))
    if "email" in draft.columns and not draft.person.email_verified:
        draft.columns["email_verified"] = (False, True)
        draft.person.email_verified = True


def _take_attributes(draft: Draft) -> None:
    fitting = {}
    for name, value in draft.facts.attributes.items():
        try:
            check_values({name: value})
        except ValidationError as error:
            draft.complaints.extend(error.messages)
        else:
            fitting[name] = value
    after = merged(draft.recorded, fitting)
    if after != draft.recorded:
        draft.attributes = after


def _take_standing(draft: Draft) -> None:
    """Lock out whom the source locks out; let in who is back, unless somebody here said no."""
    row, person = draft.row, draft.person
    is_back = row is not None and row.gone_at is not None
    said = draft.facts.is_active
    wanted = said if said is not None else (True if is_back else person.is_active)
    # An end that was set here holds, whatever a source says.
    wanted = wanted and not has_ended(person.ends_at)
    if wanted != person.is_active:
        draft.columns["is_active"] = (person.is_active, wanted)
        draft.locks_out = row is not None and not wanted
        person.is_active = wanted
