"""An agent asks a person for one query, knowing nothing but `openid` and the challenge.

It was granted no scope that would tell the Warehouse who she is: what the Warehouse decides by
travels with the approval. Provider and Warehouse are the real ones, with the demo's people, data
and policies.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from warehouse import app as warehouse_app
from warehouse.config import Config

from consent.approvals.models import Approval
from console.demo.data import QUERY
from console.demo.load import WAREHOUSE, load_demo
from foundation.base import conf
from foundation.directory.models import User
from policy.selectors import policy_for
from scopeward_guard._challenges.refused import RefusedError
from scopeward_guard._challenges.request import presented
from scopeward_guard._guard.guard import Guard
from scopeward_guard._provider.settings import GuardSettings
from scopeward_guard.cedar import CedarPolicy
from scopeward_guard.cedar._language.document import parse_document
from tests.approvals.asking import by_passkey, say
from tests.approvals.signing import Signer
from tests.assertions import assert_oauth_error
from tests.flows.approvals.warehouse import through_django
from tests.jwt import verified
from tests.relying_party import PASSWORD
from tests.specs.ciba.asking import Asker
from tests.specs.ciba.conftest import make_asker

DESK, ORIGIN = "http://localhost:8001", "http://localhost:8002"
SALARIES = "SELECT name, salary FROM hr.employees ORDER BY salary DESC, id"
CARDS = "SELECT id, card_number FROM finance.payments WHERE method = 'card' ORDER BY id"
AMOUNTS = "SELECT sum(amount) FROM finance.payments"


class RealWarehouse:
    """The program itself; only the network between it and the provider is left out."""

    def __init__(self, folder: Path, secret: str, patch: pytest.MonkeyPatch) -> None:
        http = httpx.Client(transport=httpx.MockTransport(through_django))

        def guard(settings: GuardSettings) -> Guard:
            in_force = policy_for(ORIGIN)
            assert in_force is not None
            sent = json.loads(json.dumps(in_force.document.as_json()))
            alone = replace(settings, revocations=False, policy=False, decision_log=False)
            return Guard(alone, http=http, policy=CedarPolicy(parse_document(sent)))

        patch.setattr(warehouse_app, "Guard", guard)
        config = Config(conf.current().issuer, ORIGIN, WAREHOUSE, secret, folder)
        self.program = warehouse_app.create_app(config).state.warehouse

    def ask(self, token: str, statement: str) -> dict[str, Any]:
        body = {"datasource": "warehouse", "statement": statement, "parameters": {},
                "max_rows": 5, "purpose": "Test"}  # fmt: skip
        request = presented("POST", "/query", "", [("Authorization", f"Bearer {token}")])
        answer: dict[str, Any] = self.program.gate.run(request, json.dumps(body).encode()).as_json()
        return answer

    def challenge(self, token: str, statement: str) -> dict[str, Any]:
        """Return the body of the refusal that asking must end in."""
        with pytest.raises(RefusedError) as caught:
            self.ask(token, statement)
        body: dict[str, Any] = json.loads(self.program.guard.answer(caught.value.challenge).body)
        return body


@pytest.fixture
def secret(_provider: None, quick_passwords: None) -> str:
    """The demo: its people, data and policies, and the secret of its Warehouse."""
    secrets = load_demo(conf.current(), query_desk=DESK, warehouse=ORIGIN)
    for person in User.objects.filter(username__in=("ada", "grace", "linus")):
        person.set_password(PASSWORD)
        person.save()
    return secrets[WAREHOUSE]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the data lie; the first Warehouse makes them."""
    return tmp_path_factory.mktemp("warehouse")


