"""How often and how long what was approved may be used: as the type says, and as was shown."""

from typing import Any

import pytest
from django.utils import timezone

from claims.catalogue.models import AuthorizationDetailsType
from consent.approvals.models import Approval, ApprovalState
from foundation.directory.models import User
from tests.assertions import assert_oauth_error, assert_redirected_error
from tests.factories import WAREHOUSE
from tests.jwt import verified
from tests.provider import Clock
from tests.relying_party import RelyingParty
from tests.specs.rfc9396.asking import LAKE, asking, files as a_file, query, said

ISSUER = "http://localhost:8000"
APART = (a_file(), a_file(locations=[LAKE], identifier="/fish"))


def shown(desk: RelyingParty, person: User, *details: Any) -> str:
    response = desk.authorize(authorization_details=asking(*details))
    return " ".join(desk.follow(desk.sign_in(person, response)).content.decode().split())


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        (query(), "once, exactly this; the token for it lives 1 minute"),
        (a_file(), "any number of times, exactly this, for 8 hours at most"),
    ],
)
def test_screen_says_what_the_type_says(
    desk: RelyingParty, person: User, detail: Any, words: str
) -> None:
    page = shown(desk, person, detail)

    assert words in page
    assert ("Approve once" in page or "Approve this, once" in page) is ("once" in words)


def test_approval_that_is_not_for_one_use_ends_when_it_was_said_to(
    desk: RelyingParty, person: User, clock: Clock
) -> None:
    tokens = desk.obtain_tokens(person, authorization_details=asking(a_file()))
    assert tokens["expires_in"] == 60
    left = Approval.objects.get().expires_at - timezone.now()
    assert 28_700 < left.total_seconds() <= 28_800

    clock.advance(seconds=28_770)
    last = desk.refresh(tokens["refresh_token"]).json()
    assert said(last["authorization_details"]) == [a_file()]
    assert 0 < last["expires_in"] <= 30

    clock.advance(seconds=60)
    after = desk.refresh(last["refresh_token"]).json()
    assert "authorization_details" not in after
    assert "authorization_details" not in verified(after["access_token"])


def test_approval_without_a_refresh_token_ends_with_its_token(
    desk: RelyingParty, person: User
) -> None:
    tokens = desk.obtain_tokens(person, scope="openid", authorization_details=asking(a_file()))

    assert "refresh_token" not in tokens
    expected = verified(tokens["access_token"])["exp"]
    assert int(Approval.objects.get().expires_at.timestamp()) == expected


def test_approval_of_one_use_becomes_no_token_for_many(desk: RelyingParty, person: User) -> None:
    code = desk.obtain_code(person, authorization_details=asking(query()))
    row = AuthorizationDetailsType.objects.get(single_use=True)
    row.single_use = False
    row.save()

    assert_oauth_error(desk.exchange(code), "invalid_grant")
    assert Approval.objects.get().state == ApprovalState.REVOKED


# Nothing is minted into nothing -----------------------------------------------------------------


@pytest.mark.parametrize("resource", [None, WAREHOUSE])
@pytest.mark.parametrize("scope", ["openid", "openid offline_access", None])
def test_what_is_minted_is_in_token_and_response(
    desk: RelyingParty, person: User, scope: str | None, resource: str | None
) -> None:
    tokens = desk.obtain_tokens(
        person, scope=scope, resource=resource, authorization_details=asking(a_file(), query())
    )

    held = verified(tokens["access_token"])["authorization_details"]
    assert tokens["authorization_details"] == held
    minted = Approval.objects.filter(state=ApprovalState.MINTED)
    assert {detail["approval_id"] for detail in held} == {str(one.pk) for one in minted}
    assert len(minted) == 2


def test_token_for_somebody_else_uses_nothing_up(desk: RelyingParty, person: User) -> None:
    code = desk.obtain_code(person, scope="openid", authorization_details=asking(a_file()))

    tokens = desk.exchange(code, resource=ISSUER).json()

    assert "authorization_details" not in tokens
    assert Approval.objects.get().state == ApprovalState.APPROVED


@pytest.mark.spec("RFC 9396", "2.2")
def test_details_that_take_several_tokens_need_a_refresh_token(
    desk: RelyingParty, person: User
) -> None:
    asked = asking(*APART)

    refused = desk.authorize(scope="openid", authorization_details=asked)
    assert_redirected_error(refused, "invalid_authorization_details")
    assert_oauth_error(
        desk.push(scope="openid", authorization_details=asked), "invalid_authorization_details"
    )

    code = desk.obtain_code(person, scope="openid offline_access", authorization_details=asked)
    first = desk.exchange(code).json()
    second = desk.refresh(first["refresh_token"], resource=LAKE).json()
    assert said(first["authorization_details"]) == [APART[0]]
    assert said(second["authorization_details"]) == [APART[1]]
