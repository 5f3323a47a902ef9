"""What versions answer to one question, side by side."""

from dataclasses import dataclass, field

from policy.checking import document_of, problems_in
from policy.engine.validation import Problem
from policy.explanations import obligations_in_words, remedy_in_words
from policy.models import PolicyVersion
from policy.texts import places
from scopeward_guard.cedar import CedarPolicy
from scopeward_guard.vocabulary import Decision, Evaluation


@dataclass(frozen=True)
class VersionAnswer:
    """What one version says. `decision` is None when the version is not valid."""

    version: PolicyVersion
    decision: Decision | None = None
    problems: tuple[Problem, ...] = ()
    remedy: list[str] = field(default_factory=list)
    obligations: list[str] = field(default_factory=list)
    policies: list[tuple[str, int]] = field(default_factory=list)
    """The policies that decided, each with its line."""


def answer_of(version: PolicyVersion, evaluation: Evaluation) -> VersionAnswer:
    """Ask a version; nothing is raised, nothing is logged."""
    document = document_of(version)
    if problems := problems_in(document):
        return VersionAnswer(version, problems=problems)
    decision = CedarPolicy(document).decide(evaluation)
    lines = places(version.text)
    return VersionAnswer(
        version,
        decision,
        remedy=list(remedy_in_words(decision.remedy)) if decision.remedy else [],
        obligations=obligations_in_words(decision),
        policies=[(name, lines.get(name, 1)) for name in decision.policies],
    )
