"""Test cases and comparison: what an author sees before a version decides."""

from dataclasses import replace
from typing import Any

import pytest

from policy.engine.cases import Case, run
from policy.engine.comparison import compare
from scopeward_guard._authzen import Decision, Evaluation, Obligation, Remedy, parse_evaluation
from scopeward_guard.cedar import CedarPolicy, PolicyDocument

TEXT = """
@id("read") @row_limit("10")
permit(principal is User, action == Action::"select", resource)
when { context.scopes.containsAll(resource.scopes) };
@id("night") @reason("At night nobody reads.")
forbid(principal, action, resource) when { context.hour < 6 };
"""
NOON = 43_200


def question(**context: Any) -> dict[str, Any]:
    return {
        "subject": {"type": "user", "id": "ada"},
        "action": {"name": "select"},
        "resource": {
            "type": "query",
            "id": "warehouse",
            "properties": {"scopes": ["db"], "tables": ["t"]},
        },
        "context": {"time": NOON, "scopes": ["db"], **context},
    }


@pytest.fixture(scope="module")
def policy() -> CedarPolicy:
    return CedarPolicy(PolicyDocument(audience="a", policies=TEXT))


@pytest.mark.parametrize(
    "case",
    [
        Case(title="day", evaluation=question(), permit=True),
        Case(
            title="and what comes with it",
            evaluation=question(),
            permit=True,
            expected={"policies": ["read"], "obligations": [{"id": "row_limit", "rows": 10}]},
        ),
        Case(
            title="night",
            evaluation=question(time=0),
            permit=False,
            expected={"policies": ["night"], "remedy": None},
        ),
        Case(
            title="more consent",
            evaluation=question(scopes=[]),
            permit=False,
            expected={"remedy": {"scopes": ["db"]}},
        ),
    ],
    ids=lambda case: case.title,
)
def test_case_that_is_answered_as_expected_passes(policy: CedarPolicy, case: Case) -> None:
    (result,) = run(policy, [case])

    assert result.passed, result.problems


@pytest.mark.parametrize(
    ("case", "problem"),
    [
        (
            Case(title="night", evaluation=question(time=0), permit=True),
            "It is denied. At night nobody reads.",
        ),
        (
            Case(title="day", evaluation=question(), permit=False),
            "It is permitted. Decided by read.",
        ),
        (
            Case(title="x", evaluation=question(), permit=True, expected={"policies": ["x"]}),
            "policies is ['read'], not ['x'].",
        ),
        (
            Case(title="x", evaluation=question(), permit=True, expected={"policies": None}),
            "policies is ['read'], not None.",
        ),
        (
            Case(title="x", evaluation={"subject": 1}, permit=False),
            "The question cannot be read: action is an object.",
        ),
    ],
)
def test_case_that_is_answered_otherwise_says_how(
    policy: CedarPolicy, case: Case, problem: str
) -> None:
    (result,) = run(policy, [case])

    assert (result.passed, result.problems) == (False, (problem,))


class Says:
    def __init__(self, decision: Decision) -> None:
        self.decision = decision

    def decide(self, evaluation: Evaluation) -> Decision:
        return self.decision


PERMIT = Decision(permit=True, policies=("a",), obligations=(Obligation(id="x"),))


@pytest.mark.parametrize(
    "after",
    [
        Decision(permit=False),
        replace(PERMIT, obligations=()),
        replace(PERMIT, obligations=(Obligation(id="x"), Obligation(id="y"))),
        replace(PERMIT, obligations=(Obligation(id="x", parameters={"rows": 1}),)),
        replace(PERMIT, remedy=Remedy(approval=True)),
    ],
)
def test_other_answer_is_a_change(after: Decision) -> None:
    asked = parse_evaluation(question())

    (change,) = compare(Says(PERMIT), Says(after), [asked])

    assert (change.evaluation, change.before, change.after) == (asked, PERMIT, after)
    assert change.flips is (not after.permit)


@pytest.mark.parametrize(
    "after",
    [PERMIT, replace(PERMIT, policies=("b",), policy_rev="2"), replace(PERMIT, reasons=("hm",))],
)
def test_other_words_are_no_change(after: Decision) -> None:
    assert compare(Says(PERMIT), Says(after), [parse_evaluation(question())]) == ()
