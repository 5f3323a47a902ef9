"""A real OPA and a real provider: bundles, waiting, a rollover, a revocation, decision logs."""

import base64
import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from foundation.base.keys import ring as keys
from foundation.base.keys.models import KeyState
from foundation.directory.models import User
from policy.models import LoggedDecision
from scopeward_guard._decisions.opa import OpaPolicy
from scopeward_guard._decisions.requirements import requirement
from scopeward_guard._gates.query_gate import QueryGate
from scopeward_guard._gates.query_request import QueryRequest
from scopeward_guard._guard.guard import Guard
from scopeward_guard._provider.settings import GuardSettings
from tests.factories import WAREHOUSE, make_relying_party, make_resource_server
from tests.flows.approvals.test_processes import command, database_url
from tests.flows.approvals.warehouse import SALARIES, detail_of, details
from tests.guard.conftest import bearing, refusal
from tests.jwt import header_of
from tests.relying_party import RelyingParty
from tests.services import opa
from tests.services.opa import Opa, until
from tests.services.processes import Program, running
from tests.services.redis import free_port

pytestmark = [pytest.mark.opa, pytest.mark.django_db(transaction=True)]

StartOpa = Callable[..., Opa]


class Provider:
    """A provider process and where it is."""

    def __init__(self, address: str, program: Program) -> None:
        self.address, self.program = address, program


@pytest.fixture
def warehouse(provider: None) -> RelyingParty:
    return RelyingParty(*make_resource_server(client_id="warehouse", scopes=["query"]))


@pytest.fixture
def desk(warehouse: RelyingParty) -> RelyingParty:
    return make_relying_party(
        resources=(WAREHOUSE,),
        scope="openid roles query offline_access",
        authorization_details_types=("urn:scopeward:query:1",),
    )


@pytest.fixture
def process(opa_program: str, warehouse: RelyingParty, tmp_path: Path) -> Iterator[Provider]:
    """A provider over this test's database. One OPA may wait in it."""
    port = free_port()
    environment = {
        "DATABASE_URL": database_url(),
        "DATA_DIR": str(tmp_path),
        "SECRET_KEY": settings.SECRET_KEY,
        "ISSUER": settings.SCOPEWARD.issuer,
    }
    with running(command(port), environment) as program:
        program.wait_until_it_listens(port)
        yield Provider(f"http://127.0.0.1:{port}", program)


@pytest.fixture
def start_opa(process: Provider, warehouse: RelyingParty, tmp_path: Path) -> Iterator[StartOpa]:
    """Start OPAs as `manage.py opa_config` says, but for where the provider is."""
    with ExitStack() as started:

        def start(*, ready: bool = True, **polling: Any) -> Opa:
            config = tmp_path / "opa.json"
            config.write_text(json.dumps(configured(process, warehouse, tmp_path, **polling)))
            return started.enter_context(opa.server("--config-file", str(config), ready=ready))

        yield start


def configured(
    process: Provider, warehouse: RelyingParty, folder: Path, **polling: Any
) -> dict[str, Any]:
    credentials = folder / "credentials"
    pair = f"{warehouse.client.client_id}:{warehouse.secret}"
    credentials.write_bytes(base64.b64encode(pair.encode()) + b"\n")
    printed = StringIO()
    call_command("opa_config", "warehouse", credentials_file=str(credentials), stdout=printed)
    config: dict[str, Any] = json.loads(printed.getvalue())
    config["services"]["scopeward"]["url"] = process.address
    config["bundles"]["scopeward"]["polling"] |= polling
    return config


def question(token: str, *scopes: str, **more: Any) -> dict[str, Any]:
    resource = {"type": "query", "id": "warehouse", "properties": {"scopes": list(scopes)}}
    return {"token": token, "action": {"name": "select"}, "resource": resource, **more}


def permits(agent: Opa, token: str, *scopes: str) -> bool:
    return agent.decision(question(token, *scopes))["decision"] is True


