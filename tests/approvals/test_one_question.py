"""One builder of the policy question: every place states every fact, and no two places drift."""

import ast
import time
from collections.abc import Iterator
from dataclasses import MISSING, fields
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from consent.approvals import policing
from consent.approvals.lodging.services import Lodging, lodge
from consent.approvals.use.consuming import mint
from consent.approvals.use.outcome import enriched
from console.workbench.question_fields import PLACES
from policy.deciding import RecordedDecision, decide
from scopeward_guard._binding.digest import Query
from scopeward_guard._decisions.context import RequestContext
from scopeward_guard._gates.query_request import QueryRequest
from scopeward_guard._tokens.principal import Principal
from scopeward_guard.cedar import default_schema
from scopeward_guard.vocabulary import FACTS, Circumstances, Evaluation, Unknown, query_resource
from tests.approvals.asking import CONTEXT, WAREHOUSE, Asking, a_query, say, use
from tests.architecture.test_modules import modules, relative
from tests.policies import PERMIT_ALL, put_in_force

FOLLOWS = {"hour": "time", "weekday": "time", "assurance": "acr"}
"""What the engine works out of a fact; nobody says it."""
BEYOND_THE_SCHEMA = {
    "acr": "its place among the levels is what policies see, `assurance`",
    "approval": "the whole detail, for decision points with rules of their own, such as OPA",
}
PLACES_THAT_ASK = {
    "idp/authorize/policy.py": "sign-in",
    "consent/approvals/policing.py": "lodging, mint and use of an approval",
    "scopeward_guard/_decisions/context.py": "enforcement",
    "console/workbench/question_form.py": "simulation",
}
READ_BACK = {
    "scopeward_guard/_authzen/questions.py": "the builder itself",
    "scopeward_guard/_authzen/parsing.py": "somebody else's question, from the wire",
    "policy/decision_log/selectors.py": "a question that was logged",
    "policy/opa/decision_logs.py": "a question that OPA was asked",
}
CALM = '@id("calm") forbid(principal, action, resource) when { context.emergency };'
"""Otherwise lodging leaves the question to whoever might take emergency access."""
MAY_DIFFER = {
    "time": "it passes",
    "acr": "only the guard sees the sign-in; the provider takes it to be as good as can be",
    "authentication_age": "as acr",
    "scopes": "an approval stands for the scopes of its query",
    "approval": "the token has it with what the provider added",
    "risk": "no token tells of it; a resource server may know it",
}
"""Between the provider, which forebodes, and the guard, which enforces; with the reason."""


def calls(name: str) -> Iterator[tuple[str, ast.Call]]:
    for path in modules():
        text = path.read_text("utf-8")
        if f"{name}(" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == name:
                yield relative(path), node


def test_every_attribute_of_a_context_is_a_fact_of_the_builder() -> None:
    attributes = default_schema()[""]["commonTypes"]["Moment"]["attributes"]

    assert set(attributes) - FOLLOWS.keys() == set(FACTS) - BEYOND_THE_SCHEMA.keys()
    assert set(FOLLOWS.values()) <= set(FACTS)


def test_every_place_states_every_fact() -> None:
    found = {path: {word.arg for word in call.keywords} for path, call in calls("Circumstances")}

    assert found.keys() == PLACES_THAT_ASK.keys()
    # The form takes the names from the builder: `**`.
    assert found.pop("console/workbench/question_form.py") == {None}
    assert {path: stated for path, stated in found.items() if stated != set(FACTS)} == {}
    assert all(field.default is MISSING for field in fields(Circumstances))


def test_whatever_is_unknown_somewhere_has_a_reason_there() -> None:
    reasons = [ast.literal_eval(call.args[0]) for _, call in calls("Unknown")]

    assert len(reasons) > 8
    assert [reason for reason in reasons if len(reason) < 15 or not reason.endswith(".")] == []


def test_nobody_else_puts_a_question_together() -> None:
    assert {path for path, _ in calls("Evaluation")} == READ_BACK.keys()


def test_simulation_has_a_field_for_every_fact() -> None:
    shown = {place.member for place in PLACES.values() if place.part == "context"}

    assert shown == set(FACTS) - {"approval"}


def unknown(**told: Any) -> Circumstances:
    return Circumstances(**{fact: told.get(fact, Unknown("Not here.")) for fact in FACTS})


