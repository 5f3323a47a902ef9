"""In which capacities people may vote: their own, and those of people they stand in for."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from claims.catalogue.models import DataOwner
from claims.holders import active_holders, subjects
from claims.subject import Subject
from consent.approvals.deciders.demands import owner_key, person_key, requester_key, role_key
from consent.approvals.deciders.owners import Owners
from consent.approvals.models import Approval, Delegation
from foundation.base.prepared.lists import ByLength
from foundation.base.prepared.related import PreparedRelated
from foundation.base.prepared.statements import PreparedValues
from foundation.directory.models import User
from foundation.directory.models.ends import let_in

ROLES = "roles"
"""The attribute that has people's roles."""


@dataclass(frozen=True)
class Capacities:
    """What one person may vote as; empty for people who are not active."""

    person: UUID
    own: frozenset[str] = frozenset()
    lent: Mapping[Any, frozenset[str]] | None = None
    """`{person who is away: their capacities}`."""

    @property
    def all(self) -> frozenset[str]:
        """Every capacity, own and lent."""
        return self.own.union(*(self.lent or {}).values())

    def for_approval(self, approval: Approval) -> "Capacities":
        """Return what counts for one approval.

        Who asks is only the one who asks, whatever else they may be; and nobody stands in for them.
        """
        if self.own and self.person == approval.requester_id:
            return Capacities(self.person, frozenset({requester_key(self.person)}), {})
        lent = {away: keys for away, keys in (self.lent or {}).items()
                if away != approval.requester_id}  # fmt: skip
        return Capacities(self.person, self.own, lent)


def capacities_of(people: Collection[Any], now: datetime | None = None) -> dict[Any, Capacities]:
    """Return the capacities of people by key, as they are now. Three statements for all."""
    lenders = _lenders(people, now or timezone.now())
    everyone = {*people, *(away for given in lenders.values() for away in given)}
    known = subjects(everyone)
    owned = _owned(known)
    own = {pk: _own(pk, subject, owned[pk]) for pk, subject in known.items()}
    return {
        pk: Capacities(pk, own[pk], {away: own[away] for away in lenders[pk] if away in own})
        if pk in own
        else Capacities(pk)
        for pk in people
    }


def holders_of(keys: Iterable[str], owners: Owners | None = None) -> dict[str, set[Any]]:
    """Return who holds each capacity, active people only; absence is not looked at.

    `owners` are those that were read for the same decision already.
    """
    wanted = set(keys)
    found: dict[str, set[Any]] = {key: set() for key in wanted}
    for key in wanted:
        kind, _, value = key.partition(":")
        if kind == "role":
            found[key] = set(active_holders(ROLES, value))
    named = {
        key: key.partition(":")[2] for key in wanted if key.startswith(("person:", "requester:"))
    }
    active = {str(pk): pk for pk in subjects(set(named.values()))}
    for key, value in named.items():
        found[key] = {active[value]} if value in active else set()
    if any(key.startswith("owner:") for key in wanted):
        for key, person in (owners or Owners()).holders():
            found.setdefault(key, set()).add(person)
    return found


def holders_by_name(keys: Iterable[str]) -> dict[str, list[str]]:
    """Return what the active holders of `person:` and `owner:` capacities are called.

    One statement for each of the two kinds.
    """
    wanted, found = set(keys), defaultdict(list)
    people = [UUID(key.partition(":")[2]) for key in wanted if key.startswith("person:")]
    if people:
        named, pks = _PEOPLE.about(people)
        for person in named.objects(*pks):
            if not person.is_active:
                continue
            found[person_key(person.pk)].append(person.get_full_name())
    if any(key.startswith("owner:") for key in wanted):
        for owner in _NAMED_OWNERS.objects():
            if not owner.person.is_active:
                continue
            key = owner_key(owner.resource_server, owner.pattern)
            found[key].append(owner.person.get_full_name())
    return found


def stand_ins(people: Collection[Any], now: datetime | None = None) -> set[Any]:
    """Return who stands in for any of these people now."""
    now = now or timezone.now()
    current = Delegation.objects.filter(
        let_in("to_person__", now), from_person__in=people, starts_at__lte=now, ends_at__gt=now
    )
    return set(current.values_list("to_person", flat=True))


def _own(pk: Any, subject: Subject, owned: Iterable[str]) -> frozenset[str]:
    roles = subject.attributes.get(ROLES) or ()
    named = roles if isinstance(roles, tuple) else (str(roles),)
    return frozenset({person_key(pk), *map(role_key, named), *owned})


def _lenders(people: Collection[Any], now: datetime) -> dict[Any, set[Any]]:
    lenders: dict[Any, set[Any]] = defaultdict(set)
    if people:
        current, keys = _DELEGATIONS.about(people)
        for row in current.rows(now, *keys):
            lenders[row["to_person_id"]].add(row["from_person_id"])
    return lenders


def _owned(people: Collection[Any]) -> dict[Any, list[str]]:
    owned: dict[Any, list[str]] = defaultdict(list)
    if people:
        owners, keys = _OWNERS.about(people)
        for row in owners.rows(*keys):
            owned[row["person_id"]].append(owner_key(row["resource_server"], row["pattern"]))
    return owned


def _delegations(now: datetime, *people: UUID) -> QuerySet[Any, Any]:
    current = Delegation.objects.filter(to_person__in=people, starts_at__lte=now, ends_at__gt=now)
    return current.values("from_person_id", "to_person_id")


def _owners(*people: UUID) -> QuerySet[Any, Any]:
    owners = DataOwner.objects.filter(person__in=people)
    return owners.values("resource_server", "pattern", "person_id")


def _people(*people: UUID) -> QuerySet[User]:
    active: QuerySet[User] = User.objects.filter(pk__in=people, is_active=True)
    return active.only(*User.NAMED_BY, "is_active", "ends_at")


def _named_owners() -> QuerySet[DataOwner]:
    owners = DataOwner.objects.filter(person__is_active=True).select_related("person")
    names = (f"person__{name}" for name in (*User.NAMED_BY, "is_active", "ends_at"))
    return owners.only("resource_server", "pattern", *names)


_DELEGATIONS = ByLength(lambda length: PreparedValues([datetime, *[UUID] * length], _delegations))
_OWNERS = ByLength(lambda length: PreparedValues([UUID] * length, _owners))
_PEOPLE: ByLength[PreparedRelated[User]] = ByLength(
    lambda length: PreparedRelated([UUID] * length, _people)
)
_NAMED_OWNERS: PreparedRelated[DataOwner] = PreparedRelated([], _named_owners)
