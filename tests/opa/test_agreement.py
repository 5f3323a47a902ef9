"""Cedar in process, AuthZEN over HTTP and OPA with our rules give the same answers.

Each question is one token and one operation. The guard reads the token and asks Cedar and the
provider, as it would for a resource server; OPA gets the token itself, and verifies it. The same
policies are told twice: in `agreement.cedar`, and with our helpers in `agreement.rego`.
"""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.test import Client as Browser

from consent.approvals.sensitive_data import Level, SensitiveData, protect
from policy.selectors import policy_for
from scopeward_guard._authzen import Evaluation, Remedy
from scopeward_guard._binding.binding import detail_digest
from scopeward_guard._decisions.context import RequestContext
from scopeward_guard._decisions.deciding import DecisionPoint
from scopeward_guard._gates.admissions import approval_for
from scopeward_guard.cedar import CedarPolicy
from scopeward_guard.cedar._language.document import parse_document
from tests.factories import WAREHOUSE, make_resource_server
from tests.flows.approvals.warehouse import detail_of
from tests.guard.provider import FakeProvider
from tests.opa.conftest import timely
from tests.opa.questions import SIGN_INS, Asked, questions
from tests.opa.test_parity import guards_answer
from tests.policies import put_in_force
from tests.relying_party import basic
from tests.services.opa import Opa

pytestmark = pytest.mark.opa

HERE = Path(__file__).parent
LEVELS = {
    "public": Level.PUBLIC,
    "sales": Level.INTERNAL,
    "hr": Level.CONFIDENTIAL,
    "finance": Level.CONFIDENTIAL,
    "payroll": Level.SECRET,
}
RELEASING = {"roles", "department", "projects", "clearance"}
"""Scopes that release facts; no operation demands one."""
Json = dict[str, Any]


@dataclass(frozen=True)
class Answers:
    """What each of them says to one question, as AuthZEN says it."""

    asked: Asked
    cedar: Json
    authzen: Json
    opa: Json


@pytest.fixture(scope="module")
def agent(rules: Opa) -> Iterator[Opa]:
    """An OPA with the test's own rules beside ours."""
    address = f"{rules.address}/v1/policies/agreement"
    text = (HERE / "agreement.rego").read_text(encoding="utf-8")
    httpx.put(address, content=text, trust_env=False).raise_for_status()
    yield rules
    httpx.delete(address, trust_env=False).raise_for_status()


@pytest.fixture
def cedar(provider: None) -> CedarPolicy:
    """What a guard decides by: the document of the policy in force, off the wire."""
    data = [SensitiveData(pattern=f"{n}.*", level=level, label=n) for n, level in LEVELS.items()]
    protect(WAREHOUSE, "", data)
    put_in_force(WAREHOUSE, (HERE / "agreement.cedar").read_text(encoding="utf-8"))
    in_force = policy_for(WAREHOUSE)
    assert in_force is not None
    return CedarPolicy(parse_document(json.loads(json.dumps(in_force.document.as_json()))))


@pytest.fixture(scope="module")
def asked_before() -> list[Answers]:
    """The answers, once one test has asked for them: the others only look at them."""
    return []


@pytest.fixture
def answers(
    asked_before: list[Answers], cedar: CedarPolicy, agent: Opa, fake: FakeProvider
) -> list[Answers]:
    if not asked_before:
        client, secret = make_resource_server()
        authorization = basic(client.client_id, secret or "")
        asked_before += [ask(asked, cedar, authorization, agent, fake) for asked in questions()]
    return asked_before


def ask(
    asked: Asked, cedar: CedarPolicy, authorization: str, agent: Opa, fake: FakeProvider
) -> Answers:
    token = token_of(asked, fake)
    evaluation = guards_question(asked, token, cedar, fake)
    return Answers(
        asked,
        cedar=cedar.decide(evaluation).as_json(),
        authzen=over_http(evaluation, authorization),
        opa=agent.decision(opas_question(asked, token), "agreement/decision"),
    )


def token_of(asked: Asked, fake: FakeProvider) -> str:
    _scope, age, _acr = SIGN_INS[asked.sign_in]
    signed_in = None if age is None else int(time.time()) - age
    approved = {} if asked.approval == "none" else {"authorization_details": [approval_of(asked)]}
    return fake.token(**timely(**asked.claims, **approved, auth_time=signed_in))


