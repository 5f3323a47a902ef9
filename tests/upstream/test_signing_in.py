"""Signing in with a provider upstream: the way there and back, and everything that may be wrong."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone
from jwcrypto import jwk

from foundation.base.outgoing import Call, OutgoingAnswer
from foundation.directory.models import User
from foundation.directory.sign_in import current_sign_in
from foundation.directory.upstream.models import UpstreamAccount, UpstreamProvider
from idp.upstream.relying_party import fetching
from scopeward_guard.vocabulary import encode_base64url
from tests.accounts.factors.holding import ACCOUNT, SECOND, code_of, has_app, is_signed_in
from tests.people import sign_in
from tests.upstream.elsewhere import (
    BEGIN,
    CLIENT_ID,
    SECRET,
    Elsewhere,
    back,
    leave,
    make_provider,
    new_key,
    signed,
    there_and_back,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def there(elsewhere: Elsewhere, ada: User) -> UpstreamProvider:
    """The provider, with which Ada has connected her account."""
    provider = make_provider(elsewhere)
    UpstreamAccount.objects.create(
        provider=provider, sub=elsewhere.sub, user=ada, connected_at=timezone.now()
    )
    return provider


def level(browser: Browser) -> str:
    found = current_sign_in(browser.get(ACCOUNT).wsgi_request)
    assert found is not None
    return found.acr[-1]


# --- the way there and back -------------------------------------------------------------------


@pytest.mark.spec("OIDC Core", "3.1.2.1")
@pytest.mark.spec("RFC 7636", "4.3")
def test_request_carries_state_nonce_and_a_challenge(
    browser: Browser, elsewhere: Elsewhere, there: UpstreamProvider
) -> None:
    asked = leave(browser, elsewhere)

    assert asked["response_type"] == "code"
    assert asked["client_id"] == CLIENT_ID
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"].endswith("/accounts/upstream/there/callback/")
    assert asked["nonce"] != leave(browser, elsewhere)["nonce"]


def test_sign_in_page_offers_providers_that_are_on(browser: Browser, elsewhere: Elsewhere) -> None:
    make_provider(elsewhere, button="Staff")
    make_provider(elsewhere, "closed", is_on=False)

    page = browser.get("/accounts/login/?next=/accounts/email/").content.decode()

    assert 'value="there"' in page
    assert "Staff" in page
    assert 'value="closed"' not in page


def test_person_who_is_connected_is_signed_in_and_goes_on(
    browser: Browser, elsewhere: Elsewhere, there: UpstreamProvider, ada: User
) -> None:
    answer = there_and_back(browser, elsewhere, next="/accounts/email/")

    assert answer["Location"] == "/accounts/email/"
    assert browser.session["_auth_user_id"] == str(ada.pk)
    assert level(browser) == "1"


def test_next_to_another_site_is_not_followed(
    browser: Browser, elsewhere: Elsewhere, there: UpstreamProvider
) -> None:
    answer = there_and_back(browser, elsewhere, next="https://evil.example/")

    assert answer["Location"] == ACCOUNT


def test_second_factor_is_asked_for_of_who_has_one(
    browser: Browser, elsewhere: Elsewhere, there: UpstreamProvider, ada: User
) -> None:
    secret = has_app(ada)

    answer = there_and_back(browser, elsewhere)

    assert answer["Location"].startswith(SECOND)
    assert not is_signed_in(browser)
    browser.post(SECOND, {"code": code_of(secret)})
    assert level(browser) == "2"


def test_provider_and_password_are_not_two_factors(
    browser: Browser, elsewhere: Elsewhere, there: UpstreamProvider
) -> None:
    sign_in(browser, "ada")
    there_and_back(browser, elsewhere)

    assert level(browser) == "1"


def test_inactive_person_is_not_signed_in(
    browser: Browser, elsewhere: Elsewhere, there: UpstreamProvider, ada: User
) -> None:
    User.objects.filter(pk=ada.pk).update(is_active=False)

    there_and_back(browser, elsewhere)

    assert not is_signed_in(browser)


def test_nothing_of_another_persons_session_remains(
    browser: Browser, elsewhere: Elsewhere, there: UpstreamProvider, ada: User, grace: User
) -> None:
    sign_in(browser, "grace")
    before = browser.session.session_key

    there_and_back(browser, elsewhere)

    assert browser.session["_auth_user_id"] == str(ada.pk)
    assert browser.session.session_key != before


# --- what is wrong with the answer ------------------------------------------------------------


def refused(browser: Browser, answer: Any) -> bool:
    return answer.status_code in {400, 403, 503} and not is_signed_in(browser)


@pytest.mark.spec("OIDC Core", "3.1.3.7")
@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://evil.example"},
        {"iss": "https://elsewhere.example/"},
        {"iss": None},
        {"aud": "another"},
        {"aud": [CLIENT_ID, "another"]},
        {"aud": []},
        {"aud": None},
        {"azp": "another"},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": 1},
        {"exp": None},
        {"exp": "9999999999"},
        {"exp": True},
        {"iat": None},
        {"iat": 1},
        {"iat": 9_999_999_999},
        {"nbf": 9_999_999_999},
        {"at_hash": "another"},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "x" * 256},
        {"sub": "line\nbreak"},
        {"events": {"http://schemas.openid.net/event/backchannel-logout": {}}},
    ],
    ids=str,
)
def test_id_token_that_says_something_wrong_signs_nobody_in(
    browser: Browser, elsewhere: Elsewhere, there: UpstreamProvider, wrong: dict[str, Any]
) -> None:
    elsewhere.wrong = wrong

    assert refused(browser, there_and_back(browser, elsewhere))


def unsigned(_elsewhere: Elsewhere, said: dict[str, Any]) -> str:
    import json

    head = encode_base64url(b'{"alg":"none"}')
    return f"{head}.{encode_base64url(json.dumps(said).encode())}."


def by_the_client_secret(_elsewhere: Elsewhere, said: dict[str, Any]) -> str:
    key = jwk.JWK(kty="oct", k=encode_base64url(SECRET.encode()))
    return signed(said, key, {"alg": "HS256", "kid": "one"})


def by_the_public_key_as_a_secret(elsewhere: Elsewhere, said: dict[str, Any]) -> str:
    key = jwk.JWK(kty="oct", k=encode_base64url(elsewhere.key.export_to_pem()))
    return signed(said, key, {"alg": "HS256", "kid": "one"})


def by_a_key_of_its_own(_elsewhere: Elsewhere, said: dict[str, Any]) -> str:
    key = new_key()
    own = {"alg": "ES256", "kid": "one", "jwk": key.export_public(as_dict=True)}
    return signed(said, key, own)


def by_an_unknown_key(_elsewhere: Elsewhere, said: dict[str, Any]) -> str:
    return signed(said, new_key("two"), {"alg": "ES256", "kid": "two"})


def as_an_access_token(elsewhere: Elsewhere, said: dict[str, Any]) -> str:
    return signed(said, elsewhere.key, {"alg": "ES256", "kid": "one", "typ": "at+jwt"})


def changed(elsewhere: Elsewhere, said: dict[str, Any]) -> str:
    head, _, signature = signed(said, elsewhere.key, {"alg": "ES256", "kid": "one"}).split(".")
    return f"{head}.{encode_base64url(b'{}')}.{signature}"


def no_token(_elsewhere: Elsewhere, _said: dict[str, Any]) -> str:
    return "not a token"


@pytest.mark.spec("RFC 8725", "3.1")
@pytest.mark.parametrize(
    "sign",
    [
        unsigned,
        by_the_client_secret,
        by_the_public_key_as_a_secret,
        by_a_key_of_its_own,
        by_an_unknown_key,
        as_an_access_token,
        changed,
        no_token,
    ],
)
def test_id_token_that_the_provider_did_not_sign_signs_nobody_in(
    browser: Browser, elsewhere: Elsewhere, there: UpstreamProvider, sign: Any
) -> None:
    elsewhere.sign = sign

    assert refused(browser, there_and_back(browser, elsewhere))


@pytest.mark.spec("RFC 9207", "2.4")
@pytest.mark.parametrize("issuer", [None, "https://evil.example", "https://elsewhere.example/"])
def test_answer_of_another_issuer_is_refused_before_its_code_is_used(
    browser: Browser, elsewhere: Elsewhere, there: UpstreamProvider, issuer: str | None
) -> None:
    state = leave(browser, elsewhere)["state"]

    assert refused(browser, back(browser, state, iss=issuer))
    assert elsewhere.asked == []


@pytest.mark.spec("RFC 9700", "4.4")
def test_answer_of_one_provider_is_not_taken_for_another(
    browser: Browser, elsewhere: Elsewhere, there: UpstreamProvider
) -> None:
    make_provider(elsewhere, "evil")
    state = leave(browser, elsewhere)["state"]

    assert refused(browser, back(browser, state, slug="evil"))
    assert elsewhere.asked == []


@pytest.mark.spec("RFC 9700", "4.7")
def test_state_is_good_in_the_browser_it_was_made_in_and_once(
    browser: Browser, elsewhere: Elsewhere, there: UpstreamProvider
) -> None:
    state = leave(browser, elsewhere)["state"]
    cookies = browser.cookies.output(header="", sep=";")
    other = Browser()

    assert refused(other, back(other, state))
    leave(other, elsewhere)
    assert refused(other, back(other, state))
    assert refused(other, back(other, state + "x"))
    assert elsewhere.asked == []
    assert cookies


def test_state_and_its_cookie_are_not_taken_twice(
    browser: Browser, elsewhere: Elsewhere, there: UpstreamProvider
) -> None:
    state = leave(browser, elsewhere)["state"]
    kept = {name: morsel.value for name, morsel in browser.cookies.items()}
    back(browser, state, error="access_denied", code=None)
    asked = len(elsewhere.asked)
    for name, value in kept.items():
        browser.cookies[name] = value

    assert refused(browser, back(browser, state))
    assert len(elsewhere.asked) == asked


def test_state_ends_after_a_while(
    browser: Browser, elsewhere: Elsewhere, there: UpstreamProvider, monkeypatch: Any
) -> None:
    state = leave(browser, elsewhere)["state"]
    later = timezone.now() + timedelta(minutes=11)
    monkeypatch.setattr(timezone, "now", lambda: later)

    assert refused(browser, back(browser, state))
    assert elsewhere.asked == []


def test_sign_in_cannot_be_begun_by_a_page_of_somebody_else(
    elsewhere: Elsewhere, there: UpstreamProvider
) -> None:
    browser = Browser(enforce_csrf_checks=True)

    assert browser.post(BEGIN, {"provider": "there"}).status_code == 403
    assert browser.get(BEGIN).status_code == 405


@pytest.mark.parametrize("given", [{"code": ""}, {"code": None}, {"code": "x" * 5000}])
def test_answer_without_a_code_is_refused(
    browser: Browser, elsewhere: Elsewhere, there: UpstreamProvider, given: dict[str, Any]
) -> None:
    assert refused(browser, back(browser, leave(browser, elsewhere)["state"], **given))


def test_repeated_parameters_are_refused(
    browser: Browser, elsewhere: Elsewhere, there: UpstreamProvider
) -> None:
    state = leave(browser, elsewhere)["state"]

    assert refused(browser, back(browser, state, code=["code", "other"]))


def test_code_that_is_refused_there_signs_nobody_in(
    browser: Browser, elsewhere: Elsewhere, there: UpstreamProvider
) -> None:
    assert refused(browser, back(browser, leave(browser, elsewhere)["state"], code="stolen"))


@pytest.mark.parametrize(
    "answer",
    [{"id_token": None}, {"access_token": None}, {"token_type": "mac"}, {"id_token": ["x"]}],
    ids=str,
)
def test_answer_without_tokens_is_refused(
    browser: Browser, elsewhere: Elsewhere, there: UpstreamProvider, answer: dict[str, Any]
) -> None:
    elsewhere.answer = answer

    assert refused(browser, there_and_back(browser, elsewhere))


@pytest.mark.spec("OIDC Core", "5.3.2")
def test_userinfo_of_somebody_else_is_refused(
    browser: Browser, elsewhere: Elsewhere, ada: User
) -> None:
    elsewhere.metadata = {"userinfo_endpoint": "https://elsewhere.example/userinfo"}
    elsewhere.userinfo = {"sub": "another", "email": "ada@example.com"}
    make_provider(elsewhere, newcomers="everybody")

    assert refused(browser, there_and_back(browser, elsewhere))


@pytest.mark.spec("OIDC Core", "10.1.1")
def test_rotated_key_is_fetched_and_the_old_one_no_longer_taken(
    browser: Browser, elsewhere: Elsewhere, there: UpstreamProvider, monkeypatch: Any
) -> None:
    there_and_back(browser, elsewhere)
    old, elsewhere.key = elsewhere.key, new_key("two")
    later = timezone.now() + timedelta(minutes=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    rotated = Browser()

    there_and_back(rotated, elsewhere)

    assert is_signed_in(rotated)
    elsewhere.published, elsewhere.key = elsewhere.key, old
    another = Browser()
    assert refused(another, there_and_back(another, elsewhere))


# --- a provider that does not answer, or too much ---------------------------------------------


def test_provider_that_is_away_leaves_signing_in_here_and_says_so(
    browser: Browser, elsewhere: Elsewhere, there: UpstreamProvider
) -> None:
    elsewhere.is_away = True

    answer = there_and_back(browser, elsewhere, next="/accounts/email/")

    assert answer.status_code == 503
    assert "does not answer" in answer.content.decode()
    assert "/accounts/login/?next=%2Faccounts%2Femail%2F" in answer.content.decode()
    assert is_signed_in(sign_in(browser, "ada"))


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (302, b""),
        (200, b"<html>"),
        (200, b"[]"),
        (200, b'{"access_token":"a","access_token":"b"}'),
        (500, b"{}"),
    ],
)
def test_answer_that_is_no_json_object_is_refused(
    browser: Browser,
    elsewhere: Elsewhere,
    there: UpstreamProvider,
    monkeypatch: Any,
    status: int,
    body: bytes,
) -> None:
    state = leave(browser, elsewhere)["state"]
    monkeypatch.setattr(fetching, "call", lambda *_: OutgoingAnswer(status, body))

    assert refused(browser, back(browser, state))


def test_fetching_is_bounded_and_goes_the_one_way_out(elsewhere: Elsewhere) -> None:
    fetching.fetch("https://elsewhere.example/jwks")

    what: Call = elsewhere.asked[0]
    assert 0 < what.largest_answer <= 256 * 1024
