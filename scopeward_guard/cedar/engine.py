"""The decision point: one document, loaded once, asked from any thread."""

from scopeward_guard.authzen import Decision, Evaluation, Obligation
from scopeward_guard.cedar.document import PolicyDocument
from scopeward_guard.cedar.explanation import Explanations
from scopeward_guard.cedar.expressions import Fact
from scopeward_guard.cedar.obligations import obligations_of
from scopeward_guard.cedar.policies import load
from scopeward_guard.cedar.question import Question, Questions
from scopeward_guard.cedar.remedies import Remedies
from scopeward_guard.cedar.verdicts import Verdict, Verdicts
from scopeward_guard.errors import MalformedError

_SIGN_IN_AGE = Fact("context", "authentication_age")
UNDECIDED = "This question could not be decided"


class CedarPolicy:
    """Decides by one policy document. Raises `PolicyError` for one that must not be used.

    Nothing in it ever changes: to change policy, put another object in its place.
    """

    def __init__(self, document: PolicyDocument) -> None:
        self.document = document
        self.revision = document.revision
        self.rules = load(document)
        self._questions = Questions(document, self.rules)
        self._verdicts = Verdicts(self.rules)
        self._explanations = Explanations(self.rules, document)
        self._remedies = Remedies(document.acr_levels, self.rules.limits_of(_SIGN_IN_AGE))

    def decide(self, evaluation: Evaluation) -> Decision:
        """Answer. A denial has reasons in words, and the least remedy that would help, if any.

        Nothing is raised: what cannot be decided is denied, without a remedy.
        """
        try:
            question = self._questions.of(evaluation)
        except MalformedError as error:
            return self._undecided(f"{UNDECIDED}: {error}.")
        verdict = self._verdicts.of(question)
        if not verdict.clear:
            return self._undecided(f"{UNDECIDED}.")
        if not verdict.permit:
            return self._denial(evaluation, question, verdict)
        return Decision(
            permit=True,
            policies=verdict.policies,
            obligations=self._obligations(verdict, question),
            policy_rev=self.revision,
        )

    def permits(self, evaluation: Evaluation) -> bool:
        """Answer yes or no alone, at the cost of one evaluation."""
        try:
            return self._verdicts.of(self._questions.of(evaluation)).permit
        except MalformedError:
            return False

    def _denial(self, evaluation: Evaluation, question: Question, verdict: Verdict) -> Decision:
        remedy = self._remedies.of(evaluation, self.permits)
        if remedy is None and verdict.policies:
            question, verdict = self._final(evaluation, question, verdict)
        return Decision(
            permit=False,
            reasons=self._explanations.of(question, verdict.policies),
            policies=verdict.policies,
            obligations=self._obligations(verdict, question),
            remedy=remedy,
            policy_rev=self.revision,
        )

    def _final(
        self, evaluation: Evaluation, question: Question, verdict: Verdict
    ) -> tuple[Question, Verdict]:
        """Return what still speaks against it at best: the rest is not why it is refused."""
        best = self._questions.of(self._remedies.best(evaluation))
        found = self._verdicts.of(best)
        return (best, found) if found.clear and not found.permit else (question, verdict)

    def _undecided(self, reason: str) -> Decision:
        return Decision(permit=False, reasons=(reason,), policy_rev=self.revision)

    def _obligations(self, verdict: Verdict, question: Question) -> tuple[Obligation, ...]:
        duties = [duty for name in verdict.policies for duty in self.rules.by_id[name].duties]
        return obligations_of(duties, question.facts)
