"""A query that the person who asks may approve: one screen, one token, one use."""

import json
from typing import Any

import pytest

from claims.catalogue.models import AuthorizationDetailsType
from consent.approvals.models import Approval, ApprovalState, Approvers
from foundation.directory.models import User
from foundation.journal.models import Act, Kind
from idp.models import RefreshToken
from scopeward_guard._challenges.refused import RefusedError
from tests.approvals.asking import make_rule
from tests.assertions import assert_inactive, assert_oauth_error, assert_redirected_error
from tests.factories import WAREHOUSE
from tests.flows.approvals.warehouse import SALARIES, Warehouse, another, details
from tests.html_forms import form_with
from tests.jwt import verified
from tests.provider import Clock
from tests.relying_party import RelyingParty, answer_of


def states() -> list[str]:
    return list(Approval.objects.order_by("created_at").values_list("state", flat=True))


def test_approved_query_runs_once_and_is_reported(
    desk: RelyingParty, person: User, warehouse: Warehouse
) -> None:
    tokens = desk.obtain_tokens(person, **desk.pushed(authorization_details=details()))

    with warehouse.admit(tokens["access_token"]) as admission:
        assert states() == [ApprovalState.CONSUMED]
        admission.executed(3)

    approval = Approval.objects.get()
    assert (approval.state, approval.row_count) == (ApprovalState.EXECUTED, 3)
    with pytest.raises(RefusedError):
        warehouse.admit(tokens["access_token"])
    assert Act.objects.filter(kind=Kind.QUERY_REPLAYED).count() == 1


@pytest.mark.spec("RFC 9396", "7")
def test_token_says_who_approved_what(desk: RelyingParty, person: User) -> None:
    tokens = desk.obtain_tokens(person, authorization_details=details())

    payload = verified(tokens["access_token"])
    (detail,) = payload["authorization_details"]
    approval = Approval.objects.get()
    assert tokens["authorization_details"] == [detail]
    assert detail["approval_id"] == str(approval.pk)
    assert detail["approvers"] == [str(person.pk)]
    assert detail["policy_rev"].startswith("rules:")
    assert payload["txn"] == detail["txn"] == approval.txn
    assert payload.keys() >= {"grant_id", "acr", "auth_time"}
    assert payload["aud"] == WAREHOUSE
    assert payload["exp"] - payload["iat"] == 60
    assert (approval.jti, approval.state) == (payload["jti"], ApprovalState.MINTED)
    assert int(approval.expires_at.timestamp()) == payload["exp"]
    assert "refresh_token" not in tokens


def test_scopes_and_details_are_on_one_screen(desk: RelyingParty, person: User) -> None:
    page = desk.sign_in(person, desk.authorize(authorization_details=details()))

    text = page.content.decode()
    assert "hr.employees" in text
    assert "email" in form_with(text, "decision").values("scope", "checkbox")
    assert len([c for c in form_with(text, "decision").controls if "detail-" in c[0]]) == 2


def test_each_detail_is_answered_on_its_own(desk: RelyingParty, person: User) -> None:
    asked = details(SALARIES, another(max_rows=5))

    tokens = desk.obtain_tokens(
        person, authorization_details=asked, approve=lambda place: place == 1
    )

    (detail,) = tokens["authorization_details"]
    assert detail["max_rows"] == 5
    assert states() == [ApprovalState.MINTED]
    assert Act.objects.filter(kind=Kind.QUERY_DENIED).count() == 1


def test_several_details_in_one_token_are_used_one_by_one(
    desk: RelyingParty, person: User, warehouse: Warehouse
) -> None:
    asked = details(SALARIES, another(max_rows=5))
    tokens = desk.obtain_tokens(person, authorization_details=asked)

    assert warehouse.consume(tokens).status_code == 200
    left = warehouse.introspect(tokens["access_token"]).json()["authorization_details"]
    assert [detail["max_rows"] for detail in left] == [5]
    assert warehouse.consume(tokens, 1).status_code == 200
    assert_inactive(warehouse.introspect(tokens["access_token"]))


