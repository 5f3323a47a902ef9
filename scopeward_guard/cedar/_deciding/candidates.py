"""Which policies a question needs: those whose head can fit, found without looking at the others.

Two layers of them are asked one after the other. The first has those that name nobody and nothing
in particular, by action and types; these sets are compiled with the document. The second has those
that name one of the entities around the question: its principal, its resource, a role. Who is in
the same roles is asked by the same second set, which is compiled when somebody needs it first.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cedarpy

from scopeward_guard._base.unhurried import unhurried
from scopeward_guard.cedar._deciding.heads import Place, PolicyHead, PolicyHeads
from scopeward_guard.cedar._deciding.question import Uid
from scopeward_guard.cedar._language.compiling import policy_set
from scopeward_guard.cedar._language.policies import Rules

Json = Mapping[str, Any]
Kinds = tuple[str, str, str]
KEPT = 256
"""Second layers that are kept."""
LARGEST = 64
"""Policies that are compiled while somebody waits: a millisecond. For more, all are asked."""
ROOM = 4
"""So many times the policies of the document are kept compiled in first layers, at most."""
LEAST_ROOM = 256


@dataclass(frozen=True, slots=True)
class Layer:
    """Policies that are asked together, compiled, and their ids."""

    ids: frozenset[str]
    handle: cedarpy.PolicySet


class Candidates:
    """Finds, among the policies of one document, those that can decide a question."""

    def __init__(self, rules: Rules, schema: Json) -> None:
        heads = PolicyHeads(schema)
        self._rules = rules
        self.heads: dict[str, PolicyHead] = {}
        self._all = Layer(frozenset(rules.by_id), rules.handle)
        self._none = self._layer(())
        self._naming: dict[Uid, list[tuple[str, PolicyHead]]] = defaultdict(list)
        self._general_heads: dict[PolicyHead, list[str]] = defaultdict(list)
        for name, rule in unhurried(rules.by_id.items()):
            head = self.heads[name] = heads.of(rule)
            if (named := _named(head)) is not None:
                self._naming[named].append((name, head))
            else:
                self._general_heads[head].append(name)
        self._general = self._compiled(_asked_kinds(schema))
        self._particular: dict[tuple[str, ...], Layer] = {}

    def of(self, place: Place) -> Sequence[Layer]:
        """Return what has to be asked, never nothing: asking also checks the question."""
        general = self._general.get(place.kinds, self._none)
        if general is self._all:
            return (general,)
        names = tuple(sorted(self._fitting(place)))
        if not names:
            return (general,)
        if len(names) > LARGEST:
            return (self._all,)
        return general, self._particular_of(names)

    def _fitting(self, place: Place) -> Iterator[str]:
        """Yield the policies that name something around the question, and fit."""
        for uid in place.around_principal | place.around_resource:
            for name, head in self._naming.get(uid, ()):
                if head.fits(place):
                    yield name

    def _particular_of(self, names: tuple[str, ...]) -> Layer:
        layer = self._particular.get(names)
        if layer is None:
            layer = self._layer(names)
            # Starting again is as good as a queue here, and needs no lock.
            if len(self._particular) >= KEPT:
                self._particular.clear()
            self._particular[names] = layer
        return layer

    def _compiled(self, asked: Iterable[Kinds]) -> dict[Kinds, Layer]:
        """Return the first layers, the smallest first while there is room, or else everything."""
        wanted = {kinds: self._taken_by(kinds) for kinds in asked}
        layers = {self._all.ids: self._all, self._none.ids: self._none}
        room = ROOM * len(self.heads) + LEAST_ROOM
        for names in sorted(wanted.values(), key=len):
            if names in layers:
                continue
            room -= len(names)
            layers[names] = self._layer(names) if room >= 0 else self._all
        return {kinds: layers[names] for kinds, names in wanted.items()}

    def _taken_by(self, kinds: Kinds) -> frozenset[str]:
        taken = (names for head, names in self._general_heads.items() if head.takes(*kinds))
        return frozenset[str]().union(*taken)

    def _layer(self, names: Iterable[str]) -> Layer:
        rules = [self._rules.by_id[name] for name in names]
        return Layer(frozenset(rule.id for rule in rules), policy_set(rules))


def _named(head: PolicyHead) -> Uid | None:
    """Return an entity that a head names, if it names one: it cannot fit without."""
    return head.principal.named or head.resource.named


def _asked_kinds(schema: Json) -> Iterator[Kinds]:
    """Yield every action with the types that it may be asked about. Cedar refuses all others."""
    for action, entry in schema[""]["actions"].items():
        applies = entry.get("appliesTo") or {}
        for principal in applies.get("principalTypes") or ():
            for resource in applies.get("resourceTypes") or ():
                yield action, principal, resource
