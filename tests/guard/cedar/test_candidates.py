"""Leaving out the policies whose head cannot fit changes no answer, and makes many policies cheap.

What Cedar says of all the policies is what counts; the sets that are asked instead have to say the
same: the same decision, by the same policies, with the same errors.
"""

from dataclasses import replace
from typing import Any
from unittest.mock import patch

import cedarpy
import pytest
from hypothesis import given, settings, strategies as st

from scopeward_guard._authzen import Evaluation, parse_evaluation
from scopeward_guard.cedar import CedarPolicy, PolicyDocument
from scopeward_guard.cedar._deciding import candidates
from scopeward_guard.cedar._deciding.heads import place_of
from scopeward_guard.cedar._deciding.nearest import LOOKED_AT
from scopeward_guard.cedar._deciding.question import Question
from scopeward_guard.cedar._deciding.verdicts import UNCLEAR, Verdict, together
from tests.budgets import calls_of
from tests.guard.cedar.asking import asked, policy

_TEXT = {"type": "String"}
_SHAPE = {"type": "Record", "attributes": {"level": {"type": "Long", "required": False}}}
_CONTEXT = {
    "type": "Record",
    "attributes": {
        "risk": {"type": "Long", "required": False},
        "note": {**_TEXT, "required": False},
    },
}
_APPLIES = {
    "principalTypes": ["User", "Client", "Role"],
    "resourceTypes": ["Query", "Folder", "Role", "User"],
    "context": _CONTEXT,
}
SCHEMA = {
    "": {
        "entityTypes": {
            "User": {"memberOfTypes": ["Role", "Folder"], "shape": _SHAPE},
            "Client": {"memberOfTypes": ["Role"], "shape": _SHAPE},
            "Role": {"memberOfTypes": ["Role"], "shape": _SHAPE},
            "Folder": {"memberOfTypes": ["Folder", "Role"], "shape": _SHAPE},
            "Query": {"memberOfTypes": ["Folder"], "shape": _SHAPE},
        },
        "actions": {
            "all": {},
            "reads": {"memberOf": [{"id": "all"}]},
            "select": {"memberOf": [{"id": "reads"}], "appliesTo": _APPLIES},
            "insert": {"memberOf": [{"id": "all"}], "appliesTo": _APPLIES},
            "drop": {
                "appliesTo": {
                    "principalTypes": ["User"], "resourceTypes": ["Query"], "context": _CONTEXT,
                }
            },
        },
    }
}  # fmt: skip
"""Everything that heads can speak of: groups in groups, of principals, resources and actions."""

SIDES = [
    "{}",
    *(f'{{}} == {kind}::"{name}"' for kind in ("User", "Role", "Query") for name in "ab"),
    *(f'{{}} in {kind}::"{name}"' for kind in ("Role", "Folder", "User") for name in "ab"),
    *(f"{{}} is {kind}" for kind in ("User", "Client", "Query", "Folder")),
    *(f'{{}} is {kind} in Role::"{name}"' for kind in ("User", "Folder") for name in "ab"),
]
ACTIONS = [
    "action", 'action == Action::"select"', 'action == Action::"drop"', 'action in Action::"all"',
    'action in Action::"reads"', 'action in [Action::"insert", Action::"reads"]',
]  # fmt: skip
CONDITIONS = [
    "", "when { context has risk && context.risk > 1 }", "unless { context has risk }",
    'when { principal in Role::"b" }', 'unless { resource in Folder::"a" }',
    "when { principal has level && principal.level * 4611686018427387904 > 0 }",
    "when { resource has level && resource.level + 9223372036854775807 > 0 }",
]  # fmt: skip
"""The last two fail with some levels."""

heads = st.tuples(
    st.sampled_from(["permit", "permit", "forbid"]),
    st.sampled_from(SIDES),
    st.sampled_from(ACTIONS),
    st.sampled_from(SIDES),
    st.sampled_from(CONDITIONS),
)
texts = st.lists(heads, max_size=12)
names = st.lists(st.sampled_from("abc"), max_size=2, unique=True)


def entities(*kinds: str) -> st.SearchStrategy[dict[str, Any]]:
    known = {"roles": names, "folders": names, "level": st.integers(0, 3)}
    return st.fixed_dictionaries(
        {
            "type": st.sampled_from(kinds),
            "id": st.sampled_from("abc"),
            "properties": st.fixed_dictionaries({}, optional=known),
        }
    )


questions = st.fixed_dictionaries(
    {
        "subject": entities("user", "client", "role", "query"),
        "action": st.fixed_dictionaries({"name": st.sampled_from(["select", "insert", "drop"])}),
        "resource": entities("query", "folder", "role", "user", "client"),
        "context": st.fixed_dictionaries({}, optional={"risk": st.integers(0, 3)}),
    }
)


@settings(max_examples=150)
@given(
    texts,
    st.lists(questions, min_size=1, max_size=6),
    st.sampled_from([0, 1, candidates.LARGEST]),
    st.sampled_from([0, 6, candidates.LEAST_ROOM]),
)
def test_candidates_decide_like_all_policies(
    parts: list[tuple[str, ...]], bodies: list[dict[str, Any]], largest: int, room: int
) -> None:
    with (
        patch.object(candidates, "LARGEST", largest),
        patch.object(candidates, "ROOM", 0),
        patch.object(candidates, "LEAST_ROOM", room),
    ):
        decides = policy_of(parts)
        for body in bodies:
            question = decides._questions.of(parse_evaluation(body))

            assert decides._verdicts.anew(question) == by_all(decides, question)
            assert errors_of_candidates(decides, question) == errors_of_all(decides, question)