def test_detail_without_an_answer_is_asked_again(desk: RelyingParty, person: User) -> None:
    page = desk.sign_in(person, desk.authorize(authorization_details=details()))
    path = page.request["PATH_INFO"]

    again = desk.browser.post(path, {**form_with(page.content.decode(), "decision").data,
                                     "decision": "allow"})  # fmt: skip

    assert again.status_code == 400
    assert not Approval.objects.exists()


def test_what_changed_meanwhile_is_shown_again(desk: RelyingParty, person: User) -> None:
    page = desk.sign_in(person, desk.authorize(authorization_details=details()))
    make_rule(Approvers.ROLE, role="analyst", title="Somebody else after all")

    again = desk.decide(page)

    assert again.status_code in {200, 409}
    assert not Approval.objects.exists()
    assert "has changed since this page was opened" in again.content.decode()


def test_stale_sign_in_is_renewed_and_leads_back_to_the_screen(
    desk: RelyingParty, person: User, clock: Clock
) -> None:
    desk.sign_in(person)
    clock.advance(minutes=6)
    page = desk.follow(desk.authorize(authorization_details=details()))
    assert "This needs a fresh sign-in" in page.content.decode()

    sent = desk.submit(page, having="decision", decision="allow", scope=["email", "query"])
    assert sent.resolver_match.url_name == "account_reauthenticate"
    assert not Approval.objects.exists()
    back = desk.confirm_password(sent)
    assert back.request["PATH_INFO"] == page.request["PATH_INFO"]

    assert "code" in answer_of(desk.decide(back))


def test_forged_yes_with_a_stale_sign_in_changes_nothing(
    desk: RelyingParty, person: User, clock: Clock
) -> None:
    page = desk.sign_in(person, desk.authorize(authorization_details=details()))
    clock.advance(minutes=6)

    answer = desk.decide(page)

    assert answer.resolver_match.url_name == "account_reauthenticate"
    assert not Approval.objects.exists()


def test_sign_in_that_is_too_weak_cannot_approve(desk: RelyingParty, person: User) -> None:
    row = AuthorizationDetailsType.objects.get()
    row.minimum_acr = "urn:scopeward:acr:9"
    row.save()
    page = desk.sign_in(person, desk.authorize(authorization_details=details()))

    desk.submit(page, having="decision", decision="allow")

    assert not Approval.objects.exists()


@pytest.mark.spec("OIDC Core", "3.1.2.6")
def test_approval_is_never_given_in_silence(desk: RelyingParty, person: User) -> None:
    desk.obtain_tokens(person, authorization_details=details())

    response = desk.authorize(prompt="none", authorization_details=details())

    assert_redirected_error(response, "consent_required")
    assert states() == [ApprovalState.MINTED]


def test_what_nobody_could_approve_is_shown_with_the_reason(
    desk: RelyingParty, person: User
) -> None:
    make_rule(Approvers.OWNER, title="Owners")
    desk.obtain_tokens(person)

    page = desk.follow(desk.authorize(authorization_details=details()))
    assert "Nobody answers for hr.employees.id." in page.content.decode()
    answer = desk.submit(page, having="decision", decision="allow")

    assert "authorization_details" not in desk.exchange(answer_of(answer)["code"]).json()
    assert not Approval.objects.exists()
    assert Act.objects.get(kind=Kind.QUERY_DENIED).personal.reason.startswith("Nobody")


def test_refresh_never_gets_the_query_again(desk: RelyingParty, person: User) -> None:
    usual = desk.obtain_tokens(person, resource=WAREHOUSE)
    desk.obtain_tokens(person, authorization_details=details())

    refreshed = desk.refresh(usual["refresh_token"], resource=WAREHOUSE)
    assert "authorization_details" not in refreshed.json()
    smuggled = desk.refresh(
        refreshed.json()["refresh_token"], resource=WAREHOUSE, authorization_details=details()
    )

    assert_oauth_error(smuggled, "invalid_authorization_details")


