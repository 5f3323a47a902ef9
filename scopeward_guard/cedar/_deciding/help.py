"""What would help a caller who was refused: a remedy that does, or the release of what is missing.

What a fact would be that a token does not tell, nobody here knows. So its release is offered where
nothing else stands in the way: every policy that forbids speaks of it, and some permit fails by
nothing else. Once it is there, it is decided by. An approval brings all such facts along.
"""

from collections.abc import Callable
from dataclasses import replace

from scopeward_guard._authzen import Evaluation, Remedy
from scopeward_guard.cedar._deciding.nearest import Nearest
from scopeward_guard.cedar._deciding.question import Question
from scopeward_guard.cedar._deciding.releases import Releases
from scopeward_guard.cedar._deciding.remedies import Remedies
from scopeward_guard.cedar._deciding.taken_apart import demands_of, owed_to, spoken_of
from scopeward_guard.cedar._deciding.verdicts import Verdict
from scopeward_guard.cedar._language.policies import Rules

Asked = Callable[[Evaluation], tuple[Question, Verdict] | None]
"""Returns what was asked and what Cedar said; None for what cannot be asked."""
NOTHING: frozenset[str] = frozenset()


class Help:
    """Finds what would help, by the policies of one document."""

    def __init__(
        self, rules: Rules, nearest: Nearest, remedies: Remedies, releases: Releases
    ) -> None:
        self._rules, self._nearest = rules, nearest
        self._remedies, self._releases = remedies, releases

    def for_(self, evaluation: Evaluation, ask: Asked, missing: frozenset[str]) -> Remedy | None:
        """Return the least remedy for a denial; None when nothing would help.

        `missing` are the facts that the person could release yet.
        """

        def permits(changed: Evaluation) -> bool:
            asked = ask(changed)
            return asked is not None and asked[1].permit

        def may_permit(changed: Evaluation) -> bool:
            return self._wanting(ask(changed), missing) is not None

        found = self._remedies.of(evaluation, permits)
        if not missing or (found and found.remedy.approval):
            return found.remedy if found else None
        found = found or self._remedies.of(evaluation, may_permit)
        if found is None or found.remedy.approval:
            return found.remedy if found else None
        facts = self._wanting(ask(found.question), missing) or NOTHING
        scopes = {*found.remedy.scopes, *self._releases.scopes_for(facts)}
        return replace(found.remedy, scopes=tuple(sorted(scopes)))

    def best(self, evaluation: Evaluation) -> Evaluation:
        """Return the question with everything changed that a caller can have changed."""
        return self._remedies.best(evaluation)

    def owed(self, question: Question, verdict: Verdict, missing: frozenset[str]) -> frozenset[str]:
        """Return the missing facts that the obligations of a permit are made of."""
        if not verdict.permit:
            return NOTHING
        rules = [self._rules.by_id[name] for name in verdict.policies]
        return NOTHING.union(*(owed_to(rule, question, missing) for rule in rules))

    def _wanting(
        self, asked: tuple[Question, Verdict] | None, missing: frozenset[str]
    ) -> frozenset[str] | None:
        """Return the missing facts that it hangs on alone; None where it hangs on more."""
        if asked is None or not asked[1].clear:
            return None
        question, verdict = asked
        if verdict.permit:
            return self.owed(question, verdict, missing)
        forbids = [self._rules.by_id[name] for name in verdict.policies]
        spoken = [
            NOTHING.union(*(spoken_of(demand, missing) for demand in demands_of(rule)))
            for rule in forbids
        ]
        permit = self._nearest.missed_alone(question, missing)
        return NOTHING.union(permit, *spoken) if permit is not None and all(spoken) else None
