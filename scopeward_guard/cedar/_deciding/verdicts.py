"""What Cedar says, and the last thousand things that it said.

Its answer follows from policies and question alone, and policies here never change: what was asked
in the same words before has the same answer. The words are those facts that policies speak of, so
people who ask the same again are mostly answered from memory, unless policies speak of seconds.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache, partial

import cedarpy

from scopeward_guard.cedar._deciding.candidates import Candidates
from scopeward_guard.cedar._deciding.heads import place_of
from scopeward_guard.cedar._deciding.question import Question
from scopeward_guard.cedar._language.policies import Rules

KEPT = 1024
LONGEST_KEPT = 8192
"""Answers that are kept, and the characters of a question that is worth keeping."""
ENTITIES_KEPT = 64
"""Principals with their resources that are kept: a denial asks much of the same two."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What Cedar said; `clear` is False when anything at all went wrong on the way."""

    permit: bool
    policies: tuple[str, ...] = ()
    clear: bool = True


UNCLEAR = Verdict(permit=False, clear=False)


class Verdicts:
    """Asks the policies of one document."""

    def __init__(self, rules: Rules, candidates: Candidates) -> None:
        self._rules, self._candidates = rules, candidates
        self._kept: dict[tuple[str, str, str], Verdict] = {}
        # Of the schema alone: what keeps a method keeps the edition, after another took its place.
        self._entities_of = partial(_entities_of, rules.schema)
        self._entities = lru_cache(maxsize=ENTITIES_KEPT)(self._entities_of)

    def of(self, question: Question) -> Verdict:
        """Return the verdict; nothing is raised."""
        # A request names the entities by type and id, and these begin with the same.
        key = (question.request["action"]["id"], question.request["context"], question.entities)
        verdict = self._kept.get(key)
        if verdict is None:
            verdict = self.anew(question)
            if sum(map(len, key)) <= LONGEST_KEPT:
                self._keep(key, verdict)
        return verdict

    def anew(self, question: Question) -> Verdict:
        """Return the verdict without looking into memory."""
        schema = self._rules.schema
        try:
            told = question.entities
            of = self._entities if len(told) <= LONGEST_KEPT else self._entities_of
            entities = of(told)
            results = [
                cedarpy.is_authorized(question.request, layer.handle, entities, schema)
                for layer in self._candidates.of(place_of(question))
            ]
        except ValueError:
            return UNCLEAR
        return together(results)

    def _keep(self, key: tuple[str, str, str], verdict: Verdict) -> None:
        # Starting again is as good as a queue here, and needs no lock.
        if len(self._kept) >= KEPT:
            self._kept.clear()
        self._kept[key] = verdict


def _entities_of(schema: cedarpy.Schema, told: str) -> cedarpy.Entities:
    return cedarpy.Entities.from_json_str(told, schema)


def together(results: Iterable[cedarpy.AuthzResult]) -> Verdict:
    """Return what several sets of policies say as one: a forbid of any, else the permits of all."""
    permits: set[str] = set()
    forbids: set[str] = set()
    for result in results:
        # Cedar skips a policy that raises. Were it a forbid, skipping it would permit.
        if result.diagnostics.errors or result.decision is cedarpy.Decision.NoDecision:
            return UNCLEAR
        (permits if result.allowed else forbids).update(result.diagnostics.reasons)
    return Verdict(bool(permits and not forbids), tuple(sorted(forbids or permits)))
