"""Test cases of policies: questions with the answers that an author expects."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from scopeward_guard.cedar import CedarPolicy
from scopeward_guard.vocabulary import Decision, MalformedError, parse_evaluation


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A question as AuthZEN JSON (§6.1), and its answer.

    `expected` are members that the decision's context has to have, such as `policies` or `remedy`;
    one that must not be there is expected as null.
    """

    title: str
    evaluation: Mapping[str, Any]
    permit: bool
    expected: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What a case came to. `problems` are sentences, `decision` is None if it is no question."""

    case: Case
    decision: Decision | None
    problems: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether the policy answers as expected."""
        return not self.problems


def run(policy: CedarPolicy, cases: Iterable[Case]) -> tuple[CaseResult, ...]:
    """Ask the policy every case; nothing is raised."""
    return tuple(_result(policy, case) for case in cases)


def _result(policy: CedarPolicy, case: Case) -> CaseResult:
    try:
        evaluation = parse_evaluation(case.evaluation)
    except MalformedError as error:
        return CaseResult(case, None, (f"The question cannot be read: {error}.",))
    decision = policy.decide(evaluation)
    return CaseResult(case, decision, tuple(_differences(case, decision)))


def _differences(case: Case, decision: Decision) -> Iterator[str]:
    if decision.permit is not case.permit:
        why = " ".join(decision.reasons) or f"Decided by {', '.join(decision.policies)}."
        yield f"It is {'permitted' if decision.permit else 'denied'}. {why}"
    context = decision.as_json()["context"]
    for member, wanted in case.expected.items():
        got = context.get(member)
        if got != wanted:
            yield f"{member} is {got!r}, not {wanted!r}."
