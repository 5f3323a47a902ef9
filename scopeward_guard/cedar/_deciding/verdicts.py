"""What Cedar says, and the last thousand things that it said.

Its answer follows from policies and question alone, and policies here never change: what was asked
in the same words before has the same answer. The words are those facts that policies speak of, so
people who ask the same again are mostly answered from memory, unless policies speak of seconds.
"""

from dataclasses import dataclass

import cedarpy

from scopeward_guard.cedar._deciding.question import Question
from scopeward_guard.cedar._language.policies import Rules

KEPT = 1024
LONGEST_KEPT = 8192
"""Answers that are kept, and the characters of a question that is worth keeping."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What Cedar said; `clear` is False when anything at all went wrong on the way."""

    permit: bool
    policies: tuple[str, ...] = ()
    clear: bool = True


UNCLEAR = Verdict(permit=False, clear=False)


class Verdicts:
    """Asks the policies of one document."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._kept: dict[tuple[str, str, str], Verdict] = {}

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
        rules = self._rules
        try:
            result = cedarpy.is_authorized(
                question.request, rules.handle, question.entities, rules.schema
            )
        except ValueError:
            return UNCLEAR
        # Cedar skips a policy that raises. Were it a forbid, skipping it would permit.
        if result.diagnostics.errors or result.decision is cedarpy.Decision.NoDecision:
            return UNCLEAR
        return Verdict(result.allowed, tuple(sorted(result.diagnostics.reasons)))

    def _keep(self, key: tuple[str, str, str], verdict: Verdict) -> None:
        # Starting again is as good as a queue here, and needs no lock.
        if len(self._kept) >= KEPT:
            self._kept.clear()
        self._kept[key] = verdict
