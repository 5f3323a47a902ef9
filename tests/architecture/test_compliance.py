"""The compliance page says what the tests' marks say."""

import tomllib

import pytest

from tests.compliance import REPORT, requirements
from tests.compliance_page import PLANS, render


def known_modules() -> set[str]:
    plans = tomllib.loads(PLANS.read_text())["plans"]
    return {module for plan in plans for module in plan.get("modules", [])}


def test_committed_page_is_current(pytestconfig: pytest.Config) -> None:
    if pytestconfig.getoption("--compliance-report"):
        pytest.skip("this run writes the page")

    assert REPORT.read_text() == render(requirements()), "run `make compliance`"


def test_every_module_named_in_a_mark_exists() -> None:
    named = {module for requirement in requirements() for module in requirement.modules}

    assert named <= known_modules()


def test_every_module_of_the_basic_plans_has_a_test() -> None:
    plans = {plan["name"]: plan for plan in tomllib.loads(PLANS.read_text())["plans"]}
    covered = {module for requirement in requirements() for module in requirement.modules}

    for name in ("basic", "config", "rp-initiated-logout"):
        modules = set(plans[f"oidcc-{name}-certification-test-plan"]["modules"])
        assert modules <= covered, modules - covered


def test_every_finding_about_the_engine_has_a_test() -> None:
    findings = {requirement.hole for requirement in requirements()} - {None}

    assert findings == set(range(1, 24))
