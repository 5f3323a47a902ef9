"""From the rules to the demands on one request, and whether anybody could meet them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from claims.catalogue.patterns import ANYTHING, narrowness, touched, touches
from consent.approvals.deciders.capacities import holders_of
from consent.approvals.deciders.demands import (
    Demand,
    agreed_once,
    keys_of,
    owner_key,
    person_key,
    requester_key,
    role_key,
)
from consent.approvals.deciders.matching import is_met
from consent.approvals.deciders.owners import Owners
from consent.approvals.errors import UnanswerableError
from consent.approvals.models import ApprovalRule, Approvers
from scopeward_guard.vocabulary import Obligation


@dataclass(frozen=True)
class DataRequest:
    """What is asked of one resource server, by whom, and who answers for its data."""

    audience: str
    datatypes: Sequence[str]
    """Names with dots; a request that names none touches every rule."""
    requester: Any | None
    """Key of the person; None: a client that acts for itself."""
    owners: Owners


def demands_on(type_name: str, asked: DataRequest) -> list[Demand]:
    """Return what all matching rules demand; without one, that the one who asks agrees.

    Raises UnanswerableError when data has no owner, or when a client that acts for itself would
    have to agree as a person. One statement, and that of the owners.
    """
    names = list(asked.datatypes) or [ANYTHING]
    found = [
        demand
        for rule, people in _rules_for(type_name, asked.audience)
        if (about := touched(rule.pattern, names))
        for demand in _demands(rule, people, about, asked)
    ]
    return found or [_of_requester(Approvers.REQUESTER.label, asked.requester)]


def demands_of_policy(approvers: Iterable[Obligation], asked: DataRequest) -> Iterator[Demand]:
    """Yield what policy demands besides: obligations with who, role, needed, and perhaps signed.

    Raises UnanswerableError when an owner has to agree and nobody owns any of the data.
    """
    for duty in approvers:
        is_signed = duty.parameters.get("signed") is True
        yield from (replace(demand, needs_signature=is_signed) for demand in _of_duty(duty, asked))


def and_by_policy(of_rules: Sequence[Demand], of_policy: Iterable[Demand]) -> list[Demand]:
    """Return what rules and policy demand together: the same people need not agree twice.

    Whoever agrees by a rule signs where policy wants that.
    """
    together = list(of_rules)
    for demand in of_policy:
        places = (place for place, rule in enumerate(of_rules) if demand.is_met_by(rule))
        place = next(places, None)
        if place is None:
            together.append(demand)
        elif demand.needs_signature:
            together[place] = replace(together[place], needs_signature=True)
    return agreed_once(list(dict.fromkeys(together)))


def _of_duty(duty: Obligation, asked: DataRequest) -> Iterator[Demand]:
    who, needed = duty.parameters["who"], int(duty.parameters["needed"])
    if who == "requester":
        yield _of_requester(Approvers.REQUESTER.label, asked.requester)
    elif who == "role":
        role = str(duty.parameters["role"])
        about = tuple(asked.datatypes)
        yield Demand(role, Approvers.ROLE.value, (role_key(role),), needed, about)
    else:
        patterns = asked.owners.patterns(asked.audience)
        owned = [name for name in asked.datatypes if _touching(patterns, name)]
        for key, names in _owned(asked, owned or asked.datatypes[:1]).items():
            title = str(Approvers.OWNER.label)
            yield Demand(title, Approvers.OWNER.value, (key,), needed, tuple(names))


def check_answerable(demands: Sequence[Demand], asked: DataRequest) -> None:
    """Raise UnanswerableError unless distinct active people could meet all demands together."""
    holders = holders_of(keys_of(demands), asked.owners)
    able = able_to_meet(demands, holders, asked.requester)
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


def _rules_for(type_name: str, audience: str) -> Iterator[tuple[ApprovalRule, list[Any]]]:
    """Yield the rules in force with the keys of the people they name. One statement."""
    rules = ApprovalRule.objects.filter(
        is_active=True, type__in=("", type_name), resource_server__in=("", audience)
    )
    rows = rules.annotate(person=F("people")).order_by("position", "pk", "person")
    for _pk, of_rule in groupby(rows, attrgetter("pk")):
        same = list(of_rule)
        yield same[0], [person for row in same if (person := attrgetter("person")(row))]


def _demands(
    rule: ApprovalRule, people: Sequence[Any], about: Sequence[str], asked: DataRequest
) -> Iterator[Demand]:
    if rule.who == Approvers.REQUESTER:
        demand = _of_requester(rule.title, asked.requester)
        yield replace(demand, minimum_acr=rule.minimum_acr, needs_signature=rule.needs_signature)
    elif rule.who == Approvers.OWNER:
        for key, names in _owned(asked, about).items():
            yield _demand(rule, [key], names)
    elif rule.who == Approvers.ROLE:
        yield _demand(rule, [role_key(rule.role)], about)
    else:
        yield _demand(rule, [person_key(person) for person in people], about)


def _demand(rule: ApprovalRule, keys: Iterable[str], about: Sequence[str]) -> Demand:
    return Demand(
        title=rule.title,
        who=rule.who,
        keys=tuple(keys),
        needed=max(rule.needed, 1),
        about=tuple(about),
        break_glass_role=rule.break_glass_role,
        minimum_acr=rule.minimum_acr,
        needs_signature=rule.needs_signature,
    )


def _of_requester(title: Any, requester: Any | None) -> Demand:
    if requester is None:
        raise UnanswerableError(
            _("A client that acts for itself cannot approve: a rule is missing.")
        )
    return Demand(str(title), Approvers.REQUESTER.value, (requester_key(requester),))


def _owned(asked: DataRequest, names: Sequence[str]) -> dict[str, list[str]]:
    """Return the data by the capacity of those who answer for it.

    Every owner of a part has to agree; only where there is none, the owner of the narrowest whole.
    """
    patterns = asked.owners.patterns(asked.audience)
    found: dict[str, list[str]] = defaultdict(list)
    for name in names:
        touching = _touching(patterns, name)
        if not touching:
            raise UnanswerableError(_("Nobody answers for %(data)s.") % {"data": name})
        parts = [pattern for pattern in touching if narrowness(pattern) >= narrowness(name)]
        for pattern in parts or touching[-1:]:
            found[owner_key(asked.audience, pattern)].append(name)
    return found


def _touching(patterns: Sequence[str], name: str) -> list[str]:
    return [pattern for pattern in patterns if touches(pattern, name)]
