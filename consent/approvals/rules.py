"""From the rules to the demands on one request, and whether anybody could meet them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from consent.approvals.capacities import holders_of
from consent.approvals.demands import (
    Demand,
    keys_of,
    owner_key,
    person_key,
    requester_key,
    role_key,
)
from consent.approvals.errors import UnanswerableError
from consent.approvals.matching import is_met
from consent.approvals.models import ApprovalRule, Approvers, DataOwner
from consent.approvals.patterns import ANYTHING, touched
from scopeward_guard.authzen import Obligation


def demands_on(
    type_name: str, audience: str, datatypes: Sequence[str], requester: Any | None
) -> list[Demand]:
    """Return what all matching rules demand; without one, that the one who asks agrees.

    `datatypes` are names with dots; a request that names none touches every rule. Raises
    UnanswerableError when data has no owner, or when a client that acts for itself would have to
    agree as a person.
    """
    rules = ApprovalRule.objects.filter(
        is_active=True, type__in=("", type_name), resource_server__in=("", audience)
    )
    names = list(datatypes) or [ANYTHING]
    found = [
        demand
        for rule in rules.prefetch_related("people")
        if (about := touched(rule.pattern, names))
        for demand in _demands(rule, about, audience, requester)
    ]
    return found or [_of_requester(Approvers.REQUESTER.label, requester)]


def demands_of_policy(
    approvers: Iterable[Obligation], audience: str, datatypes: Sequence[str], requester: Any | None
) -> Iterator[Demand]:
    """Yield what policy demands besides: `approvers` are obligations with who, role, needed.

    Raises UnanswerableError when an owner has to agree and nobody owns any of the data.
    """
    for duty in approvers:
        who, needed = duty.parameters["who"], int(duty.parameters["needed"])
        if who == "requester":
            yield _of_requester(Approvers.REQUESTER.label, requester)
        elif who == "role":
            role = str(duty.parameters["role"])
            about = tuple(datatypes)
            yield Demand(role, Approvers.ROLE.value, (role_key(role),), needed, about)
        else:
            owned = _owned(audience, _with_owner(audience, datatypes) or datatypes[:1])
            for pattern, names in owned.items():
                key = owner_key(audience, pattern)
                title = str(Approvers.OWNER.label)
                yield Demand(title, Approvers.OWNER.value, (key,), needed, tuple(names))


def check_answerable(demands: Sequence[Demand], requester: Any | None) -> None:
    """Raise UnanswerableError unless distinct active people could meet all demands together."""
    able = able_to_meet(demands, holders_of(keys_of(demands)), requester)
    if not is_met([demand.needed for demand in demands], able):
        wanted = "; ".join(f"{demand.title} ({demand.needed})" for demand in demands)
        words = _("There are not enough people who could approve this: %(wanted)s.")
        raise UnanswerableError(words % {"wanted": wanted})


def able_to_meet(
    demands: Sequence[Demand], holders: Mapping[str, Collection[Any]], requester: Any | None
) -> dict[Any, list[int]]:
    """Return which demands each person could meet; who asks, only those put to who asks."""
    able: dict[Any, list[int]] = defaultdict(list)
    for place, demand in enumerate(demands):
        for person in {person for key in demand.keys for person in holders[key]}:
            if (person == requester) == demand.is_for_the_requester:
                able[person].append(place)
    return able


def _demands(
    rule: ApprovalRule, about: Sequence[str], audience: str, requester: Any | None
) -> Iterator[Demand]:
    if rule.who == Approvers.REQUESTER:
        yield _of_requester(rule.title, requester)
    elif rule.who == Approvers.OWNER:
        for pattern, names in _owned(audience, about).items():
            yield _demand(rule, [owner_key(audience, pattern)], names)
    elif rule.who == Approvers.ROLE:
        yield _demand(rule, [role_key(rule.role)], about)
    else:
        yield _demand(rule, [person_key(person.pk) for person in rule.people.all()], about)


def _demand(rule: ApprovalRule, keys: Iterable[str], about: Sequence[str]) -> Demand:
    return Demand(
        title=rule.title,
        who=rule.who,
        keys=tuple(keys),
        needed=max(rule.needed, 1),
        about=tuple(about),
        break_glass_role=rule.break_glass_role,
    )


def _of_requester(title: Any, requester: Any | None) -> Demand:
    if requester is None:
        raise UnanswerableError(
            _("A client that acts for itself cannot approve: a rule is missing.")
        )
    return Demand(str(title), Approvers.REQUESTER.value, (requester_key(requester),))


def _owned(audience: str, names: Sequence[str]) -> dict[str, list[str]]:
    """Return the data by the pattern whose owners answer for it.

    Every owner of a part has to agree; only where there is none, the owner of the narrowest whole.
    """
    owners = DataOwner.objects.filter(resource_server=audience, person__is_active=True)
    patterns = sorted(set(owners.values_list("pattern", flat=True)), key=_narrowness)
    found: dict[str, list[str]] = defaultdict(list)
    for name in names:
        touching = [pattern for pattern in patterns if touched(pattern, [name])]
        if not touching:
            raise UnanswerableError(_("Nobody answers for %(data)s.") % {"data": name})
        parts = [pattern for pattern in touching if _narrowness(pattern) >= _narrowness(name)]
        for pattern in parts or touching[-1:]:
            found[pattern].append(name)
    return found


def _with_owner(audience: str, names: Sequence[str]) -> list[str]:
    owners = DataOwner.objects.filter(resource_server=audience, person__is_active=True)
    patterns = set(owners.values_list("pattern", flat=True))
    return [name for name in names if any(touched(pattern, [name]) for pattern in patterns)]


def _narrowness(pattern: str) -> int:
    return sum(part != ANYTHING for part in pattern.split("."))
