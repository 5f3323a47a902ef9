"""Facts that policies speak of and a token does not tell: said as such, and asked for if it helps.

"Not told" is decided as nothing, and never called that: whoever has the clearance `confidential`,
and has not let an application know, must not read that theirs is `public`.
"""

from collections.abc import Mapping
from typing import Any

import pytest

from scopeward_guard._authzen import Decision, Remedy
from tests.guard.cedar.asking import asked, policy

RELEASED_BY: Mapping[str, tuple[str, ...]] = {
    "clearance": ("clearance",),
    "projects": ("work", "projects"),
    "roles": ("roles",),
    "department": ("department",),
}
READERS = """
    @id("readers") permit(principal is User, action == Action::"select", resource is Query)
        when { context.scopes.containsAll(resource.scopes) };
"""
CLEARED = """
    @id("cleared") @reason("It takes {resource.sensitivity}, and yours is {principal.clearance}.")
    forbid(principal is User, action, resource) when { principal.clearance < 2 };
"""
APPROVED = """
    @id("approved") @approvers("owner") forbid(principal is User, action, resource)
        unless { context.approved };
"""
OUTRIGHT = '@id("never") forbid(principal, action == Action::"select", resource);'
FILTERED = """
    @id("filtered") @row_filter("hr.employees.project in principal.projects")
    permit(principal is User, action == Action::"select", resource is Query)
        when { context.scopes.containsAll(resource.scopes) };
"""
PERMIT = '@id("p") permit(principal is User, action, resource) when { '
ENOUGH = {"scopes": ["db:hr"]}


def decided(text: str, *, subject: dict[str, Any] | None = None, **context: Any) -> Decision:
    question = asked(subject=subject, **context)
    return policy(text, released_by=RELEASED_BY).decide(question)


@pytest.mark.parametrize(
    ("demand", "fact", "clause"),
    [
        ("principal.clearance >= 3", "clearance", "Your clearance ({}) must be at least secret."),
        ('principal.projects.contains("a")', "projects", "Your projects ({}) must include a."),
        ("principal has department", "department", "Your department is {}."),
        (
            'principal has department && principal.department == "hr"',
            "department",
            "Your department is {}.",
        ),
    ],
)
def test_unreleased_fact_is_never_worded_as_none(demand: str, fact: str, clause: str) -> None:
    text = f'@id("p") permit(principal is User, action, resource) when {{ {demand} }};'

    untold = decided(text)
    released = decided(text, scopes=[RELEASED_BY[fact][-1]])

    assert untold.reasons == (clause.format("not released to this application"),)
    assert not any("not released" in reason for reason in released.reasons)
    assert not any(word in str(released.reasons) for word in ("public", "none"))


def test_reason_of_an_author_says_what_is_not_released() -> None:
    assert decided(READERS + CLEARED, **ENOUGH).reasons == (
        "It takes confidential, and yours is not released to this application.",
    )
    assert decided(READERS + CLEARED, scopes=["db:hr", "clearance"]).reasons == (
        "It takes confidential, and yours is not known.",
    )
    said = decided(READERS + CLEARED, subject={"clearance": 0}, **ENOUGH)
    assert said.reasons == ("It takes confidential, and yours is public.",)


@pytest.mark.parametrize(
    ("text", "context", "remedy"),
    [
        (READERS + CLEARED, ENOUGH, Remedy(scopes=("clearance",))),
        (READERS + CLEARED, {}, Remedy(scopes=("clearance", "db:hr"))),
        # The token of an approval has all such facts, and stands for the scopes.
        (READERS + CLEARED + APPROVED, {}, Remedy(approval=True)),
        (READERS + CLEARED + APPROVED, ENOUGH, Remedy(approval=True)),
        (READERS + CLEARED + OUTRIGHT, ENOUGH, None),
        (CLEARED, ENOUGH, None),
        # There is nothing left to release: it is decided by what is there.
        (READERS + CLEARED, {"scopes": ["db:hr", "clearance"]}, None),
        (READERS + CLEARED, {**ENOUGH, "approved": True}, None),
        (FILTERED, ENOUGH, Remedy(scopes=("projects",))),
        (FILTERED, {}, Remedy(scopes=("db:hr", "projects"))),
        (FILTERED + CLEARED, {}, Remedy(scopes=("clearance", "db:hr", "projects"))),
        (FILTERED + APPROVED, {}, Remedy(approval=True)),
        (
            '@id("p") permit(principal is User in Role::"boss", action, resource);',
            {},
            Remedy(scopes=("roles",)),
        ),
        (
            PERMIT + 'principal has department && principal.department == "hr" '
            "&& principal.clearance > 1 };",
            {},
            Remedy(scopes=("clearance", "department")),
        ),
        (
            PERMIT + "principal.clearance > 1 && context.emergency };",
            {},
            None,
        ),
    ],
)
def test_release_is_offered_where_nothing_else_is_in_the_way(
    text: str, context: dict[str, Any], remedy: Remedy | None
) -> None:
    decision = decided(text, **context)

    assert (decision.permit, decision.remedy) == (False, remedy)


def test_rows_are_not_withheld_in_silence_for_want_of_a_fact() -> None:
    refused = decided(FILTERED, **ENOUGH)
    empty = decided(FILTERED, subject={"projects": []}, **ENOUGH)
    nobody = decided(FILTERED, scopes=["db:hr", "work"])

    assert refused.reasons == ("Not released to this application: your projects.",)
    assert [(d.permit, d.obligations[0].parameters["in"]) for d in (empty, nobody)] == [
        (True, []),
        (True, []),
    ]


def test_what_the_provider_knows_is_all_there_is() -> None:
    question = asked(**ENOUGH)
    by_provider = policy(READERS + CLEARED, released_by=RELEASED_BY).decide(
        question, is_all_known=True
    )

    assert by_provider.remedy is None
    assert by_provider.reasons == ("It takes confidential, and yours is not known.",)


def test_program_has_nothing_to_release() -> None:
    text = '@id("p") permit(principal, action, resource) when { principal.roles.contains("x") };'
    decision = policy(text, released_by=RELEASED_BY).decide(asked(client=True))

    assert (decision.permit, decision.remedy) == (False, None)
    assert "released" not in str(decision.reasons)


def test_everything_that_policies_speak_of_is_named() -> None:
    text = FILTERED + CLEARED + '@id("r") permit(principal in Role::"x", action, resource);'

    assert policy(text).facts_about_people == {"clearance", "projects", "roles"}
    assert policy(READERS).facts_about_people == frozenset()
