"""What may be put in force: valid text that answers every test case of its set."""

import pytest

from policy.models import PolicyCase, PolicySet, VersionState
from policy.selectors import policy_for
from policy.services import ActivationError, activate, draft
from scopeward_guard._authzen import parse_evaluation

pytestmark = pytest.mark.django_db

PERMIT = '@id("all") permit(principal, action, resource);'
QUESTION = {
    "subject": {"type": "user", "id": "ada"},
    "action": {"name": "select"},
    "resource": {"type": "query", "id": "warehouse"},
}


@pytest.fixture
def warehouse() -> PolicySet:
    return PolicySet.objects.create(title="Warehouse", audience="https://warehouse.example")


def decides(policy_set: PolicySet) -> bool:
    policy = policy_for(policy_set.audience)
    return policy is not None and policy.decide(parse_evaluation(QUESTION)).permit


def test_activated_version_decides(warehouse: PolicySet) -> None:
    activate(draft(warehouse, PERMIT))

    assert decides(warehouse)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("permit(", "Line 1, column 7: The policy has no end: it ends with a semicolon."),
        (
            f"{PERMIT}\n{PERMIT}",
            "Line 2, column 2: There is a policy all already.",
        ),
    ],
)
def test_version_with_problems_stays_a_draft(
    warehouse: PolicySet, text: str, sentence: str
) -> None:
    version = draft(warehouse, text)

    with pytest.raises(ActivationError) as refused:
        activate(version)

    assert refused.value.problems == (sentence,)
    version.refresh_from_db()
    assert version.state == VersionState.DRAFT
    assert policy_for(warehouse.audience) is None


def test_version_that_fails_a_test_case_does_not_take_over(warehouse: PolicySet) -> None:
    activate(draft(warehouse, PERMIT))
    PolicyCase.objects.create(
        policy_set=warehouse, title="Ada reads", evaluation=QUESTION, permit=True
    )

    with pytest.raises(ActivationError) as refused:
        activate(draft(warehouse, ""))

    assert "“Ada reads” failed: It is denied." in refused.value.problems[0]
    assert decides(warehouse)


def test_test_cases_of_other_sets_do_not_matter(warehouse: PolicySet) -> None:
    other = PolicySet.objects.create(title="Other", audience="https://other.example")
    PolicyCase.objects.create(policy_set=other, title="no", evaluation=QUESTION, permit=False)

    activate(draft(warehouse, PERMIT))

    assert decides(warehouse)


def test_test_case_that_is_no_question_fails_instead_of_being_skipped(
    warehouse: PolicySet,
) -> None:
    PolicyCase.objects.create(policy_set=warehouse, title="broken", evaluation=[], permit=False)

    with pytest.raises(ActivationError, match="cannot be read"):
        activate(draft(warehouse, PERMIT))
