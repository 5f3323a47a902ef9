"""What would help: the least of it, and nothing where policy forbids outright."""

from itertools import product
from typing import Any

import pytest

from scopeward_guard._authzen import Remedy
from tests.guard.cedar.asking import asked, decided

CONSENT = "context.scopes.containsAll(resource.scopes)"
FRESH = "context has authentication_age && context.authentication_age <= 300"
STRONG = "context.assurance >= 2"
APPROVED = "context.approved"
DEMANDS = {
    CONSENT: Remedy(scopes=("db:hr",)),
    FRESH: Remedy(max_age=300),
    STRONG: Remedy(acr_values=("high",)),
    APPROVED: Remedy(approval=True),
}
ALL_MET = {"scopes": ["db:hr"], "authentication_age": 10, "acr": "high", "approved": True}
MET = {
    CONSENT: {"scopes": ["db:hr"]},
    FRESH: {"authentication_age": 10},
    STRONG: {"acr": "high"},
    APPROVED: {"approved": True},
}


def permit(*conditions: str) -> str:
    demanded = " && ".join(f"({condition})" for condition in conditions) or "true"
    text = '@id("p") permit(principal is User, action == Action::"select", resource is Query) when'
    return f"{text} {{ {demanded} }};"


def together(*remedies: Remedy) -> Remedy:
    return Remedy(
        scopes=tuple(scope for remedy in remedies for scope in remedy.scopes),
        acr_values=tuple(acr for remedy in remedies for acr in remedy.acr_values),
        max_age=next((r.max_age for r in remedies if r.max_age is not None), None),
        approval=any(remedy.approval for remedy in remedies),
    )


@pytest.mark.parametrize("missing", list(product([True, False], repeat=4)))
@pytest.mark.parametrize("acr", ["", "low"])
def test_remedy_is_exactly_what_is_missing(missing: tuple[bool, ...], acr: str) -> None:
    lacking = [demand for demand, lacks in zip(DEMANDS, missing, strict=True) if lacks]
    context: dict[str, Any] = {"acr": acr, "authentication_age": 900}
    for demand in DEMANDS:
        context.update({} if demand in lacking else MET[demand])

    decision = decided(permit(*DEMANDS), asked(**context))

    # An approval, there or yet to be asked for, is of so exact a thing that it stands for scopes.
    wanted = [demand for demand in lacking if demand != CONSENT]
    assert decision.permit is not bool(wanted)
    assert decision.remedy == (
        together(*(DEMANDS[demand] for demand in wanted)) if wanted else None
    )


@pytest.mark.parametrize("missing", list(product([True, False], repeat=3)))
def test_scopes_are_what_is_missing_where_nothing_has_to_be_approved(
    missing: tuple[bool, ...],
) -> None:
    demands = [CONSENT, FRESH, STRONG]
    lacking = [demand for demand, lacks in zip(demands, missing, strict=True) if lacks]
    context: dict[str, Any] = {"acr": "low", "authentication_age": 900}
    for demand in demands:
        context.update({} if demand in lacking else MET[demand])

    decision = decided(permit(*demands), asked(**context))

    assert decision.permit is not any(missing)
    expected = together(*(DEMANDS[demand] for demand in lacking)) if lacking else None
    assert decision.remedy == expected


@pytest.mark.parametrize("missing", list(product([True, False], repeat=4)))
def test_outright_forbid_offers_nothing_whatever_is_missing(missing: tuple[bool, ...]) -> None:
    context: dict[str, Any] = {}
    for demand, lacks in zip(DEMANDS, missing, strict=True):
        context.update({} if lacks else MET[demand])
    forbid = (
        '@id("no") forbid(principal is User, action, resource) when { principal.clearance < 2 };'
    )

    decision = decided(permit(*DEMANDS) + forbid, asked(**context))

    assert (decision.permit, decision.remedy) == (False, None)


@pytest.mark.parametrize(
    "unchangeable",
    ['principal.roles.contains("boss")', "context.hour < 6", "context.emergency", "1 == 2"],
)
def test_nothing_is_offered_where_all_of_it_would_not_do(unchangeable: str) -> None:
    assert decided(permit(*DEMANDS, unchangeable)).remedy is None


@pytest.mark.parametrize(
    ("condition", "context", "remedy"),
    [
        ("context.assurance >= 1", {}, Remedy(acr_values=("low",))),
        ("context.assurance >= 2", {"acr": "low"}, Remedy(acr_values=("high",))),
        (f"{STRONG} || {APPROVED}", {}, Remedy(acr_values=("high",))),
        (f"({FRESH}) || {STRONG}", {"acr": "low"}, Remedy(max_age=300)),
        (f"({STRONG} && {APPROVED}) || {CONSENT}", {}, Remedy(scopes=("db:hr",))),
        (
            "context has authentication_age && context.authentication_age < 60",
            {"authentication_age": 100},
            Remedy(max_age=59),
        ),
        (FRESH, {"authentication_age": 301.5}, Remedy(max_age=300)),
    ],
)
def test_least_of_several_ways_is_offered(
    condition: str, context: dict[str, Any], remedy: Remedy
) -> None:
    assert decided(permit(condition), asked(**context)).remedy == remedy


@pytest.mark.parametrize("acr", ["unheard-of", "", 7, None, ["high"], {"x": 1}])
def test_unknown_sign_in_counts_as_none(acr: Any) -> None:
    decision = decided(permit("context.assurance >= 1"), asked(acr=acr))

    assert (decision.permit, decision.remedy) == (False, Remedy(acr_values=("low",)))


def test_strongest_sign_in_is_not_asked_for_more() -> None:
    assert decided(permit("context.assurance >= 3"), asked(acr="high")).remedy is None


def test_remedy_helps_exactly_as_said() -> None:
    text = permit(*DEMANDS)
    remedy = decided(text).remedy

    assert remedy == together(*(DEMANDS[demand] for demand in (FRESH, STRONG, APPROVED)))
    assert decided(text, asked(**{**ALL_MET, "scopes": []})).permit


def test_a_final_denial_names_only_what_nothing_would_lift() -> None:
    text = """
        @id("readers") permit(principal, action, resource);
        @id("cleared") @reason("Too low.") forbid(principal is User, action, resource)
            when { principal.clearance < 3 };
        @id("approved") @reason("Ask the owner.") @approvers("owner")
            forbid(principal, action, resource) unless { context.approved };
    """
    decision = decided(text, asked(subject={"clearance": 1}))

    assert (decision.permit, decision.remedy) == (False, None)
    assert (decision.reasons, decision.policies) == (("Too low.",), ("cleared",))
    assert decision.obligations == ()
