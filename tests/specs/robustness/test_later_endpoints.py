"""Nothing that is said in JSON, or to a later endpoint, causes a server error."""

import gzip
import json
from contextlib import suppress
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client as Browser
from hypothesis import example, given, strategies as st

from foundation.directory.models import User
from policy.opa.decision_logs import read_upload
from policy.opa.uploads import MalformedLogError
from tests.factories import WAREHOUSE, make_relying_party, make_resource_server
from tests.policies import PERMIT_ALL, put_in_force
from tests.relying_party import RelyingParty, basic
from tests.specs.ciba.asking import Asker
from tests.specs.ciba.conftest import make_asker
from tests.specs.rfc9396.asking import query
from tests.specs.robustness.json_like import changed, value, written
from tests.specs.robustness.strategies import noise, value as text

QUESTION = {
    "subject": {"type": "user", "id": "ada"},
    "action": {"name": "select"},
    "resource": {"type": "table", "id": "sales"},
    "context": {},
}
LOGGED = {
    "audience": WAREHOUSE,
    "decisions": [
        {
            "decision_id": "k7mq2-x9d4r",
            "decided_at": 1_790_000_000.5,
            "evaluation": QUESTION,
            "decision": {"decision": True},
        }
    ],
}
EVENT = {
    "decision_id": "1", "input": QUESTION, "result": True, "path": "a/b",
    "timestamp": "2026-01-01T00:00:00.123456789Z", "bundles": {}, "requested_by": "127.0.0.1",
}  # fmt: skip
USE = {"jti": "a-token", "detail_digest": "A" * 43, "outcome": "executed", "row_count": 1}
BODY_OF_PATH = {
    "/access/v1/evaluation": QUESTION,
    "/access/v1/evaluations": {**QUESTION, "evaluations": [QUESTION]},
    "/access/v1/search/subject": {**QUESTION, "subject": {"type": "user"}},
    "/access/v1/search/resource": {**QUESTION, "resource": {"type": "table"}},
    "/access/v1/search/action": {**QUESTION},
    "/policy/decisions": LOGGED,
    f"/approvals/{uuid4()}/consume": USE,
    f"/approvals/{uuid4()}/report": USE,
}
requests = st.sampled_from(sorted(BODY_OF_PATH)).flatmap(
    lambda path: st.tuples(st.just(path), written(changed(BODY_OF_PATH[path]) | value))
)
CIBA = ("scope", "login_hint", "id_token_hint", "login_hint_token", "binding_message",
        "requested_expiry", "client_notification_token", "acr_values", "user_code", "resource",
        "request", "authorization_details", "claims")  # fmt: skip


def assert_answered(response: HttpResponse) -> None:
    assert response.status_code < 500, response.content


@pytest.fixture
def resource_server(provider: None) -> str:
    """Its policy permits everything; the header that authenticates it."""
    client, secret = make_resource_server()
    put_in_force(client.resource_server, PERMIT_ALL)
    return basic(client.client_id, secret or "")


@pytest.fixture
def asker(provider: None) -> Asker:
    return make_asker()


@pytest.fixture
def desk(provider: None) -> RelyingParty:
    make_resource_server()
    return make_relying_party(
        resources=(WAREHOUSE,), authorization_details_types=("urn:scopeward:query:1",)
    )


@pytest.mark.spec("AuthZEN Authorization API", "10.1.9")
@given(said=requests)
def test_no_json_of_a_resource_server_causes_a_server_error(
    resource_server: str, said: tuple[str, str]
) -> None:
    path, body = said

    response = Browser(raise_request_exception=False).post(
        path, body, content_type="application/json", HTTP_AUTHORIZATION=resource_server
    )

    assert_answered(response)


@pytest.mark.spec("RFC 6749", "3.2")
@given(events=written(st.lists(changed(EVENT), max_size=2) | value))
def test_upload_of_decisions_is_read_or_refused(events: str) -> None:
    body = gzip.compress(events.encode(), compresslevel=1)

    with suppress(MalformedLogError):
        for entry in read_upload(body, encoding="gzip", audience=WAREHOUSE):
            assert entry.decision_id


@pytest.mark.spec("RFC 9396", "5")
@example(details='[{"\\ud800": 1, "\\ud800": 2}]')
@given(details=written(st.lists(changed(query()), max_size=2) | value))
def test_no_authorization_details_cause_a_server_error(desk: RelyingParty, details: str) -> None:
    desk.browser.raise_request_exception = False

    assert_answered(desk.push(authorization_details=details))
    assert_answered(desk.authorize(authorization_details=details, prompt="none"))


@pytest.mark.spec("OIDC Core", "5.5")
@given(claims=written(value | st.dictionaries(st.sampled_from(["id_token", "userinfo"]), value)))
def test_no_claims_cause_a_server_error(rp: RelyingParty, person: User, claims: str) -> None:
    rp.browser.raise_request_exception = False
    if not rp.browser.cookies:
        rp.obtain_tokens(person)

    assert_answered(rp.authorize(claims=claims, prompt="none"))


@pytest.mark.spec("CIBA Core", "13")
@given(changes=st.dictionaries(st.sampled_from(CIBA), text | noise))
def test_no_backchannel_request_causes_a_server_error(
    asker: Asker, person: User, changes: dict[str, Any]
) -> None:
    response = asker.ask(**changes)

    assert_answered(response)
    if response.status_code >= 400:
        assert json.loads(response.content)["error"]
