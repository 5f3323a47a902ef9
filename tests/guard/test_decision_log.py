"""What a guard decides reaches the provider, and never decides anything itself."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from scopeward_guard._authzen import Action, Decision, Entity, Evaluation
from scopeward_guard._base.references import read_reference
from scopeward_guard._challenges.refused import RefusedError
from scopeward_guard._decisions.context import RequestContext
from scopeward_guard._decisions.decision_log import DecisionLog
from scopeward_guard._decisions.resources import endpoint
from scopeward_guard._guard.guard import Guard
from scopeward_guard._provider.settings import GuardSettings
from scopeward_guard._provider.transport import Provider
from scopeward_guard._tokens.principal import Principal
from tests.guard.conftest import MakeGuard, bearing
from tests.guard.provider import ISSUER, NOW, RESOURCE, FakeProvider

DENIAL = Decision(permit=False, reasons=("No.",), policies=("never",))
PERMIT = Decision(permit=True)
TOKEN = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl"


class Sink:
    """Takes batches as the provider does; `status` is what it answers, 0 that it is down."""

    def __init__(self) -> None:
        self.status: int | Callable[[dict[str, Any]], int] = 204
        self.batches: list[dict[str, Any]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/policy/decisions"
        assert request.headers["Authorization"].startswith("Basic ")
        body = json.loads(request.content)
        status = self.status(body) if callable(self.status) else self.status
        if not status:
            raise httpx.ConnectError("down", request=request)
        if status == 204:
            self.batches.append(body)
        return httpx.Response(status)

    @property
    def logged(self) -> list[dict[str, Any]]:
        return [entry for batch in self.batches for entry in batch["decisions"]]


@pytest.fixture
def sink() -> Sink:
    return Sink()


@pytest.fixture
def make_log(sink: Sink) -> Any:
    def make(**changes: Any) -> DecisionLog:
        settings = GuardSettings(
            issuer=ISSUER, resource=RESOURCE, client_id="warehouse", client_secret="s3cret"
        )
        http = httpx.Client(transport=httpx.MockTransport(sink))
        values = {"interval": 3_600.0, "clock": lambda: NOW, **changes}
        return DecisionLog(Provider(settings, http), RESOURCE, **values)

    return make


def question(**said: Any) -> Evaluation:
    return Evaluation(
        subject=Entity(type="user", id="ada", properties=said.get("facts", {})),
        action=Action(name="select"),
        resource=Entity(type="query", id="warehouse", properties=said.get("properties", {})),
        context=said.get("context", {}),
    )


def test_every_denial_is_sent_under_the_reference_that_was_told(make_log: Any, sink: Sink) -> None:
    log = make_log()
    told = [log(question(), DENIAL) for _ in range(250)]
    log.send()
    assert [entry["decision_id"] for entry in sink.logged] == told
    assert {batch["audience"] for batch in sink.batches} == {RESOURCE}
    assert max(len(batch["decisions"]) for batch in sink.batches) == 100
    assert sink.logged[0]["decided_at"] == NOW
    assert sink.logged[0]["decision"]["context"]["policies"] == ["never"]


def test_permits_are_sampled(make_log: Any, sink: Sink) -> None:
    log = make_log(permits=10)
    for _ in range(2_000):
        log(question(), PERMIT)
    log.send()
    assert 120 < len(sink.logged) < 280


@pytest.mark.parametrize(("permits", "sent"), [(0, 0), (1, 20)])
def test_permits_are_kept_as_the_operator_wants(
    make_log: Any, sink: Sink, permits: int, sent: int
) -> None:
    log = make_log(permits=permits)
    for _ in range(20):
        log(question(), PERMIT)
    log.send()
    assert len(sink.logged) == sent


@pytest.mark.parametrize("status", [0, 401, 404, 429, 503])
def test_what_the_provider_cannot_take_now_is_sent_later(
    make_log: Any, sink: Sink, status: int
) -> None:
    log = make_log()
    sink.status = status
    told = [log(question(), DENIAL) for _ in range(3)]
    log.send()
    sink.status = 204
    log.send()
    assert [entry["decision_id"] for entry in sink.logged] == told


def test_without_room_the_oldest_permits_go_first_and_are_counted(
    make_log: Any, sink: Sink
) -> None:
    log = make_log(permits=1, room=4)
    permits = [log(question(), PERMIT) for _ in range(3)]
    denials = [log(question(), DENIAL) for _ in range(3)]
    assert log.dropped == 2
    log.send()
    assert {entry["decision_id"] for entry in sink.logged} == {*denials, permits[-1]}


def test_a_denial_that_is_lost_is_said_to_be(
    make_log: Any, caplog: pytest.LogCaptureFixture
) -> None:
    log = make_log(room=1)
    lost, _ = log(question(), DENIAL), log(question(), DENIAL)
    assert log.dropped == 1
    assert lost in caplog.text


def test_while_the_provider_is_down_no_more_is_kept_than_there_is_room_for(
    make_log: Any, sink: Sink
) -> None:
    log = make_log(room=5)
    sink.status = 0
    for _ in range(50):
        log(question(), DENIAL)
        log.send()
    sink.status = 204
    log.send()
    assert len(sink.logged) == 5


def test_one_decision_that_is_refused_holds_up_no_other(make_log: Any, sink: Sink) -> None:
    log = make_log()
    told = [log(question(), DENIAL) for _ in range(4)]
    sink.status = lambda body: 400 if told[1] in json.dumps(body) else 204
    log.send()
    assert [entry["decision_id"] for entry in sink.logged] == [told[0], *told[2:]]
    assert log.dropped == 1


def test_large_questions_make_small_batches(make_log: Any, sink: Sink) -> None:
    log = make_log()
    columns = [f"hr.employees.{'column' * 10}{n}" for n in range(500)]
    for _ in range(30):
        log(question(properties={"columns": columns}), DENIAL)
    log.send()
    assert len(sink.logged) == 30
    assert all(len(json.dumps(batch)) < 256 * 1024 for batch in sink.batches)


def test_neither_tokens_nor_statements_leave_the_server(make_log: Any, sink: Sink) -> None:
    log = make_log()
    asked = question(
        facts={
            "iss": ISSUER, "jti": "secret-jti", "grant_id": "secret-grant", "department": "finance",
            "authorization_details": [{"statement": "SELECT secret"}], "cnf": {"jkt": "secret"},
            "long": "secret" * 200,
        },
        context={"approval": {"statement": "SELECT secret", "approval_id": "a1"}, "risk": 5},
    )  # fmt: skip
    log(asked, DENIAL)
    log.send()
    (entry,) = sink.logged
    assert "secret" not in json.dumps(entry)
    assert entry["evaluation"]["subject"]["properties"] == {"department": "finance"}
    assert entry["evaluation"]["context"] == {"approval_id": "a1", "risk": 5}


def test_stopping_sends_what_is_left(make_log: Any, sink: Sink) -> None:
    log = make_log()
    log(question(), DENIAL)
    log.stop()
    assert len(sink.logged) == 1


class Answering:
    """A policy that always decides the same, or raises."""

    def __init__(self, decision: Decision | Exception) -> None:
        self.decision = decision

    def decide(self, evaluation: Evaluation) -> Decision:
        if isinstance(self.decision, Exception):
            raise self.decision
        return self.decision


@pytest.fixture
def logging_guard(provider: FakeProvider, sink: Sink) -> Callable[[Decision | Exception], Guard]:
    def make(decision: Decision | Exception) -> Guard:
        def answer(request: httpx.Request) -> httpx.Response:
            is_log = request.url.path == "/policy/decisions"
            return sink(request) if is_log else provider.answer(request)

        settings = GuardSettings(
            issuer=ISSUER, resource=RESOURCE, client_id="warehouse", client_secret="s3cret",
            revocations=False, decision_log=True, decision_log_permits=1,
        )  # fmt: skip
        http = httpx.Client(transport=httpx.MockTransport(answer))
        return Guard(settings, http=http, policy=Answering(decision), clock=lambda: NOW)

    return make


def principal(guard: Guard, provider: FakeProvider) -> Principal:
    return guard.authenticate(bearing(provider.token()))


def refused(guard: Guard, provider: FakeProvider) -> dict[str, Any]:
    """Return the body of the answer to a request that policy does not permit."""
    with pytest.raises(RefusedError) as caught:
        guard.decide(principal(guard, provider), "GET", endpoint("/payments", ()))
    body: dict[str, Any] = json.loads(guard.answer(caught.value.challenge).body)
    return body


@pytest.mark.parametrize("decision", [DENIAL, RuntimeError("a policy that raises")])
def test_whoever_is_refused_is_told_the_reference(
    logging_guard: Any, provider: FakeProvider, sink: Sink, decision: Any
) -> None:
    guard = logging_guard(decision)
    body = refused(guard, provider)
    guard.close()
    (entry,) = sink.logged
    assert body["reference"] == entry["decision_id"] == read_reference(body["reference"])
    assert entry["decision"]["decision"] is False
    assert entry["decision"]["context"]["reasons"]


def test_a_permit_is_logged_and_says_nothing(
    logging_guard: Any, provider: FakeProvider, sink: Sink
) -> None:
    guard = logging_guard(PERMIT)
    guard.decide(principal(guard, provider), "GET", endpoint("/payments", ()), RequestContext())
    guard.close()
    assert [entry["decision"]["decision"] for entry in sink.logged] == [True]


@pytest.mark.parametrize("error", [OSError("disk"), RuntimeError("can't start new thread")])
def test_a_log_that_fails_neither_permits_nor_denies(
    logging_guard: Any, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*args: Any) -> str:
        raise error

    monkeypatch.setattr(DecisionLog, "__call__", fail)
    denying, permitting = logging_guard(DENIAL), logging_guard(PERMIT)
    body = refused(denying, provider)
    assert (body["error"], body.get("reference")) == ("access_denied", None)
    caller = principal(permitting, provider)
    assert permitting.decide(caller, "GET", endpoint("/payments", ())).permit is True


def test_a_guard_logs_nothing_unless_it_is_told_to(
    make_guard: MakeGuard, provider: FakeProvider
) -> None:
    guard = make_guard(policy=False)
    assert guard.decision_log is None
    body = refused(guard, provider)
    assert "reference" not in body
    assert provider.asked["/policy/decisions"] == 0


@pytest.mark.parametrize(
    "changes", [{"client_id": "", "client_secret": ""}, {"decision_log_permits": -1}]
)
def test_settings_that_could_not_work_are_refused(
    make_guard: MakeGuard, changes: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match="decision_log"):
        make_guard(decision_log=True, **changes)