@pytest.mark.parametrize("fact", FACTS)
def test_others_neither_overrule_a_fact_nor_fill_in_what_they_may_not_know(fact: str) -> None:
    assert fact not in unknown().as_context({fact: 1})
    assert unknown(**{fact: 0}).as_context({fact: 1})[fact] == 0
    may_say = {fact: Unknown("Somebody else may know.", others_may_say=True)}
    assert unknown(**may_say).as_context({fact: 1, "more": 2}) == {fact: 1, "more": 2}


@pytest.mark.parametrize(
    ("datatypes", "columns", "tables"),
    [
        (["hr.pay.a", "hr.pay.b", "hr.pay.a"], ["hr.pay.a", "hr.pay.b"], ["hr.pay"]),
        (["hr.pay.*"], [], ["hr.pay"]),
        (["hr.pay.a", "hr.log.*"], ["hr.pay.a"], ["hr.log", "hr.pay"]),
        # Whoever names a column beside it means all the others too: nothing of it may get lost.
        (["hr.pay.a", "hr.pay.*"], ["hr.pay.*", "hr.pay.a"], ["hr.pay"]),
        ([], [], []),
    ],
)
def test_what_a_query_reads_is_the_same_to_whoever_asks(
    datatypes: list[str], columns: list[str], tables: list[str]
) -> None:
    resource = query_resource("w", datatypes, scopes=(), max_rows=1, purpose="")

    assert (resource.properties["columns"], resource.properties["tables"]) == (columns, tables)


@pytest.fixture
def questions(monkeypatch: pytest.MonkeyPatch) -> list[Evaluation]:
    """What the provider asks its policy, in order."""
    asked: list[Evaluation] = []

    def noting(audience: str, evaluation: Evaluation, **other: Any) -> RecordedDecision | None:
        asked.append(evaluation)
        return decide(audience, evaluation, **other)

    monkeypatch.setattr(policing, "decide", noting)
    put_in_force(WAREHOUSE, PERMIT_ALL + CALM)
    return asked


@pytest.mark.parametrize("datatypes", [("hr.pay.salary",), ("hr.pay.*",), ("a.b.c", "a.d.*")])
def test_lodging_mint_use_and_enforcement_ask_one_question(
    asking: Asking, questions: list[Evaluation], datatypes: tuple[str, ...]
) -> None:
    assert asking.user is not None
    lodging = Lodging(
        client_id=asking.client.pk,
        requester_id=asking.user.pk,
        detail=a_query(*datatypes),
        audience=WAREHOUSE,
        address="192.0.2.7",
        risk=37,
    )
    approval = lodge(lodging, CONTEXT)
    say(approval, asking.user)
    approval.refresh_from_db()
    assert mint(approval.pk, "token-1", timezone.now() + timedelta(seconds=60))
    assert use(approval).refusal is None

    lodged, *later = questions
    assert len(later) == 2, "at mint and at use"
    for evaluation in later:
        assert without_time(evaluation) == without_time(lodged)
    assert lodged.context["risk"] == 37
    approval.refresh_from_db()
    enforced = at_the_guard(asking, enriched(approval), datatypes)
    assert (enforced.action, enforced.resource) == (lodged.action, lodged.resource)
    assert (enforced.subject.type, enforced.subject.id) == (lodged.subject.type, lodged.subject.id)
    differing = {
        name
        for name in {*enforced.context, *lodged.context}
        if enforced.context.get(name) != lodged.context.get(name)
    }
    assert differing <= MAY_DIFFER.keys()


def without_time(evaluation: Evaluation) -> dict[str, Any]:
    asked = evaluation.as_json()
    return {**asked, "context": {**asked["context"], "time": 0}}


def at_the_guard(
    asking: Asking, approved: dict[str, Any], datatypes: tuple[str, ...]
) -> Evaluation:
    """Return what the resource server's guard asks about the same query, of the token's bearer."""
    assert asking.user is not None
    query = Query(datasource="warehouse", schema_rev="7", statement="SELECT 1", max_rows=100)
    asked = QueryRequest(
        query=query,
        actions=("select",),
        datatypes=tuple(name for name in datatypes if not name.endswith(".*")),
        tables=tuple(name[:-2] for name in datatypes if name.endswith(".*")),
        purpose="Yearly review",
    )
    principal = Principal(
        subject=str(asking.user.pk),
        client_id=asking.client.client_id,
        scopes=frozenset({"openid"}),
        token_id="token-1",
        expires_at=time.time() + 60,
        issued_at=time.time(),
        claims={"sub": str(asking.user.pk)},
    )
    context = RequestContext(address="192.0.2.7", approval=approved)
    return context.question(principal, "select", asked.resource, now=time.time())
