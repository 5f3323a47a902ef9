"""consume and report: for the resource server it is for, once, and nothing told to anybody else."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client as Browser

from consent.approvals.models import Approval, ApprovalState
from foundation.directory.models import User
from foundation.journal.models import Act, Kind
from tests.assertions import assert_oauth_error
from tests.factories import make_resource_server
from tests.flows.approvals.warehouse import Warehouse, details, jti_of
from tests.relying_party import RelyingParty, basic

Tokens = dict[str, Any]


@pytest.fixture
def tokens(desk: RelyingParty, person: User) -> Tokens:
    return desk.obtain_tokens(person, authorization_details=details())


def state() -> str:
    return Approval.objects.get().state


def test_one_use_is_told_when_it_was(warehouse: Warehouse, tokens: Tokens) -> None:
    response = warehouse.consume(tokens)

    approval = Approval.objects.get()
    assert approval.consumed_at is not None
    assert response.json() == {
        "consumed": True,
        "approval_id": str(approval.pk),
        "consumed_at": approval.consumed_at.isoformat(),
    }
    assert response["Cache-Control"] == "no-store"


def test_second_use_is_refused_and_recorded(warehouse: Warehouse, tokens: Tokens) -> None:
    warehouse.consume(tokens)

    assert_oauth_error(warehouse.consume(tokens), "invalid_grant")
    assert Act.objects.filter(kind=Kind.QUERY_REPLAYED).count() == 1


@pytest.mark.parametrize(
    "wrong", [{"jti": "other"}, {"detail_digest": "A" * 43}, {"detail_digest": ""}]
)
def test_another_token_or_query_is_refused_with_the_same_words(
    warehouse: Warehouse, tokens: Tokens, wrong: dict[str, str]
) -> None:
    refused = warehouse.consume(tokens, **wrong)
    nothing = warehouse.tell("consume", str(uuid4()), {"jti": "x", "detail_digest": "y"})

    assert_oauth_error(refused, "invalid_grant")
    assert refused.content == nothing.content
    assert state() == ApprovalState.MINTED


def test_approval_of_another_resource_server_looks_like_none(
    warehouse: Warehouse, tokens: Tokens
) -> None:
    other = Warehouse(*make_resource_server(audience="https://lake.example"))
    (detail,) = tokens["authorization_details"]
    said = {"jti": jti_of(tokens), "detail_digest": detail["detail_digest"]}

    used = other.tell("consume", detail["approval_id"], said)
    reported = other.report(tokens)
    other.close()

    assert_oauth_error(used, "invalid_grant")
    assert_oauth_error(reported, "invalid_grant")
    assert state() == ApprovalState.MINTED


def test_token_of_one_approval_does_not_use_another(
    desk: RelyingParty, person: User, warehouse: Warehouse, tokens: Tokens
) -> None:
    another = desk.obtain_tokens(person, authorization_details=details())
    (detail,) = another["authorization_details"]

    response = warehouse.consume(tokens, jti=jti_of(another))
    swapped = warehouse.tell(
        "consume",
        detail["approval_id"],
        {"jti": jti_of(tokens), "detail_digest": detail["detail_digest"]},
    )

    assert_oauth_error(response, "invalid_grant")
    assert_oauth_error(swapped, "invalid_grant")
    assert set(Approval.objects.values_list("state", flat=True)) == {ApprovalState.MINTED}


@pytest.mark.parametrize("verb", ["consume", "report"])
@pytest.mark.spec("RFC 6749", "2.3.1")
def test_only_a_resource_server_is_let_in(
    desk: RelyingParty, warehouse: Warehouse, tokens: Tokens, verb: str
) -> None:
    approval_id = str(Approval.objects.get().pk)
    body = {"jti": jti_of(tokens), "detail_digest": "x", "outcome": "executed"}
    of_the_desk = basic(desk.client.client_id, desk.secret or "")
    wrong = basic(warehouse.client.client_id, "wrong")

    client = warehouse.tell(verb, approval_id, body, HTTP_AUTHORIZATION=of_the_desk)
    secret = warehouse.tell(verb, approval_id, body, HTTP_AUTHORIZATION=wrong)
    bearer = f"Bearer {tokens['access_token']}"
    token = warehouse.tell(verb, approval_id, body, HTTP_AUTHORIZATION=bearer)

    assert_oauth_error(client, "unauthorized_client")
    assert_oauth_error(secret, "invalid_client", status=401)
    assert_oauth_error(token, "invalid_client", status=401)
    assert state() == ApprovalState.MINTED


MALFORMED = [
    "", "x", "[]", "1", "null", "{}", '{"jti": 1, "detail_digest": "x"}', '{"jti": "x"}',
    '{"jti": "\\ud800", "detail_digest": "x"}', '{"jti": "\\u0000", "detail_digest": "x"}',
    "[" * 4000, '{"jti": "' + "a" * 5000 + '", "detail_digest": "x"}', b"\xff\xfe",
]  # fmt: skip


@pytest.mark.parametrize("verb", ["consume", "report"])
@pytest.mark.parametrize("body", MALFORMED, ids=lambda body: repr(body)[:30])
def test_malformed_body_is_an_invalid_request(
    warehouse: Warehouse, tokens: Tokens, verb: str, body: Any
) -> None:
    response = warehouse.tell(verb, str(Approval.objects.get().pk), body)

    assert_oauth_error(response, "invalid_request")
    assert state() == ApprovalState.MINTED


@pytest.mark.parametrize(
    "approval_id", ["x", "..", "%00", "A" * 200, "D60021B1-08B3-4D16-9369-BAA670006D4E"]
)
def test_address_of_no_approval_is_refused(warehouse: Warehouse, approval_id: str) -> None:
    response = warehouse.tell("consume", approval_id, {"jti": "x", "detail_digest": "y"})

    assert response.status_code in {400, 404}
    assert response.status_code == 404 or response.json()["error"] == "invalid_grant"


@pytest.mark.parametrize("path", ["/approvals/*/consume", "/approvals/*/report"])
@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_endpoints_take_posts_only(warehouse: Warehouse, path: str, method: str) -> None:
    response = getattr(Browser(), method)(path.replace("*", str(uuid4())))

    assert response.status_code == 405


def test_outcome_is_taken_down_once(warehouse: Warehouse, tokens: Tokens) -> None:
    warehouse.consume(tokens)

    first = warehouse.report(tokens, outcome="failed", row_count=0, detail="Timeout\0")
    second = warehouse.report(tokens)

    assert (first.status_code, first.content) == (204, b"")
    assert_oauth_error(second, "invalid_grant")
    approval = Approval.objects.get()
    assert (approval.state, approval.reason) == (ApprovalState.FAILED, "Timeout")


def test_nothing_is_reported_before_the_use_or_about_another_token(
    warehouse: Warehouse, tokens: Tokens
) -> None:
    assert_oauth_error(warehouse.report(tokens), "invalid_grant")
    warehouse.consume(tokens)

    assert_oauth_error(warehouse.report(tokens, jti="another"), "invalid_grant")
    assert state() == ApprovalState.CONSUMED


@pytest.mark.parametrize(
    "wrong",
    [
        {"outcome": "unknown"}, {"outcome": None}, {"outcome": []}, {"row_count": -1},
        {"row_count": True}, {"row_count": 1.5}, {"row_count": 2**63}, {"detail": 1},
    ],
    ids=str,
)  # fmt: skip
def test_outcome_that_makes_no_sense_is_refused(
    warehouse: Warehouse, tokens: Tokens, wrong: dict[str, Any]
) -> None:
    warehouse.consume(tokens)

    assert_oauth_error(warehouse.report(tokens, **wrong), "invalid_request")
    assert state() == ApprovalState.CONSUMED


def test_deactivated_person_uses_nothing(
    warehouse: Warehouse, tokens: Tokens, person: User
) -> None:
    person.is_active = False
    person.save()

    assert_oauth_error(warehouse.consume(tokens), "invalid_grant")


def test_pages_for_people_live_beside_the_endpoints(tokens: Tokens) -> None:
    approval = Approval.objects.get()

    assert Browser().get(approval.get_waiting_url()).status_code == 302
    assert Browser().get("/approvals/").status_code == 302
