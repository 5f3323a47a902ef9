"""Why something was refused, in words: the nearest condition that was not met, and no secrets."""

from typing import Any

import pytest

from scopeward_guard._authzen import Entity
from scopeward_guard.cedar._deciding.explanation import NOTHING_PERMITS
from tests.guard.cedar.asking import asked, decided, query

PERMIT = (
    '@id("read") permit(principal is User, action == Action::"select", resource) when {{ {} }};'
)
FORBID = (
    '@id("all") permit(principal, action, resource);'
    '@id("not") forbid(principal is User, action == Action::"select", resource) {};'
)
BERLIN = {"timezone": "Europe/Berlin"}


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        ('principal in Role::"analyst"', "You need the role analyst."),
        ('principal.roles.contains("analyst")', "You need the role analyst."),
        ('principal.roles.containsAny(["a", "b"])', "You need one of the roles a, b."),
        ('principal.roles.containsAll(["a", "b"])', "You need the roles a, b."),
        (
            "principal.clearance >= resource.sensitivity",
            "Your clearance (not known) must be at least its sensitivity (confidential).",
        ),
        ("principal.clearance >= 3", "Your clearance (not known) must be at least secret."),
        ("3 <= principal.clearance", "Your clearance (not known) must be at least secret."),
        (
            "resource.sensitivity < 2",
            "Its sensitivity (confidential) must be at most internal.",
        ),
        ("resource.owners.contains(principal.id)", "You need to be one of its owners (grace)."),
        ('!resource.tags.contains("pii")', "Nothing in it may be tagged pii."),
        ('resource.tags.contains("open")', "Its tags (pii) must include open."),
        (
            "context.hour >= 14 && context.hour < 18",
            "It is permitted only from 14 to 18 o'clock (UTC).",
        ),
        (
            "context.hour >= 22 || context.hour < 6",
            "It is permitted only from 22 to 6 o'clock (UTC).",
        ),
        ("context.weekday < 3", "It is permitted only on Monday or Tuesday."),
        (
            "context.weekday >= 5 && context.weekday < 8",
            "It is permitted only from Friday to Sunday.",
        ),
        ("[6, 7].contains(context.weekday)", "It is permitted only on Saturday or Sunday."),
        ("![4].contains(context.weekday)", "It is not permitted on Thursday."),
        ("context.assurance >= 2", "You need a stronger sign-in."),
        ("context.approved", "It needs an approval."),
        ("context.emergency", "It is permitted only in an emergency."),
        (
            "context.scopes.containsAll(resource.scopes)",
            "The application needs your consent to db:hr.",
        ),
        ('context.scopes.contains("x")', "The application needs your consent to x."),
        ('principal.projects.contains("atlas")', "Your projects (not known) must include atlas."),
        (
            "principal.projects.containsAny(resource.tags)",
            "Your projects (not known) must include one of its tags (pii).",
        ),
        (
            '["hr.jobs"].containsAll(resource.tables)',
            "Its tables (hr.employees) may only be of hr.jobs.",
        ),
        (
            'principal.roles.contains("a") || context.approved',
            "You need the role a, or it needs an approval.",
        ),
        (
            'principal has department && principal.department == "finance"',
            "Your department must be known.",
        ),
    ],
)  # fmt: skip
def test_condition_that_was_not_met_is_said_in_words(condition: str, sentence: str) -> None:
    decision = decided(PERMIT.format(f"({condition})"))

    assert (decision.permit, decision.reasons) == (False, (sentence,))


@pytest.mark.parametrize(
    ("condition", "facts", "sentence"),
    [
        (
            'principal has department && principal.department == "finance"',
            {"subject": {"department": "sales"}},
            "Your department (sales) must be finance.",
        ),
        (
            "context has authentication_age && context.authentication_age <= 300",
            {"authentication_age": 301},
            "You need to have signed in within the last 5 minutes.",
        ),
        (
            "context has session && context.session == \"active\"",
            {"session": "ended"},
            "The session (ended) must be active.",
        ),
        (
            "resource has max_rows && resource.max_rows <= 100",
            {"resource": query(max_rows=500)},
            "Its number of rows (500) must be at most 100.",
        ),
    ],
)  # fmt: skip
def test_own_facts_are_said_with_their_values(
    condition: str, facts: dict[str, Any], sentence: str
) -> None:
    assert decided(PERMIT.format(condition), asked(**facts)).reasons == (sentence,)


