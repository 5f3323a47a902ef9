"""A query from token to report: the order, and every way it can end early."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from scopeward_guard._binding.details import query_detail
from scopeward_guard._binding.digest import Query
from scopeward_guard._challenges.refused import RefusedError
from scopeward_guard._decisions.requirements import requirement
from scopeward_guard._gates.admission import SpentError, TooManyRowsError
from scopeward_guard._gates.query_request import QueryRequest
from tests.guard.conftest import bearing, refusal
from tests.guard.doors import Door
from tests.guard.provider import RESOURCE, FakeProvider

COLUMNS = ("hr.employees.salary",)
NEEDS_APPROVAL = (401, "insufficient_authorization")
INVALID = (401, "invalid_token")


def asked(needs_approval: bool = True, **changes: Any) -> QueryRequest:
    members = {
        "datasource": "warehouse", "schema_rev": "7", "max_rows": 2,
        "statement": "SELECT salary FROM hr.employees", "parameters": {}, **changes,
    }  # fmt: skip
    return QueryRequest(
        query=Query(**members),
        actions=("select",),
        datatypes=COLUMNS,
        requirement=requirement("payments:read"),
        needs_approval=needs_approval,
    )


def approved(provider: FakeProvider, *, scope: str = "", **changes: Any) -> str:
    """Return a token that approves `asked()`, but for changes to its detail."""
    detail = query_detail(asked().query, location=RESOURCE, actions=("select",), datatypes=COLUMNS)
    provider.minted.add("a1")
    details = [{**detail, "approval_id": "a1", "policy_rev": "3", **changes}]
    scopes = {"scope": scope} if scope else {}
    return provider.token(authorization_details=details, **scopes)


def test_approved_query_is_consumed_run_and_reported(
    door: Door, either: Any, provider: FakeProvider
) -> None:
    admission = door.query_gate(either).admit(bearing(approved(provider)), asked())
    assert len(provider.consumed) == 1
    assert provider.reports == []

    assert admission.run(lambda: [(1,), (2,)]) == [(1,), (2,)]
    token_id = admission.principal.token_id
    assert provider.consumed[0]["jti"] == token_id
    assert provider.reports == [
        {"jti": token_id, "outcome": "executed", "row_count": 2, "detail": ""}
    ]


def test_resource_server_says_who_it_is(door: Door, either: Any, provider: FakeProvider) -> None:
    door.query_gate(either).admit(bearing(approved(provider)), asked())

    authorization = provider.requests[-1].headers["Authorization"]
    assert authorization == httpx.BasicAuth("warehouse", "s3%3Acret")._auth_header


def test_approval_works_once(door: Door, either: Any, provider: FakeProvider) -> None:
    gate, token = door.query_gate(either), approved(provider)
    gate.admit(bearing(token), asked())

    assert refusal(lambda: gate.admit(bearing(token), asked())) == INVALID


def test_query_that_scopes_cover_asks_nobody(
    door: Door, either: Any, provider: FakeProvider
) -> None:
    admission = door.query_gate(either).admit(
        bearing(provider.token()), asked(needs_approval=False)
    )

    admission.run(lambda: [1])

    assert not any("approvals" in path for path in provider.asked)


def test_query_without_an_approval_is_told_which_one_it_needs(
    door: Door, either: Any, provider: FakeProvider
) -> None:
    with pytest.raises(RefusedError) as caught:
        door.query_gate(either).admit(bearing(provider.token()), asked())

    told = caught.value.challenge
    assert (told.status, told.error) == NEEDS_APPROVAL
    assert told.authorization_details[0]["statement"] == asked().query.statement
    assert told.authorization_details[0]["locations"] == [RESOURCE]


@pytest.mark.parametrize(
    "changes",
    [
        {"statement": "SELECT salary FROM hr.employees "},
        {"statement": "select salary FROM hr.employees"},
        {"parameters": {"1": 1}},
        {"max_rows": 3},
        {"schema_rev": "8"},
        {"datasource": "other"},
    ],
    ids=str,
)
@pytest.mark.parametrize("needs_approval", [True, False])
def test_one_changed_character_makes_the_token_useless(
    changes: dict[str, Any], needs_approval: bool, door: Door, either: Any, provider: FakeProvider
) -> None:
    token, other = approved(provider), asked(needs_approval, **changes)

    assert refusal(lambda: door.query_gate(either).admit(bearing(token), other)) == NEEDS_APPROVAL
    assert provider.consumed == []


@pytest.mark.parametrize(
    "changes",
    [
        {"query_hash": "A" * 43},
        {"locations": ["https://other.example"]},
        {"datatypes": []},
        {"actions": ["delete"]},
        {"type": "urn:scopeward:query:9"},
    ],
    ids=str,
)
def test_detail_for_something_else_is_no_approval(
    changes: dict[str, Any], door: Door, either: Any, provider: FakeProvider
) -> None:
    token = approved(provider, **changes)

    assert refusal(lambda: door.query_gate(either).admit(bearing(token), asked())) == NEEDS_APPROVAL


@pytest.mark.parametrize("approval_id", [None, "", "../a1", "a1/report?", "a1#", 1, "a" * 129])
def test_approval_id_cannot_name_another_address(
    approval_id: Any, door: Door, either: Any, provider: FakeProvider
) -> None:
    token = approved(provider, approval_id=approval_id)

    assert refusal(lambda: door.query_gate(either).admit(bearing(token), asked())) == INVALID
    assert not any("approvals" in path for path in provider.asked)


def test_query_token_is_no_key_to_other_operations(
    door: Door, either: Any, provider: FakeProvider
) -> None:
    token = approved(provider)

    assert refusal(lambda: either.protect(bearing(token), requirement("payments:read"))) == INVALID


def test_approval_of_this_very_query_stands_for_its_scopes(
    door: Door, either: Any, provider: FakeProvider
) -> None:
    token = approved(provider, scope="profile")

    with door.query_gate(either).admit(bearing(token), asked()) as admission:
        admission.executed(1)

    assert "payments:read" not in admission.principal.scopes


def test_approval_of_another_query_stands_for_none(
    door: Door, either: Any, provider: FakeProvider
) -> None:
    other = replace(asked().query, max_rows=1)
    detail = query_detail(other, location=RESOURCE, actions=("select",), datatypes=COLUMNS)
    token = provider.token(scope="profile", authorization_details=[detail])

    assert refusal(lambda: door.query_gate(either).admit(bearing(token), asked())) == (
        401,
        "insufficient_authorization",
    )


def test_scopes_are_asked_for_where_no_approval_is_needed(
    door: Door, either: Any, provider: FakeProvider
) -> None:
    token = provider.token(scope="profile")

    assert refusal(
        lambda: door.query_gate(either).admit(bearing(token), asked(needs_approval=False))
    ) == (
        403,
        "insufficient_scope",
    )


def copied(reply: httpx.Response) -> httpx.Response:
    """Return the response as it is before anybody has read it."""
    return httpx.Response(reply.status_code, headers=reply.headers, content=reply.content)


@pytest.mark.parametrize(
    "reply",
    [
        httpx.Response(200, json={"consumed": False}),
        httpx.Response(200, json={"consumed": "true", "approval_id": "a1"}),
        httpx.Response(200, json={"consumed": 1, "approval_id": "a1"}),
        httpx.Response(200, json={"consumed": True, "approval_id": "a2"}),
        httpx.Response(200, json={"consumed": True}),
        httpx.Response(200, json=[True]),
        httpx.Response(200, text="OK"),
        httpx.Response(201, json={"consumed": True, "approval_id": "a1"}),
        httpx.Response(204),
        httpx.Response(302, headers={"Location": "https://evil.example/"}),
        httpx.Response(400, json={}),
        httpx.Response(401, json={}),
        httpx.Response(404),
        httpx.Response(409),
        httpx.Response(500, json={"consumed": True, "approval_id": "a1"}),
        httpx.Response(200, content=b'{"consumed":true,"approval_id":"a1","approval_id":"a1"}'),
        httpx.Response(200, content=b" " * 5_000_000),
    ],
    ids=lambda reply: f"{reply.status_code} {reply.content[:40]!r}",
)
def test_anything_but_a_clear_yes_refuses(
    reply: httpx.Response, door: Door, either: Any, provider: FakeProvider, monkeypatch: Any
) -> None:
    monkeypatch.setattr(provider, "_told", lambda _path, _body: copied(reply))
    token = approved(provider)

    status, _ = refusal(lambda: door.query_gate(either).admit(bearing(token), asked()))

    assert status in (401, 503)
    assert sum("consume" in path for path in provider.asked.elements()) == 1


def test_unreachable_authority_refuses_and_is_asked_once(
    door: Door, either: Any, provider: FakeProvider
) -> None:
    token = approved(provider)
    either.authenticate(bearing(token))
    provider.is_down = True

    assert refusal(lambda: door.query_gate(either).admit(bearing(token), asked()))[0] == 503
    assert provider.asked["/approvals/a1/consume"] == 1


def test_failed_query_is_reported_without_its_words(
    door: Door, either: Any, provider: FakeProvider
) -> None:
    admission = door.query_gate(either).admit(bearing(approved(provider)), asked())

    with pytest.raises(ZeroDivisionError):
        admission.run(lambda: [1 // 0])

    assert provider.reports[0]["outcome"] == "failed"
    assert provider.reports[0]["detail"] == "ZeroDivisionError"


def test_failed_query_is_not_run_again(door: Door, either: Any, provider: FakeProvider) -> None:
    admission = door.query_gate(either).admit(bearing(approved(provider)), asked())
    with pytest.raises(ZeroDivisionError):
        admission.run(lambda: [1 // 0])

    with pytest.raises(SpentError):
        admission.run(lambda: [1])


def test_more_rows_than_approved_are_not_handed_out(
    door: Door, either: Any, provider: FakeProvider
) -> None:
    admission = door.query_gate(either).admit(bearing(approved(provider)), asked())

    with pytest.raises(TooManyRowsError):
        admission.run(lambda: [1, 2, 3])

    assert provider.reports[0]["outcome"] == "failed"


def test_run_that_says_nothing_is_reported_as_failed(
    door: Door, either: Any, provider: FakeProvider
) -> None:
    with door.query_gate(either).admit(bearing(approved(provider)), asked()):
        pass

    assert provider.reports[0]["outcome"] == "failed"


def test_result_does_not_depend_on_the_report(
    door: Door, either: Any, provider: FakeProvider
) -> None:
    admission = door.query_gate(either).admit(bearing(approved(provider)), asked())
    provider.is_down = True

    assert admission.run(lambda: [1]) == [1]


def test_query_without_a_canonical_form_is_a_bad_request(
    door: Door, either: Any, provider: FakeProvider
) -> None:
    token = approved(provider)

    status, error = refusal(
        lambda: door.query_gate(either).admit(bearing(token), asked(parameters={"x": 2**60}))
    )

    assert (status, error) == (400, "invalid_request")