def test_opa_decides_by_the_token_alone(
    start_opa: StartOpa, desk: RelyingParty, person: User
) -> None:
    agent = start_opa()
    tokens = desk.obtain_tokens(person, resource=WAREHOUSE)

    answer = agent.decision(question(tokens["access_token"], "query"))
    refused = agent.decision(question(tokens["access_token"], "query", "payments:write"))

    assert answer["decision"] is True
    assert answer["context"]["caller"]["id"] == person.subject
    assert refused["context"]["remedy"] == {"scopes": ["payments:write"]}
    for other in (tokens["id_token"], tokens["refresh_token"], "", tokens["access_token"] + "A"):
        assert agent.decision(question(other))["decision"] is False


def test_revocation_reaches_a_waiting_opa_at_once(
    start_opa: StartOpa, desk: RelyingParty, person: User
) -> None:
    # By polling alone it would take half a minute.
    agent = start_opa(min_delay_seconds=30, max_delay_seconds=60)
    tokens = desk.obtain_tokens(person, resource=WAREHOUSE)
    assert permits(agent, tokens["access_token"], "query")

    desk.revoke(tokens["refresh_token"])
    took = until(lambda: not permits(agent, tokens["access_token"], "query"), "the revocation")

    reasons = agent.decision(question(tokens["access_token"]))["context"]["reasons"]
    assert reasons == ["The access token was revoked."]
    assert took < 5


def test_rollover_of_keys_needs_nothing_but_what_was_announced(
    start_opa: StartOpa, desk: RelyingParty, person: User
) -> None:
    now = timezone.now()
    for algorithm in keys.ALGORITHMS:
        keys.create_key(algorithm, KeyState.NEXT, now=now)
    keys.rotate_due_keys()
    agent = start_opa()
    before = desk.obtain_tokens(person, resource=WAREHOUSE)["access_token"]
    revision = agent.data("scopeward/provider/revision")

    keys.rotate_due_keys(force=True)
    after = desk.obtain_tokens(person, resource=WAREHOUSE)["access_token"]

    assert header_of(after)["kid"] != header_of(before)["kid"]
    # The key was in the bundle before anything was signed with it.
    assert permits(agent, after, "query")
    until(lambda: agent.data("scopeward/provider/revision") != revision, "a bundle of the new key")
    assert permits(agent, after, "query")
    assert permits(agent, before, "query")