@pytest.mark.parametrize(
    ("condition", "facts", "secret"),
    [
        ("context has risk && context.risk < 50", {"risk": 77}, "77"),
        ("context has risk && context.risk < 50", {"risk": 77}, "50"),
        (
            'context has address && context.address.isInRange(ip("10.0.0.0/8"))',
            {"address": "192.0.2.1"},
            "10.",
        ),
        ('principal == User::"grace"', {}, "grace"),
        ('principal.id == "grace"', {}, "grace"),
        ('["grace"].contains(principal.id)', {}, "grace"),
        ('context has client_id && context.client_id == "vault"', {"client_id": "x"}, "vault"),
        (
            'context has client_id && ["vault"].contains(context.client_id)',
            {"client_id": "x"},
            "vault",
        ),
    ],
)  # fmt: skip
def test_what_would_help_to_get_around_it_is_not_said(
    condition: str, facts: dict[str, Any], secret: str
) -> None:
    (reason,) = decided(PERMIT.format(condition), asked(**facts)).reasons

    assert secret not in reason


@pytest.mark.parametrize(
    "condition",
    [
        "resource has owner && resource.owner == principal.id",
        (
            "(resource has department && principal has department)"
            " && resource.department == principal.department"
        ),
        "resource has project && principal.projects.contains(resource.project)",
        'resource has department && resource.department == "hidden"',
    ],
)
def test_facts_of_a_record_are_not_said(condition: str) -> None:
    text = (
        f'@id("own") permit(principal is User, action, resource is Record) when {{ {condition} }};'
    )
    properties = {"owner": "mallory", "department": "legal", "project": "merger"}
    record = Entity(type="record", id="7", properties=properties)

    decision = decided(text, asked(subject={"department": "it"}, resource=record, action="read"))

    assert not decision.permit
    for secret in properties.values():
        assert secret not in " ".join(decision.reasons)


def test_every_condition_that_fails_is_said() -> None:
    decision = decided(PERMIT.format('principal.roles.contains("a") && context.approved'))

    assert decision.reasons == ("You need the role a.", "It needs an approval.")


def test_nearest_permit_explains() -> None:
    far = PERMIT.format('principal.roles.contains("a") && principal.roles.contains("b")')
    near = PERMIT.replace("read", "near").format("context.emergency")

    assert decided(far + near).reasons == ("It is permitted only in an emergency.",)


@pytest.mark.parametrize(
    "head",
    [
        'principal, action == Action::"insert", resource',
        "principal, action, resource is Endpoint",
        'principal, action == Action::"read", resource is Record',
    ],
)
def test_permit_of_something_else_is_not_near(head: str) -> None:
    assert decided(f'@id("x") permit({head});').reasons == (NOTHING_PERMITS,)


def test_permit_for_somebody_else_is_near() -> None:
    text = '@id("x") permit(principal is User in Role::"dpo", action, resource is Query);'

    assert decided(text).reasons == ("You need the role dpo.",)
    assert decided(text, asked(client=True)).reasons == (
        "It is for people only.",
        "You need the role dpo.",
    )


def test_reason_of_the_nearest_permit_wins() -> None:
    text = (
        '@id("x") @reason("Ask the desk about {resource.tables}: you are {principal.clearance}.")'
        "permit(principal is User, action, resource is Query) when { context.approved };"
    )

    told = decided(text, asked(subject={"clearance": 0})).reasons

    assert told == ("Ask the desk about hr.employees: you are public.",)
    assert decided(text).reasons == ("Ask the desk about hr.employees: you are not known.",)


@pytest.mark.parametrize(
    ("conditions", "sentence"),
    [
        (
            "when { resource is Query && principal.clearance < resource.sensitivity }",
            "Your clearance (not known) must be at least its sensitivity (confidential).",
        ),
        (
            "unless { context.scopes.containsAll(resource.scopes) }",
            "The application needs your consent to db:hr.",
        ),
        (
            "when { resource is Query && resource.sensitivity >= 2 } unless { context.approved }",
            "It needs an approval.",
        ),
        (
            "when { context.hour < 8 || context.hour >= 9 }",
            "It is permitted only from 8 to 9 o'clock (UTC).",
        ),
        (
            'when { resource is Query && resource.tags.contains("pii") }',
            "Nothing in it may be tagged pii.",
        ),
        (
            'unless { principal.roles.contains("dpo") || context.emergency }',
            "You need the role dpo, or it is permitted only in an emergency.",
        ),
        ("when { true }", "The policy not forbids this."),
        ("", "The policy not forbids this."),
    ],
)
def test_forbid_without_a_reason_says_what_would_have_to_be_otherwise(
    conditions: str, sentence: str
) -> None:
    decision = decided(FORBID.format(conditions))

    assert (decision.policies, decision.reasons) == (("not",), (sentence,))


def test_hours_are_said_in_the_zone_that_decides() -> None:
    decision = decided(PERMIT.format("context.hour < 13"), **BERLIN)

    assert decision.reasons == ("It is permitted only before 13 o'clock (Europe/Berlin).",)


def test_condition_without_words_is_not_passed_over() -> None:
    said = decided(PERMIT.format("context.approved && (if context.emergency then 1 else 2) == 1"))

    assert said.reasons == (
        "It needs an approval.",
        "Another condition of the policy read is not met.",
    )
