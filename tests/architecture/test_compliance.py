"""The compliance page says what the tests' marks say."""

from typing import Any

import pytest
from django.test import Client as Browser

from tests.compliance import REPORT, requirements
from tests.compliance_page import NOT_SUPPORTED, read_findings, read_plans, render


def known_modules() -> set[str]:
    return {module for plan in read_plans() for module in plan["modules"]}


def is_in(metadata: dict[str, Any], expression: str) -> bool:
    """Say whether there is a `member`, or `member=value` among its values."""
    member, _, value = expression.partition("=")
    return value in metadata.get(member, ()) if value else member in metadata


def test_committed_page_is_current(pytestconfig: pytest.Config) -> None:
    if pytestconfig.getoption("--compliance-report"):
        pytest.skip("this run writes the page")

    assert REPORT.read_text() == render(requirements()), "run `make compliance`"


def test_every_module_named_in_a_mark_exists() -> None:
    named = {module for requirement in requirements() for module in requirement.modules}

    assert named <= known_modules()


def test_every_module_of_the_basic_plans_has_a_test() -> None:
    plans = {plan["name"]: plan for plan in read_plans()}
    covered = {module for requirement in requirements() for module in requirement.modules}

    for name in ("basic", "config", "rp-initiated-logout"):
        modules = set(plans[f"oidcc-{name}-certification-test-plan"]["modules"])
        assert modules <= covered, modules - covered


def test_every_finding_about_the_engine_has_a_test() -> None:
    findings = {requirement.hole for requirement in requirements()} - {None}

    assert findings == set(read_findings())


def test_what_is_said_to_be_missing_does_not_exist(provider: None) -> None:
    metadata = Browser().get("/.well-known/openid-configuration").json()
    said = {plan["missing"]: plan.get("absent", ()) for plan in read_plans() if "missing" in plan}
    said |= {entry.what: entry.absent for entry in NOT_SUPPORTED}

    untrue = [what for what, absent in said.items() if any(is_in(metadata, a) for a in absent)]

    assert not untrue


def test_every_plan_says_what_is_missing_unless_nothing_is() -> None:
    covered = {
        (module, document)
        for requirement in requirements()
        for module in requirement.modules
        for document in (requirement.document, None)
    }

    for plan in read_plans():
        has_gap = any((m, plan.get("document")) not in covered for m in plan["modules"])
        assert ("missing" in plan) == has_gap, plan["name"]