def test_bundle_of_an_unknown_key_is_not_activated(
    start_opa: StartOpa, desk: RelyingParty, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = keys.generate_key("RS256").export_to_pem().decode()
    monkeypatch.setattr("console.management.commands.opa_config._pem", lambda key: other)
    agent = start_opa(ready=False)

    agent.program.wait_for("failed to verify JWT signature")

    assert not agent.is_ready()
    assert agent.decision(question("")) is None


def test_bundle_of_another_resource_server_is_not_activated(
    process: Provider, warehouse: RelyingParty, tmp_path: Path
) -> None:
    config = configured(process, warehouse, tmp_path)
    config["bundles"]["scopeward"]["signing"]["scope"] = "https://other.example"
    (tmp_path / "opa.json").write_text(json.dumps(config))

    with opa.server("--config-file", str(tmp_path / "opa.json"), ready=False) as agent:
        agent.program.wait_for("scope mismatch")
        assert not agent.is_ready()


def test_opa_without_a_place_to_wait_asks_at_intervals(
    start_opa: StartOpa,
    process: Provider,
    warehouse: RelyingParty,
    desk: RelyingParty,
    person: User,
) -> None:
    first, second = start_opa(), start_opa()
    tokens = desk.obtain_tokens(person, resource=WAREHOUSE)

    desk.revoke(tokens["refresh_token"])

    for agent in (first, second):
        until(lambda agent=agent: not permits(agent, tokens["access_token"]), "the revocation")


def test_waiting_opa_leaves_the_provider_to_others(start_opa: StartOpa, process: Provider) -> None:
    start_opa()
    with httpx.Client(base_url=process.address, trust_env=False) as http:
        slowest = 0.0
        for _ in range(50):
            began = time.monotonic()
            assert http.get("/.well-known/jwks.json").status_code == 200
            slowest = max(slowest, time.monotonic() - began)

    assert slowest < 2


def test_provider_that_is_down_stops_no_decision(
    start_opa: StartOpa, process: Provider, desk: RelyingParty, person: User
) -> None:
    agent = start_opa()
    token = desk.obtain_tokens(person, resource=WAREHOUSE)["access_token"]

    process.program.stop()

    assert permits(agent, token, "query")


def test_decisions_arrive_without_the_token(
    start_opa: StartOpa, process: Provider, desk: RelyingParty, person: User
) -> None:
    agent = start_opa()
    token = desk.obtain_tokens(person, resource=WAREHOUSE)["access_token"]
    agent.decision(question(token, "payments:write"))

    until(LoggedDecision.objects.exists, "the decision log")

    (row,) = LoggedDecision.objects.values()
    assert (row["source"], row["audience"], row["permit"]) == ("opa", WAREHOUSE, False)
    assert (row["subject"], row["client_id"]) == (person.subject, desk.client.client_id)
    assert row["reasons"] == ["The access token lacks payments:write."]
    assert row["revision"] == agent.data("scopeward/provider/revision")
    assert token not in str(row)


def test_guard_asks_opa_and_uses_the_approval_up_itself(
    start_opa: StartOpa,
    process: Provider,
    warehouse: RelyingParty,
    desk: RelyingParty,
    person: User,
) -> None:
    agent = start_opa()
    http = httpx.Client(transport=Redirected(process.address))
    guard = Guard(
        GuardSettings(
            issuer=settings.SCOPEWARD.issuer,
            resource=WAREHOUSE,
            client_id="warehouse",
            client_secret=warehouse.secret or "",
            revocations=False,
        ),
        http=http,
    )
    policy = OpaPolicy(agent.address, timeout=5)
    gate = QueryGate(guard, policy=policy)
    token = desk.obtain_tokens(person, authorization_details=details())["access_token"]
    plain = desk.obtain_tokens(person, resource=WAREHOUSE)["access_token"]
    unapproved = QueryRequest(
        query=SALARIES.query, actions=("select",), datatypes=SALARIES.datatypes,
        requirement=requirement("payments:write"), needs_approval=False,
    )  # fmt: skip

    assert gate.admit(bearing(token), SALARIES).approval_id
    assert refusal(lambda: gate.admit(bearing(token), SALARIES)) == (401, "invalid_token")
    assert refusal(lambda: gate.admit(bearing(plain), SALARIES))[1] == "insufficient_authorization"
    assert refusal(lambda: gate.admit(bearing(plain), unapproved)) == (403, "insufficient_scope")
    policy.close()
    http.close()


def test_approval_is_matched_by_the_token_alone(
    start_opa: StartOpa, desk: RelyingParty, person: User
) -> None:
    agent = start_opa()
    token = desk.obtain_tokens(person, authorization_details=details())["access_token"]
    other = {**detail_of(), "query_hash": "x" * 43}

    answer = agent.decision(question(token, query=detail_of()))

    assert answer["decision"] is True
    (duty,) = answer["context"]["obligations"]
    assert duty["id"] == "consume_approval"
    refused = agent.decision(question(token, query=other))
    assert refused["context"]["remedy"] == {"approval": True}
    assert agent.decision(question(token))["decision"] is False


class Redirected(httpx.BaseTransport):
    """Reaches the provider where it listens, whatever its issuer is called."""

    def __init__(self, address: str) -> None:
        self._there = httpx.URL(address)
        self._inner = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(host=self._there.host, port=self._there.port)
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()
