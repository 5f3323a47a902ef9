"""What a resource server that validates tokens itself learns, and how soon (docs)."""

import time
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client as Browser

from consent.models import Grant
from foundation.directory.models import User
from foundation.journal import deny_list
from foundation.journal.deny_list import DenyListUnavailableError
from idp.models import RevokedAccessToken
from tests.assertions import assert_bearer_error, assert_inactive, assert_oauth_error
from tests.factories import make_resource_server
from tests.jwt import payload_of
from tests.relying_party import RelyingParty, basic

PATH = "/revocations"
SCOPE = "openid profile email roles offline_access"


@pytest.fixture
def guard(provider: None) -> str:
    """The Authorization header of a resource server."""
    client, secret = make_resource_server()
    return basic(client.client_id, secret or "")


def listed(authorization: str, **headers: str) -> Any:
    return Browser().get(PATH, HTTP_AUTHORIZATION=authorization, **headers)


def is_refused(token: str, document: dict[str, Any]) -> bool:
    """Decide as a guard does."""
    payload = payload_of(token)
    scopes = set(payload["scope"].split())
    return (
        {"jti": payload["jti"]} in document["tokens"]
        or payload["jti"].partition(".")[0] in document["families"]
        or any(
            entry["grant_id"] == payload.get("grant_id")
            and payload["iat"] <= entry["before"]
            and (entry["scopes"] is None or scopes & set(entry["scopes"]))
            for entry in document["grants"]
        )
    )


def press_switch(rp: RelyingParty, scope: str) -> HttpResponse:
    page = rp.browser.get("/account/access/")
    action = f"/account/access/{Grant.objects.get().pk}/take-back/"
    token = rp.browser.cookies[_csrf_cookie(rp)].value
    assert action in page.content.decode()
    response: HttpResponse = rp.browser.post(action, {"scope": scope, "csrfmiddlewaretoken": token})
    return response


def _csrf_cookie(rp: RelyingParty) -> str:
    return next(name for name in rp.browser.cookies if "csrf" in name)


def test_switch_ends_what_a_token_with_the_scope_can_do_everywhere(
    rp: RelyingParty, person: User, guard: str
) -> None:
    tokens = rp.obtain_tokens(person, scope=SCOPE)
    assert not is_refused(tokens["access_token"], listed(guard).json())

    assert press_switch(rp, "email").status_code == 302

    assert is_refused(tokens["access_token"], listed(guard).json())
    assert_bearer_error(rp.userinfo(tokens["access_token"]), "invalid_token", status=401)
    assert_inactive(rp.introspect(tokens["access_token"]))
    refreshed = rp.refresh(tokens["refresh_token"]).json()
    assert refreshed["scope"] == "openid profile roles offline_access"
    assert not is_refused(refreshed["access_token"], listed(guard).json())


def test_leaving_an_application_is_listed(rp: RelyingParty, person: User, guard: str) -> None:
    tokens = rp.obtain_tokens(person, scope=SCOPE)
    page = rp.browser.get(f"/account/access/{Grant.objects.get().pk}/leave/")
    rp.browser.post(
        page.wsgi_request.path, {"csrfmiddlewaretoken": rp.browser.cookies[_csrf_cookie(rp)].value}
    )

    assert is_refused(tokens["access_token"], listed(guard).json())


@pytest.mark.spec("RFC 7009", "2.1")
def test_revoked_access_token_is_listed_alone(rp: RelyingParty, person: User, guard: str) -> None:
    tokens = rp.obtain_tokens(person, scope=SCOPE)
    rp.revoke(tokens["access_token"])
    rp.revoke(tokens["access_token"])
    refreshed = rp.refresh(tokens["refresh_token"]).json()

    document = listed(guard).json()

    assert document["tokens"] == [{"jti": RevokedAccessToken.objects.get().jti}]
    assert is_refused(tokens["access_token"], document)
    assert not is_refused(refreshed["access_token"], document)


@pytest.mark.spec("RFC 7009", "2.1")
def test_revoked_refresh_token_lists_its_family(rp: RelyingParty, person: User, guard: str) -> None:
    tokens = rp.obtain_tokens(person, scope=SCOPE)
    rp.revoke(tokens["refresh_token"])

    assert is_refused(tokens["access_token"], listed(guard).json())


@pytest.mark.spec("RFC 9700", "4.14.2")
@pytest.mark.usefixtures("no_refresh_grace")
def test_stolen_refresh_token_lists_its_family(rp: RelyingParty, person: User, guard: str) -> None:
    tokens = rp.obtain_tokens(person, scope=SCOPE)
    newer = rp.refresh(tokens["refresh_token"]).json()
    rp.refresh(tokens["refresh_token"])

    assert is_refused(newer["access_token"], listed(guard).json())


def test_ended_session_lists_what_was_not_to_outlive_it(
    rp: RelyingParty, person: User, guard: str
) -> None:
    tokens = rp.obtain_tokens(person, scope="openid email")
    rp.logout(id_token_hint=tokens["id_token"])

    assert is_refused(tokens["access_token"], listed(guard).json())


def test_family_without_a_live_token_is_not_listed(
    rp: RelyingParty, person: User, guard: str, clock: Any
) -> None:
    tokens = rp.obtain_tokens(person, scope=SCOPE)
    clock.advance(seconds=301)
    rp.revoke(tokens["refresh_token"])

    assert listed(guard).json()["families"] == []


def test_document_says_when_it_was_made_and_how_long_it_counts(guard: str) -> None:
    response = listed(guard)

    document = response.json()
    assert document["revision"]
    assert abs(document["generated_at"] - time.time()) <= 2
    assert document["max_age"] == 10
    assert response["Cache-Control"] == "private, no-cache"


@pytest.mark.spec("RFC 9110", "13.1.2")
def test_who_has_the_list_is_told_only_that_it_is_the_same(
    rp: RelyingParty, person: User, guard: str
) -> None:
    etag = listed(guard)["ETag"]

    same = listed(guard, HTTP_IF_NONE_MATCH=etag)
    deny_list.deny_token("a")
    other = listed(guard, HTTP_IF_NONE_MATCH=etag)

    assert (same.status_code, same.content) == (304, b"")
    assert other.status_code == 200
    assert other["ETag"] != etag


def test_list_takes_one_statement(guard: str, django_assert_num_queries: Any) -> None:
    listed(guard)

    with django_assert_num_queries(1):
        listed(guard)


def test_nobody_can_tell_is_not_nothing_is_refused(
    guard: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    etag = listed(guard)["ETag"]

    def fail() -> None:
        raise DenyListUnavailableError

    monkeypatch.setattr(deny_list, "current", fail)

    for response in (listed(guard), listed(guard, HTTP_IF_NONE_MATCH=etag)):
        assert_oauth_error(response, "temporarily_unavailable", status=503)
        assert response["Retry-After"] == "1"


@pytest.mark.parametrize("header", ["", "Bearer token", "Basic bm9ib2R5OndpdGg="])
def test_list_is_not_for_anybody(provider: None, header: str) -> None:
    response = Browser().get(PATH, **({"HTTP_AUTHORIZATION": header} if header else {}))

    assert response.status_code in {400, 401}
    assert response.json()["error"] in {"invalid_client", "invalid_request"}


def test_list_is_not_for_relying_parties(rp: RelyingParty) -> None:
    response = listed(basic(rp.client.client_id, rp.secret or ""))

    assert_oauth_error(response, "unauthorized_client")


def test_list_is_only_read(guard: str) -> None:
    assert Browser().post(PATH, HTTP_AUTHORIZATION=guard).status_code == 405
