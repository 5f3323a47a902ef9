"""The compliance page says what the lists of requirements and the tests' marks say."""

import re
from typing import Any

import pytest
from django.test import Client as Browser

from tests.compliance import REPORT, marks, section_key
from tests.compliance_page import NOT_SUPPORTED, read_findings, read_plans, render
from tests.requirement_lists import FOLDER, LEVELS, Document, Requirement, documents

LISTED = [(document, r) for document in documents() for r in document.requirements]


def known_modules() -> set[str]:
    return {module for plan in read_plans() for module in plan["modules"]}


def is_in(metadata: dict[str, Any], expression: str) -> bool:
    """Say whether there is a `member`, or `member=value` among its values."""
    member, _, value = expression.partition("=")
    return value in metadata.get(member, ()) if value else member in metadata


def where(document: Document, requirement: Requirement) -> str:
    return f"{document.name} §{requirement.section}: {requirement.text}"


def test_committed_page_is_current(pytestconfig: pytest.Config) -> None:
    if pytestconfig.getoption("--compliance-report"):
        pytest.skip("this run writes the page")

    assert REPORT.read_text() == render(), "run `make compliance`"


def test_every_test_that_a_requirement_names_exists_and_is_run_for_the_page() -> None:
    """`make compliance` runs what has a spec mark; what it does not run proves nothing."""
    run = {mark.test for mark in marks()}

    missing = [(where(d, r), test) for d, r in LISTED for test in r.tests if test not in run]

    assert not missing


def test_every_requirement_says_one_thing_of_itself() -> None:
    doubtful = [
        where(d, r) for d, r in LISTED if sum(map(bool, (r.tests, r.open, r.not_applicable))) != 1
    ]

    assert not doubtful


def test_every_requirement_has_a_level_and_stands_in_the_order_of_its_document() -> None:
    for document in documents():
        sections = [section_key(r.section) for r in document.requirements]

        assert sections == sorted(sections), document.name
        assert {r.level for r in document.requirements} <= set(LEVELS), document.name


def test_no_requirement_and_no_test_of_one_is_listed_twice() -> None:
    sentences = [where(d, r) for d, r in LISTED]

    assert len(sentences) == len(set(sentences))
    assert not [where(d, r) for d, r in LISTED if len(r.tests) != len(set(r.tests))]


def test_no_two_rows_of_the_page_are_the_same() -> None:
    """Each row below its own heading: none says what another has said there."""
    for part in re.split(r"^#{2,3} ", render(), flags=re.MULTILINE):
        rows = [line for line in part.splitlines() if line.startswith("| ")]

        assert len(rows) == len(set(rows)), part.splitlines()[0]


def test_the_name_of_a_list_is_that_of_its_document() -> None:
    names = {path.stem for path in FOLDER.iterdir()}

    assert names == {re.sub(r"[^a-z0-9]+", "_", d.name.lower()) for d in documents()}


def test_every_module_named_in_a_mark_exists() -> None:
    named = {module for mark in marks() for module in mark.modules}

    assert named <= known_modules()


def test_every_module_of_the_basic_plans_has_a_test() -> None:
    plans = {plan["name"]: plan for plan in read_plans()}
    covered = {module for mark in marks() for module in mark.modules}

    for name in ("basic", "config", "rp-initiated-logout"):
        modules = set(plans[f"oidcc-{name}-certification-test-plan"]["modules"])
        assert modules <= covered, modules - covered


def test_every_finding_about_the_engine_has_a_test() -> None:
    findings = {mark.hole for mark in marks()} - {None}

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
        for mark in marks()
        for module in mark.modules
        for document in (mark.document, None)
    }

    for plan in read_plans():
        has_gap = any((m, plan.get("document")) not in covered for m in plan["modules"])
        assert ("missing" in plan) == has_gap, plan["name"]
