"""Which permit came nearest to matching, and what it missed.

Every permit is taken apart into conditions, and each of these is asked as a policy of its own, the
same one once. Those that are for whoever asks are looked at first; of the others, which are for
somebody else, so many as can be looked at in no time.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from scopeward_guard.cedar._deciding.candidates import Candidates
from scopeward_guard.cedar._deciding.heads import Place, place_of
from scopeward_guard.cedar._deciding.question import Question
from scopeward_guard.cedar._deciding.taken_apart import (
    ROLES,
    Conditions,
    Demanded,
    PermitParts,
    owed_to,
    spoken_of,
    told,
)
from scopeward_guard.cedar._language.expressions import Expression
from scopeward_guard.cedar._language.policies import Rules
from scopeward_guard.cedar._language.rules import Rule

TOGETHER = 32
"""Permits that are taken apart, compiled and asked together."""
LOOKED_AT = 64
"""Permits for anybody that are looked at before it is said what the nearest of them missed."""
KEPT = 256
"""Sets of conditions that are kept compiled."""

Group = Sequence[PermitParts]


@dataclass(frozen=True, slots=True)
class Miss:
    """A permit that did not match: all that it demands of principal and context, and what fails."""

    rule: Rule
    demanded: tuple[Expression, ...]
    failing: tuple[Expression, ...]


class Nearest:
    """Finds, among one document's permits, the one that is nearest to a question."""

    def __init__(self, rules: Rules, candidates: Candidates) -> None:
        self._schema, self._candidates = rules.schema, candidates
        self._rules = rules
        self._permits = {
            rule.id: at for at, rule in enumerate(rules.by_id.values()) if rule.permits
        }
        # Made when somebody is denied, not while policies are loaded: few are ever looked at.
        self._taken_apart: dict[str, PermitParts] = {}
        self._everybodys: dict[tuple[str, str], Sequence[Group]] = {}
        self._conditions: dict[tuple[str, ...], Conditions] = {}

    def to(self, question: Question) -> Miss | None:
        """Return the permit with the fewest failing conditions, the first of several.

        A permit of another action or another kind of resource is not near at all; None when there
        are no others.
        """
        place = place_of(question)
        best: tuple[PermitParts, list[Demanded]] | None = None
        for permit, failing in self._failing(question, place, self._near(place)):
            speaking = told(failing)
            if best is None or len(speaking) < len(best[1]):
                best = permit, speaking
            if len(best[1]) <= 1:
                break
        if best is None:
            return None
        permit, speaking = best
        return Miss(permit.rule, permit.demands, tuple(demand.asked for demand in speaking))

    def missed_alone(self, question: Question, missing: Collection[str]) -> frozenset[str] | None:
        """Return which missing facts a permit speaks of that fails by nothing else, if it fails.

        The first of several that needs the fewest; None where every permit fails by more.
        """
        place = place_of(question)
        # Who is in no other role for want of knowing it may be one of the others.
        groups = self._near(place) if ROLES in missing else self._for_who_asks(place)
        best: frozenset[str] | None = None
        for permit, failing in self._failing(question, place, groups):
            spoken = [spoken_of(demand.asked, missing) for demand in failing]
            if all(spoken):
                facts = frozenset().union(*spoken, owed_to(permit.rule, question, missing))
                best = facts if best is None or len(facts) < len(best) else best
            if best is not None and len(best) <= 1:
                break
        return best

    def _near(self, place: Place) -> Iterator[Group]:
        """Yield groups of permits: those for who asks, then all, up to where we stop looking."""
        yield from self._for_who_asks(place)
        yield from self._for_anybody(place.action, place.resource[0])

    def _for_who_asks(self, place: Place) -> Iterator[Group]:
        names = {name for layer in self._candidates.of(place) for name in layer.ids}
        fitting = [
            name
            for name in names & self._permits.keys()
            if self._candidates.heads[name].fits(place)
        ]
        return _groups(map(self._parts, sorted(fitting, key=self._permits.__getitem__)))

    def _parts(self, name: str) -> PermitParts:
        parts = self._taken_apart.get(name)
        if parts is None:
            rule, head = self._rules.by_id[name], self._candidates.heads[name]
            parts = self._taken_apart.setdefault(name, PermitParts(rule, head))
        return parts

    def _for_anybody(self, action: str, resource: str) -> Sequence[Group]:
        groups = self._everybodys.get((action, resource))
        if groups is None:
            heads = self._candidates.heads
            near = (name for name in self._permits if heads[name].concerns(action, resource))
            groups = list(_groups(map(self._parts, islice(near, LOOKED_AT))))
            self._everybodys[action, resource] = groups
        return groups

    def _failing(
        self, question: Question, place: Place, groups: Iterable[Group]
    ) -> Iterator[tuple[PermitParts, list[Demanded]]]:
        """Yield each permit that is near with the demands that it fails by."""
        for group in groups:
            met = self._met(question, group)
            if met is not None:
                near = (permit for permit in group if permit.head.is_near(place))
                yield from ((permit, permit.failing(place, met)) for permit in near)

    def _met(self, question: Question, permits: Group) -> frozenset[str] | None:
        names = tuple(permit.rule.id for permit in permits)
        conditions = self._conditions.get(names)
        if conditions is None:
            conditions = Conditions(permits)
            # Starting again is as good as a queue here, and needs no lock.
            if len(self._conditions) >= KEPT:
                self._conditions.clear()
            self._conditions[names] = conditions
        return conditions.met_by(question, self._schema)


def _groups(permits: Iterable[PermitParts]) -> Iterator[Group]:
    remaining = iter(permits)
    while group := list(islice(remaining, TOGETHER)):
        yield group
