"""Whatever is asked: nothing is raised, and nothing is permitted that Cedar did not permit."""

import json
from typing import Any

import cedarpy
from hypothesis import given, strategies as st

from scopeward_guard._authzen import parse_decision, parse_evaluation
from scopeward_guard.cedar import CedarPolicy, parse_document
from tests.guard.cedar.asking import policy

OF_ENTITIES = [
    "id", "roles", "projects", "clearance", "email", "tables", "columns", "scopes", "sensitivity",
    "owners", "tags", "owner", "table", "most_sensitive",
]  # fmt: skip
OF_CONTEXT = [
    "time", "hour", "acr", "scopes", "approved", "risk", "address", "session", "emergency",
    "authentication_age", "client_id", "assurance",
]  # fmt: skip
TEXT = """
@id("read") @row_limit("10") @mask("hr.e.iban last4")
@row_filter("hr.e.project in principal.projects")
permit(principal is User, action == Action::"select", resource is Query)
when { context.scopes.containsAll(resource.scopes) && principal.clearance >= resource.sensitivity };
@id("role") permit(principal in Role::"admin", action, resource);
@id("odd") permit(principal is User, action, resource)
when { principal.clearance * 4611686018427387904 >= 0 && context.hour < 24 };
@id("own") permit(principal is User, action == Action::"read", resource is Record)
when { resource has owner && resource.owner == principal.id };
@id("risk") @reason("{principal.email} {resource.owners} {context.address}")
forbid(principal is User, action == Action::"select", resource is Query)
when { context has risk && context.risk > 70 } unless { context.approved };
@id("network") forbid(principal, action, resource)
when { context has address && context.address.isInRange(ip("10.0.0.0/8")) };
@id("session") forbid(principal, action, resource)
when { context has session && context.session == "ended" };
@id("age") forbid(principal, action == Action::"select", resource)
when { context has authentication_age && context.authentication_age > 300 };
"""
POLICY = policy(TEXT)
SAME = CedarPolicy(parse_document(json.loads(json.dumps(POLICY.document.as_json()))))

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(-1e15, 1e15)
    | st.sampled_from(["admin", "ada", "hr.e.iban", "10.1.2.3", "ended", "high", "internal", ""])
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab_", max_size=3), inner),
    max_leaves=4,
)


def members(names: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(names), values, max_size=6)


kinds = st.sampled_from(["user", "client", "query", "record", "role", "Action", 'User"', "x y"])
entities = st.fixed_dictionaries(
    {
        "type": kinds,
        "id": st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=5)
        | st.just("ada"),
        "properties": members(OF_ENTITIES),
    }
)
questions = st.fixed_dictionaries(
    {
        "subject": entities,
        "action": st.fixed_dictionaries(
            {"name": st.sampled_from(["select", "read", "GET", "insert", "x", "select\n"])}
        ),
        "resource": entities,
        "context": members(OF_CONTEXT),
    }
)


@given(questions)
def test_nothing_is_raised_and_only_what_cedar_permits_is_permitted(body: dict[str, Any]) -> None:
    evaluation = parse_evaluation(body)

    decision = POLICY.decide(evaluation)

    assert parse_decision(decision.as_json()).permit is decision.permit
    assert POLICY.permits(evaluation) is decision.permit
    assert decision.permit or decision.reasons
    assert not (decision.permit and decision.remedy)
    if decision.permit:
        question = POLICY._questions.of(evaluation)
        answer = cedarpy.is_authorized(
            question.request, POLICY.rules.handle, question.entities, POLICY.rules.schema
        )
        assert answer.allowed
        assert answer.diagnostics.errors == []


@given(questions)
def test_guard_and_provider_decide_alike(body: dict[str, Any]) -> None:
    body["context"].setdefault("time", 1)
    evaluation = parse_evaluation(body)

    assert SAME.decide(evaluation) == POLICY.decide(evaluation)


@given(questions)
def test_whole_schema_decides_like_the_projected_one(body: dict[str, Any]) -> None:
    """Cutting the schema down to what policies speak of changes no answer."""
    body["context"].setdefault("time", 1)
    evaluation = parse_evaluation(body)
    if POLICY.decide(evaluation).permit:
        assert UNCUT.decide(evaluation).permit


UNCUT = policy(TEXT)
UNCUT._questions._asked = UNCUT._questions._declared
object.__setattr__(
    UNCUT.rules, "schema", cedarpy.Schema.from_json_str(json.dumps(UNCUT.document.schema))
)