@pytest.mark.parametrize("form", ["jwt", "opaque"])
def test_introspection_turns_inactive_with_the_use(
    desk: RelyingParty, person: User, warehouse: Warehouse, form: str
) -> None:
    desk.client.access_token_format = form
    desk.client.save()
    tokens = desk.obtain_tokens(person, authorization_details=details())
    told = warehouse.introspect(tokens["access_token"]).json()
    assert told["active"] is True

    (detail,) = tokens["authorization_details"]
    said = {"jti": told["jti"], "detail_digest": detail["detail_digest"]}
    assert warehouse.tell("consume", detail["approval_id"], said).status_code == 200

    assert_inactive(warehouse.introspect(tokens["access_token"]))


@pytest.mark.spec("RFC 6749", "4.1.2")
def test_replayed_code_takes_the_minted_approval_back(
    desk: RelyingParty, person: User, warehouse: Warehouse
) -> None:
    code = desk.obtain_code(person, authorization_details=details())
    tokens = desk.exchange(code).json()

    assert_oauth_error(desk.exchange(code), "invalid_grant")

    assert states() == [ApprovalState.REVOKED]
    assert_oauth_error(warehouse.consume(tokens), "invalid_grant")
    told = warehouse.browser.get("/revocations", HTTP_AUTHORIZATION=_header(warehouse)).json()
    assert {"jti": Approval.objects.get().jti} in told["tokens"]


def _header(party: RelyingParty) -> str:
    from tests.relying_party import basic

    return basic(party.client.client_id, party.secret or "")


@pytest.mark.parametrize("end", ["revoked", "cancelled", "expired", "type", "grant"])
def test_approval_that_ended_after_the_code_gives_no_token(
    desk: RelyingParty, person: User, end: str
) -> None:
    from consent.approvals.use.ending import cancel, revoke
    from consent.grants.services import revoke_grant
    from consent.models import Grant
    from tests.approvals.asking import CONTEXT, let_run_out

    code = desk.obtain_code(person, authorization_details=details())
    approval = Approval.objects.get()
    if end == "revoked":
        revoke(approval, "No.", CONTEXT)
    elif end == "cancelled":
        assert cancel(approval, person.pk, CONTEXT)
    elif end == "expired":
        let_run_out([approval])
    elif end == "type":
        AuthorizationDetailsType.objects.update(is_active=False)
        AuthorizationDetailsType.objects.get().save()
    else:
        revoke_grant(Grant.objects.get())

    response = desk.exchange(code)

    if end == "type":
        assert "authorization_details" not in response.json()
        return
    assert_oauth_error(response, "invalid_grant")
    assert not RefreshToken.objects.filter(redeemed_at__isnull=False).exists()
    assert_oauth_error(desk.exchange(code), "invalid_grant")


def test_revoked_token_cannot_be_used(
    desk: RelyingParty, person: User, warehouse: Warehouse
) -> None:
    tokens = desk.obtain_tokens(person, authorization_details=details())

    desk.revoke(tokens["access_token"])

    assert_oauth_error(warehouse.consume(tokens), "invalid_grant")
    assert states() == [ApprovalState.REVOKED]


CHANGES: list[dict[str, Any]] = [
    {"statement": SALARIES.query.statement + " "},
    {"parameters": {"id": 8}},
    {"max_rows": 101},
    {"schema_rev": "8"},
    {"datasource": "warehouse2"},
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: next(iter(change)))
def test_token_is_useless_for_a_query_that_differs_in_one_character(
    desk: RelyingParty, person: User, warehouse: Warehouse, change: dict[str, Any]
) -> None:
    tokens = desk.obtain_tokens(person, authorization_details=details())

    with pytest.raises(RefusedError):
        warehouse.admit(tokens["access_token"], another(**change))

    assert states() == [ApprovalState.MINTED]


@pytest.mark.parametrize("member", ["approval_id", "approvers", "policy_rev", "txn"])
def test_client_cannot_say_what_the_provider_adds(desk: RelyingParty, member: str) -> None:
    asked = json.loads(details())
    asked[0][member] = "mine"

    response = desk.push(authorization_details=json.dumps(asked))

    assert_oauth_error(response, "invalid_authorization_details")