@pytest.fixture
def warehouse(
    secret: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[RealWarehouse]:
    found = RealWarehouse(folder, secret, monkeypatch)
    yield found
    found.program.close()


@pytest.fixture
def agent(secret: str) -> Asker:
    return make_asker(
        client_name="Agent",
        scope="openid warehouse:hr warehouse:finance clearance projects roles department",
        resources=(ORIGIN,),
        authorization_details_types=(QUERY,),
    )


def person(username: str) -> User:
    return User.objects.get(username=username)


def plain_token(agent: Asker, username: str) -> str:
    """Return a token for the Warehouse with `openid` alone."""
    auth_req_id = agent.asked(scope="openid", login_hint=username, resource=ORIGIN)
    agent.answer(person(username))
    return str(agent.poll(auth_req_id).json()["access_token"])


def approved_token(agent: Asker, username: str, challenge: dict[str, Any]) -> str:
    """Return the token that the challenge leads to, with `openid` and nothing else."""
    sent = json.dumps(challenge["authorization_details"])
    auth_req_id = agent.asked(
        scope="openid", login_hint=username, resource=None, authorization_details=sent
    )
    agent.answer(person(username))
    response = agent.poll(auth_req_id)
    if response.status_code != 200:
        assert_oauth_error(response, "authorization_pending")
        _sign(Approval.objects.get())
        response = agent.poll(auth_req_id)
    return str(response.json()["access_token"])


def _sign(approval: Approval) -> None:
    """Let Grace approve as the demo's restricted data wants it: by her passkey, signed with it."""
    grace = person("grace")
    say(approval, grace, sign_in=by_passkey(), signed=Signer.make(grace).sign(approval))


@pytest.mark.parametrize(
    ("statement", "approvers"),
    [(SALARIES, ["ada"]), (CARDS, ["grace"])],
)
def test_query_that_was_approved_gives_its_rows(
    statement: str, approvers: list[str], agent: Asker, warehouse: RealWarehouse
) -> None:
    plain = plain_token(agent, "ada")
    challenge = warehouse.challenge(plain, statement)
    assert challenge["error"] == "insufficient_authorization"
    assert "clearance" not in verified(plain)

    token = approved_token(agent, "ada", challenge)
    answer = warehouse.ask(token, statement)

    payload = verified(token)
    assert (payload["scope"], payload["clearance"], payload["projects"]) == ("openid", 2, ["atlas"])
    assert answer["row_count"] > 0
    assert Approval.objects.get().state == "executed"
    yes = payload["authorization_details"][0]["approvers"]
    assert yes == [person(name).subject for name in approvers]


def test_token_of_an_approval_runs_nothing_else(agent: Asker, warehouse: RealWarehouse) -> None:
    challenge = warehouse.challenge(plain_token(agent, "ada"), SALARIES)
    token = approved_token(agent, "ada", challenge)

    other = warehouse.challenge(token, AMOUNTS)

    assert (other["error"], other["scope"]) == ("insufficient_scope", "warehouse:finance")
    assert Approval.objects.get().state == "minted"


def test_ordinary_query_asks_for_scopes_and_for_facts(
    agent: Asker, warehouse: RealWarehouse
) -> None:
    challenge = warehouse.challenge(plain_token(agent, "ada"), AMOUNTS)

    assert challenge["error"] == "insufficient_scope"
    assert challenge["scope"] == "clearance projects warehouse:finance"
    auth_req_id = agent.asked(
        scope=f"openid {challenge['scope']}", login_hint="ada", resource=ORIGIN
    )
    agent.answer(person("ada"))
    answer = warehouse.ask(agent.poll(auth_req_id).json()["access_token"], AMOUNTS)
    assert answer["row_count"] == 1


def test_what_is_forbidden_is_said_before_anybody_approves(
    agent: Asker, warehouse: RealWarehouse
) -> None:
    """Linus' clearance would not do. His token does not tell it, so the Warehouse cannot know."""
    challenge = warehouse.challenge(plain_token(agent, "linus"), SALARIES)
    sent = json.dumps(challenge["authorization_details"])
    agent.asked(scope="openid", login_hint="linus", authorization_details=sent)

    page = agent.visit(person("linus")).content.decode()

    assert "it takes the clearance confidential, and yours is internal" in page
    assert not Approval.objects.exists()
