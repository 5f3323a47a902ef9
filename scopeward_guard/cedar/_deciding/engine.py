"""The decision point: one document, loaded once, asked from any thread."""

from dataclasses import dataclass
from functools import partial

from scopeward_guard._authzen import Decision, Evaluation, Obligation, Remedy
from scopeward_guard._base.errors import MalformedError
from scopeward_guard.cedar._deciding.candidates import Candidates
from scopeward_guard.cedar._deciding.explanation import Explanations
from scopeward_guard.cedar._deciding.help import Asked, Help
from scopeward_guard.cedar._deciding.nearest import Nearest
from scopeward_guard.cedar._deciding.question import Question, Questions
from scopeward_guard.cedar._deciding.releases import UNRELEASED, Releases
from scopeward_guard.cedar._deciding.remedies import Remedies
from scopeward_guard.cedar._deciding.verdicts import Verdict, Verdicts
from scopeward_guard.cedar._language.document import PolicyDocument
from scopeward_guard.cedar._language.expressions import Fact
from scopeward_guard.cedar._language.obligations import obligations_of
from scopeward_guard.cedar._language.policies import Rules, load

_SIGN_IN_AGE = Fact("context", "authentication_age")
UNDECIDED = "This question could not be decided"


class CedarPolicy:
    """Decides by one policy document. Raises `PolicyError` for one that must not be used.

    Nothing in it ever changes: to change policy, put another object in its place. What `before` has
    in common with the document, the other object that is, is taken from there.
    """

    def __init__(self, document: PolicyDocument, before: "CedarPolicy | None" = None) -> None:
        self.document = document
        self.revision = document.revision
        self.rules: Rules = load(document, before.rules if before else None)
        is_same = before is not None and before.rules is self.rules
        self.candidates: Candidates = (
            before.candidates if before and is_same else Candidates(self.rules, document.schema)
        )
        self._questions = Questions(document, self.rules)
        self._verdicts = Verdicts(self.rules, self.candidates)
        nearest = Nearest(self.rules, self.candidates)
        self._explanations = Explanations(self.rules, nearest, document)
        self._releases = Releases(document.released_by, self.rules.facts_about_people)
        remedies = Remedies(document.acr_levels, self.rules.limits_of(_SIGN_IN_AGE))
        self._help = Help(self.rules, nearest, remedies, self._releases)

    def decide(self, evaluation: Evaluation, *, is_all_known: bool = False) -> Decision:
        """HttpAnswer. A denial has reasons in words, and the least remedy that would help, if any.

        Nothing is raised: what cannot be decided is denied, without a remedy. `is_all_known` says
        that a fact which is not there is none that somebody might release yet.
        """
        try:
            question = self._questions.of(evaluation)
        except MalformedError as error:
            return self._undecided(f"{UNDECIDED}: {error}.")
        verdict = self._verdicts.of(question)
        if not verdict.clear:
            return self._undecided(f"{UNDECIDED}.")
        missing = frozenset() if is_all_known else self._releases.missing(evaluation)
        unreleased = self._help.owed(question, verdict, missing) if missing else frozenset()
        if unreleased:
            return self._unreleased(unreleased)
        if not verdict.permit:
            return self._denial(_Asked(evaluation, question, verdict, missing))
        return Decision(
            permit=True,
            policies=verdict.policies,
            obligations=self._obligations(verdict, question),
            policy_rev=self.revision,
        )

    @property
    def facts_about_people(self) -> frozenset[str]:
        """The names of the facts about a person that a decision may depend on."""
        return self.rules.facts_about_people

    def permits(self, evaluation: Evaluation) -> bool:
        """HttpAnswer yes or no alone, at the cost of one evaluation."""
        asked = self._asked(evaluation)
        return asked is not None and asked[1].permit

    def _denial(self, asked: "_Asked") -> Decision:
        ask = partial(self._asked, beside=asked.question)
        remedy = self._help.for_(asked.evaluation, ask, asked.missing)
        question, verdict = asked.question, asked.verdict
        if remedy is None and verdict.policies:
            question, verdict = self._final(asked, ask)
        untold = self._releases.untold(asked.evaluation, asked.missing)
        return Decision(
            permit=False,
            reasons=self._explanations.of(question, verdict.policies, untold),
            policies=verdict.policies,
            obligations=self._obligations(verdict, question),
            remedy=remedy,
            policy_rev=self.revision,
        )

    def _final(self, asked: "_Asked", ask: Asked) -> tuple[Question, Verdict]:
        """Return what still speaks against it at best: the rest is not why it is refused."""
        best = ask(self._help.best(asked.evaluation))
        still = best is not None and best[1].clear and not best[1].permit
        return best if best is not None and still else (asked.question, asked.verdict)

    def _asked(
        self, evaluation: Evaluation, beside: Question | None = None
    ) -> tuple[Question, Verdict] | None:
        try:
            question = self._questions.of(evaluation, beside)
        except MalformedError:
            return None
        return question, self._verdicts.of(question)

    def _unreleased(self, facts: frozenset[str]) -> Decision:
        """Refuse what would be permitted, with rows or columns withheld for want of a fact."""
        names = ", ".join(f"your {name.replace('_', ' ')}" for name in sorted(facts))
        return Decision(
            permit=False,
            reasons=(f"{UNRELEASED[:1].upper()}{UNRELEASED[1:]}: {names}.",),
            remedy=Remedy(scopes=self._releases.scopes_for(facts)),
            policy_rev=self.revision,
        )

    def _undecided(self, reason: str) -> Decision:
        return Decision(permit=False, reasons=(reason,), policy_rev=self.revision)

    def _obligations(self, verdict: Verdict, question: Question) -> tuple[Obligation, ...]:
        duties = [duty for name in verdict.policies for duty in self.rules.by_id[name].duties]
        return obligations_of(duties, question.facts)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question that was denied, and the facts that somebody might release yet."""

    evaluation: Evaluation
    question: Question
    verdict: Verdict
    missing: frozenset[str]
