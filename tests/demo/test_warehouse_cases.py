"""The test cases that come with the Warehouse's policies: each policy is held by one of them."""

import re
from dataclasses import replace

import pytest

from console.demo.data import warehouse_policies
from policy.engine.cases import Case, run
from scopeward_guard.cedar import CedarPolicy
from tests.warehouse.conftest import ORIGIN, warehouse_document

WHOLE = warehouse_policies().text()
CASES = [Case(**case) for case in warehouse_policies().cases]
POLICIES = re.findall(r'^@id\("([^"]+)"\)', WHOLE, re.MULTILINE)


def failing(text: str) -> list[str]:
    """Return the titles of the cases that these policies answer otherwise than expected."""
    policy = CedarPolicy(replace(warehouse_document(ORIGIN), policies=text))
    return [result.case.title for result in run(policy, CASES) if not result.passed]


def test_the_policies_answer_their_cases():
    assert failing(WHOLE) == []


@pytest.mark.parametrize("name", POLICIES)
def test_without_any_one_policy_a_case_fails(name: str):
    less = re.sub(rf'^@id\("{name}"\).*?;$', "", WHOLE, count=1, flags=re.DOTALL | re.MULTILINE)

    assert less != WHOLE
    assert failing(less)