def approval_of(asked: Asked) -> Json:
    """Return the approval in the token: of this query, or of one that differs in its rows."""
    query = asked.operation.query
    assert query is not None
    named = query.query
    if asked.approval == "another":
        named = replace(named, max_rows=99)
    detail = detail_of(replace(query, query=named))
    return {**detail, "approval_id": "a1", "detail_digest": detail_digest(detail)}


def guards_question(asked: Asked, token: str, cedar: CedarPolicy, fake: FakeProvider) -> Evaluation:
    principal = guards_answer(fake, token)
    assert principal is not None
    operation = asked.operation
    detail = detail_of(operation.query) if operation.query else None
    context = RequestContext(approval=approval_for(principal, detail) if detail else None)
    point = DecisionPoint(cedar, time.time)
    return point.question(principal, operation.action, operation.resource, context)


def opas_question(asked: Asked, token: str) -> Json:
    operation = asked.operation
    query = {"query": detail_of(operation.query)} if operation.query else {}
    return {
        "token": token,
        "action": {"name": operation.action},
        "resource": operation.resource.as_json(),
        **query,
    }


def over_http(evaluation: Evaluation, authorization: str) -> Json:
    response = Browser().post(
        "/access/v1/evaluation",
        json.dumps(evaluation.as_json()),
        content_type="application/json",
        HTTP_AUTHORIZATION=authorization,
    )
    assert response.status_code == 200, response.content
    body: Json = response.json()
    return body


def test_cedar_and_authzen_say_the_same_word_for_word(answers: list[Answers]) -> None:
    for each in answers:
        told = {name: said for name, said in each.authzen["context"].items() if name != "reference"}
        assert {**each.authzen, "context": told} == each.cedar, each.asked
        # The log's reference is the one thing that only the provider has, for each denial.
        assert ("reference" in each.authzen["context"]) is not each.cedar["decision"], each.asked


def test_opa_permits_and_denies_the_same(answers: list[Answers]) -> None:
    differing = [
        f"{each.asked}: {each.cedar} / {each.opa}"
        for each in answers
        if each.opa["decision"] is not each.cedar["decision"]
    ]

    assert differing == []


def test_opa_offers_the_first_step_of_the_same_remedy(answers: list[Answers]) -> None:
    for each in answers:
        offered, first = (said["context"].get("remedy") for said in (each.cedar, each.opa))
        if each.asked.subject == "nobody" and first is None and offered is not None:
            # That facts are not told, and what would tell them, only the provider's policies know.
            assert offered.get("approval") or RELEASING & set(offered["scopes"]), each.asked
            continue
        if RELEASING & set((offered or {}).get("scopes", ())):
            assert each.asked.subject == "nobody"
            offered = {"scopes": sorted(set(offered["scopes"]) - RELEASING)}
        assert (offered is None) is (first is None), f"{each.asked}: {offered} / {first}"
        if offered is not None:
            assert is_first_step(first, offered), f"{each.asked}: {offered} / {first}"


def is_first_step(first: Json, offered: Json) -> bool:
    """Return whether OPA's remedy is where Cedar's begins: consent, then sign-in, then approval.

    Of a sign-in OPA names all that the operation demands, Cedar what is missing.
    """
    if "scopes" in offered:
        return first == {"scopes": offered["scopes"]}
    sign_in = {name: value for name, value in offered.items() if name in {"acr_values", "max_age"}}
    if sign_in:
        return sign_in.items() <= first.items() and first.keys() <= {"acr_values", "max_age"}
    return first == {"approval": True} == offered


def test_opa_obliges_to_the_same(answers: list[Answers]) -> None:
    for each in answers:
        if each.cedar["decision"]:
            duties = {duty["id"]: duty for duty in each.opa["context"]["obligations"]}
            # A guard does this by itself and so is told of it by no policy.
            consume = duties.pop("consume_approval", None)
            expected = {duty["id"]: duty for duty in each.cedar["context"].get("obligations", [])}
            assert duties == expected, each.asked
            assert (consume is not None) is (each.asked.approval == "this"), each.asked


def test_questions_are_many_and_of_every_kind(answers: list[Answers]) -> None:
    permits = [each for each in answers if each.cedar["decision"]]
    remedies = [each.cedar["context"].get("remedy", {}) for each in answers if each not in permits]

    assert len(answers) >= 100
    assert len({str(each.asked) for each in answers}) == len(answers)
    assert 30 <= len(permits) <= len(answers) - 70
    assert set().union(*remedies) == set(Remedy.__slots__)
    assert {} in remedies
    assert {each.asked.approval for each in permits} == {"none", "this"}
