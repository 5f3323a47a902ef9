"""The decision point: one document, loaded once, asked from any thread."""

from dataclasses import dataclass

import cedarpy

from scopeward_guard.authzen import Decision, Evaluation, Obligation
from scopeward_guard.cedar.document import PolicyDocument
from scopeward_guard.cedar.explanation import Explanations
from scopeward_guard.cedar.expressions import Fact
from scopeward_guard.cedar.obligations import obligations_of
from scopeward_guard.cedar.policies import load
from scopeward_guard.cedar.question import Question, Questions
from scopeward_guard.cedar.remedies import Remedies

_SIGN_IN_AGE = Fact("context", "authentication_age")
UNDECIDED = "This question could not be decided."


@dataclass(frozen=True, slots=True)
class Verdict:
    """What Cedar said; `clear` is False when anything at all went wrong on the way."""

    permit: bool
    policies: tuple[str, ...] = ()
    clear: bool = True


class CedarPolicy:
    """Decides by one policy document. Raises `PolicyError` for one that must not be used.

    Nothing in it ever changes: to change policy, put another object in its place.
    """

    def __init__(self, document: PolicyDocument) -> None:
        self.document = document
        self.rules = load(document)
        self._questions = Questions(document)
        self._explanations = Explanations(self.rules, document)
        self._remedies = Remedies(document.acr_levels, self.rules.limits_of(_SIGN_IN_AGE))

    def decide(self, evaluation: Evaluation) -> Decision:
        """Answer. A denial has reasons in words, and the least remedy that would help, if any."""
        question = self._questions.of(evaluation)
        verdict = self._ask(question)
        if not verdict.permit:
            return self._denial(evaluation, question, verdict)
        return Decision(
            permit=True,
            policies=verdict.policies,
            obligations=self._obligations(verdict, question),
            policy_rev=self.document.revision,
        )

    def permits(self, evaluation: Evaluation) -> bool:
        """Answer yes or no alone, at the cost of one evaluation."""
        return self._ask(self._questions.of(evaluation)).permit

    def _ask(self, question: Question) -> Verdict:
        rules = self.rules
        result = cedarpy.is_authorized(
            question.request, rules.handle, question.entities, rules.schema
        )
        # Cedar skips a policy that raises. Were it a forbid, skipping it would permit.
        if result.diagnostics.errors or result.decision is cedarpy.Decision.NoDecision:
            return Verdict(permit=False, clear=False)
        return Verdict(result.allowed, tuple(sorted(result.diagnostics.reasons)))

    def _denial(self, evaluation: Evaluation, question: Question, verdict: Verdict) -> Decision:
        if not verdict.clear:
            return Decision(permit=False, reasons=(UNDECIDED,), policy_rev=self.document.revision)
        return Decision(
            permit=False,
            reasons=self._explanations.of(question, verdict.policies),
            policies=verdict.policies,
            obligations=self._obligations(verdict, question),
            remedy=self._remedies.of(evaluation, self.permits),
            policy_rev=self.document.revision,
        )

    def _obligations(self, verdict: Verdict, question: Question) -> tuple[Obligation, ...]:
        duties = [duty for name in verdict.policies for duty in self.rules.by_id[name].duties]
        return obligations_of(duties, question.facts)