def policy_of(parts: list[tuple[str, ...]]) -> CedarPolicy:
    """Return the policies that Cedar calls valid of these."""
    texts = [
        f'@id("{at}") {effect} ({who.format("principal")}, {action}, {what.format("resource")})'
        f" {condition};"
        for at, (effect, who, action, what, condition) in enumerate(parts)
    ]
    valid = [text for text in texts if cedarpy.validate_policies(text, SCHEMA).validation_passed]
    return CedarPolicy(PolicyDocument(audience="", policies="\n".join(valid), schema=SCHEMA))


def by_all(decides: CedarPolicy, question: Question) -> Verdict:
    """Return what Cedar says when it is asked all policies."""
    try:
        return together([asked_all(decides, question)])
    except ValueError:
        return UNCLEAR


def asked_all(decides: CedarPolicy, question: Question) -> cedarpy.AuthzResult:
    rules = decides.rules
    return cedarpy.is_authorized(question.request, rules.handle, question.entities, rules.schema)


def errors_of_all(decides: CedarPolicy, question: Question) -> list[str]:
    try:
        return sorted(map(told, asked_all(decides, question).diagnostics.errors))
    except ValueError as error:
        return [type(error).__name__]


def errors_of_candidates(decides: CedarPolicy, question: Question) -> list[str]:
    found: set[str] = set()
    for layer in decides._verdicts._candidates.of(place_of(question)):
        try:
            result = cedarpy.is_authorized(
                question.request, layer.handle, question.entities, decides.rules.schema
            )
        except ValueError as error:
            return [type(error).__name__]
        found.update(map(told, result.diagnostics.errors))
    return sorted(found)


def told(error: str) -> str:
    """Return an error. Of several circles among the entities Cedar names now one, now another."""
    return error.partition("transitive closure")[0]


WAREHOUSE = """
@id("read") permit(principal is User, action == Action::"select", resource is Query)
when { context.scopes.containsAll(resource.scopes) };
@id("risk") forbid(principal, action, resource) when { context has risk && context.risk > 70 };
@id("sensitive") forbid(principal is User, action == Action::"select", resource is Query)
when { resource.sensitivity >= 2 } unless { context.approved };
"""
FILLER = """
@id("filler-{0}")
{1} (principal is User in Role::"role-{0}", action == Action::"{2}", resource is {3})
when {{ principal.projects.contains("project-{0}") && context.assurance >= 1 }};
"""
ELSEWHERE = [("select", "Query"), ("insert", "Query"), ("GET", "Endpoint"), ("read", "Record")]
ROLES = {"roles": ["role-4", "role-5", "analyst"], "projects": ["project-4"]}
PERMITTED = asked(subject=ROLES, scopes=["db:hr"], acr="low", approved=True)
DENIED = {
    "by a forbid": asked(subject=ROLES, scopes=["db:hr"]),
    "by no permit": asked(subject=ROLES, scopes=[], approved=False, risk=3, action="insert"),
}


def of_size(count: int) -> CedarPolicy:
    """Return the warehouse's policies and others, each for a role of its own, `count` in all."""
    fillers = [
        FILLER.format(at, "permit" if at % 5 else "forbid", *ELSEWHERE[at % len(ELSEWHERE)])
        for at in range(count - WAREHOUSE.count("@id"))
    ]
    return policy(WAREHOUSE + "".join(fillers))


FEW, MANY = of_size(10), of_size(1000)


def test_of_a_thousand_policies_those_that_can_fit_are_asked() -> None:
    question = MANY._questions.of(PERMITTED)
    layers = MANY._verdicts._candidates.of(place_of(question))

    asked_for = set().union(*(layer.ids for layer in layers))
    assert asked_for == {"read", "risk", "sensitive", "filler-4"}
    assert MANY.decide(PERMITTED) == replace(FEW.decide(PERMITTED), policy_rev=MANY.revision)
    assert MANY.decide(PERMITTED).permit


@pytest.mark.parametrize(
    ("evaluation", "looking_around"),
    [(PERMITTED, 0), (DENIED["by a forbid"], 0), (DENIED["by no permit"], 20 * LOOKED_AT)],
    ids=["permitted", "by a forbid", "by no permit"],
)
def test_a_decision_costs_as_much_with_a_thousand_policies_as_with_ten(
    evaluation: Evaluation, looking_around: int
) -> None:
    few, many = (
        calls_of(lambda decides=decides: decides.decide(evaluation), rounds=1)
        for decides in (FEW, MANY)
    )

    assert many <= few + looking_around
    assert evaluated(MANY, evaluation) <= 20


def evaluated(decides: CedarPolicy, evaluation: Evaluation) -> int:
    """Return how many policies Cedar is asked for one decision that nobody has asked for before."""
    decides._verdicts._kept.clear()
    found = 0
    of = candidates.Candidates.of

    def counted(self: candidates.Candidates, place: Any) -> Any:
        nonlocal found
        layers = of(self, place)
        found += sum(len(layer.ids) for layer in layers)
        return layers

    with patch.object(candidates.Candidates, "of", counted):
        decides.decide(evaluation)
    return found
