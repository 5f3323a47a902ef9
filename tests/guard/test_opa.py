"""Asking an OPA beside the server: only a clear permit is one."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from scopeward_guard._authzen import Action, Entity, Evaluation, Obligation, Remedy
from scopeward_guard._decisions.opa import DENIED, OpaPolicy

ADDRESS = "http://127.0.0.1:8181"
EVALUATION = Evaluation(
    subject=Entity(type="user", id="ada", properties={"sub": "ada", "clearance": 2}),
    action=Action(name="select"),
    resource=Entity(type="query", id="warehouse", properties={"scopes": ["query"]}),
    context={"time": 1.5},
)
Answer = Callable[[httpx.Request], httpx.Response]


def asking(answer: Answer, **options: Any) -> OpaPolicy:
    return OpaPolicy(ADDRESS, http=httpx.Client(transport=httpx.MockTransport(answer)), **options)


def answering(result: Any, **options: Any) -> OpaPolicy:
    return asking(lambda request: httpx.Response(200, json={"result": result}), **options)


def test_evaluation_is_the_input_and_its_claims_are_verified() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json={"result": {"decision": True}})

    assert asking(answer).decide(EVALUATION).permit is True
    assert str(asked[0].url) == f"{ADDRESS}/v1/data/scopeward/decision"
    assert json.loads(asked[0].content) == {
        "input": {**EVALUATION.as_json(), "claims_verified": True}
    }


def test_rules_of_your_own_are_asked_by_their_path() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/v1/data/warehouse/allow"
        return httpx.Response(200, json={"result": {"decision": True}})

    assert asking(answer, path="/v1/data/warehouse/allow").decide(EVALUATION).permit


def test_denial_brings_its_reasons_and_remedy() -> None:
    context = {"reasons": ["No."], "remedy": {"scopes": ["query"]}, "policy_rev": "r1"}
    decision = answering({"decision": False, "context": context}).decide(EVALUATION)

    assert decision.permit is False
    assert decision.reasons == ("No.",)
    assert decision.remedy == Remedy(scopes=("query",))
    assert decision.policy_rev == "r1"


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{}", b"[]", b"null", b"true", b"not json", b'{"result": null}', b'{"result": true}',
        b'{"result": {}}', b'{"result": []}', b'{"result": {"decision": 1}}',
        b'{"result": {"decision": "true"}}', b'{"result": {"decision": null}}',
        b'{"result": {"decision": true, "context": []}}', b'{"result": {"decision": true}',
        b'{"result": {"decision": false}, "result": {"decision": true}}',
        b'{"result": {"decision": true, "context": {"obligations": {}}}}',
        b'{"result": {"decision": true, "context": {"obligations": [{}]}}}',
        b'{"result": {"decision": true, "context": {"reasons": "x"}}}',
        b'{"result": {"decision": true, "context": {"x": NaN}}}', b"\xff", b"[" * 100_000,
        b'{"result": {"decision": true}, "x": "' + b"x" * 2_000_000 + b'"}',
    ],
    ids=range(23),
)  # fmt: skip
def test_what_is_no_clear_permit_is_a_denial(body: bytes) -> None:
    assert asking(lambda request: httpx.Response(200, content=body)).decide(EVALUATION) == DENIED


@pytest.mark.parametrize("status", [201, 204, 301, 302, 307, 400, 401, 403, 404, 500, 503])
def test_other_statuses_are_denials(status: int) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(
            status, json={"result": {"decision": True}}, headers={"Location": f"{ADDRESS}/v1/other"}
        )

    assert asking(answer).decide(EVALUATION) == DENIED


@pytest.mark.parametrize(
    "error", [httpx.ConnectError, httpx.ReadTimeout, httpx.RemoteProtocolError]
)
def test_silence_is_a_denial(error: type[httpx.TransportError]) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise error("no", request=request)

    assert asking(answer).decide(EVALUATION) == DENIED


@pytest.mark.parametrize("understands", [(), ("mask",), ("row_filter_2",)])
def test_obligation_that_is_not_understood_denies(understands: tuple[str, ...]) -> None:
    context = {"obligations": [{"id": "row_filter", "table": "t"}]}
    policy = answering({"decision": True, "context": context}, understands=understands)

    assert policy.decide(EVALUATION) == DENIED


def test_obligation_that_is_understood_is_handed_on() -> None:
    context = {"obligations": [{"id": "row_filter", "table": "t"}]}
    policy = answering({"decision": True, "context": context}, understands=["row_filter"])

    decision = policy.decide(EVALUATION)

    assert decision.permit
    assert decision.obligations == (Obligation(id="row_filter", parameters={"table": "t"}),)


@pytest.mark.parametrize("value", [float("nan"), object(), {1, 2}, b"x"])
def test_question_that_is_no_json_is_a_denial(value: Any) -> None:
    odd = Evaluation(
        subject=EVALUATION.subject, action=EVALUATION.action, resource=EVALUATION.resource,
        context={"odd": value},
    )  # fmt: skip

    assert answering({"decision": True}).decide(odd) == DENIED


@pytest.mark.parametrize(
    "url",
    [
        "http://opa.example", "http://10.0.0.1:8181", "ftp://localhost", "localhost:8181", "",
        "https://opa.example/#x", "https://user@opa.example", "https://opa.example/?x=1",
    ],
)  # fmt: skip
def test_opa_is_on_this_machine_or_behind_https(url: str) -> None:
    with pytest.raises(ValueError, match="url"):
        OpaPolicy(url)


@pytest.mark.parametrize(
    "url", ["http://localhost:8181/", "http://[::1]:8181", "https://opa.example"]
)
def test_these_addresses_are_safe(url: str) -> None:
    OpaPolicy(url).close()


class _Slow(BaseHTTPRequestHandler):
    """Says that there is an answer, and sends a byte of it at a time, for ever."""

    asked = threading.Event()
    enough = threading.Event()

    def do_POST(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        self.asked.set()
        while not self.enough.wait(0.02):
            try:
                self.wfile.write(b" ")
            except OSError:
                return

    def log_request(self, *told: Any) -> None:
        """Say nothing."""


@pytest.fixture
def trickling() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Slow) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        _Slow.enough.set()
        server.shutdown()
        thread.join()


def test_answer_that_trickles_in_is_a_denial(trickling: str) -> None:
    policy = OpaPolicy(trickling, timeout=0.3)

    assert policy.decide(EVALUATION) == DENIED
    assert _Slow.asked.is_set()
    policy.close()
