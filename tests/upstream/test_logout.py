"""Signed out there, signed out here: logout tokens, and everything that may be wrong with one."""

import secrets
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client as Browser
from django.utils import timezone

from foundation.directory.models import User
from foundation.directory.upstream.models import UpstreamAccount, UpstreamProvider, UpstreamSession
from foundation.journal.models import Act, Kind
from idp.upstream.logging_out import clear_expired
from idp.upstream.relying_party import keys
from tests.accounts.factors.holding import SECOND, code_of, has_app, is_signed_in
from tests.people import sign_in
from tests.relying_party import RelyingParty
from tests.upstream.elsewhere import (
    BEGIN,
    CLIENT_ID,
    ISSUER,
    Elsewhere,
    make_provider,
    new_key,
    signed,
    there_and_back,
)

pytestmark = pytest.mark.django_db
LOGOUT = f"{BEGIN}there/logout/"
EVENT = "http://schemas.openid.net/event/backchannel-logout"


@pytest.fixture
def there(elsewhere: Elsewhere, ada: User) -> UpstreamProvider:
    """The provider, with which Ada has connected her account."""
    provider = make_provider(elsewhere)
    UpstreamAccount.objects.create(
        provider=provider, sub=elsewhere.sub, user=ada, connected_at=timezone.now()
    )
    return provider


def token(elsewhere: Elsewhere, header: dict[str, Any] | None = None, **claims: Any) -> str:
    now = int(timezone.now().timestamp())
    said: dict[str, Any] = {
        "iss": ISSUER,
        "aud": CLIENT_ID,
        "iat": now,
        "exp": now + 120,
        "jti": secrets.token_urlsafe(8),
        "sub": elsewhere.sub,
        "sid": "one",
        "events": {EVENT: {}},
        **claims,
    }
    said = {name: value for name, value in said.items() if value is not None}
    head = {"alg": "ES256", "kid": elsewhere.key["kid"], "typ": "logout+jwt", **(header or {})}
    return signed(said, elsewhere.key, head)


def send(given: str, path: str = LOGOUT) -> HttpResponse:
    answer: HttpResponse = Browser(enforce_csrf_checks=True).post(path, {"logout_token": given})
    return answer


def browser_in(elsewhere: Elsewhere, sid: str | None = "one") -> Browser:
    """Sign in there, in a session of this `sid`."""
    browser = Browser()
    elsewhere.claims = {"sid": sid} if sid else {}
    there_and_back(browser, elsewhere)
    return browser


# --- what ends --------------------------------------------------------------------------------


@pytest.mark.spec("OIDC Back-Channel Logout", "2.7")
@pytest.mark.parametrize(
    ("claims", "ends"),
    [
        ({}, (True, False)),
        ({"sub": None}, (True, False)),
        ({"sid": None}, (True, True)),
        ({"sid": "other"}, (False, True)),
        ({"sid": "unknown"}, (False, False)),
        ({"sub": "sub-of-grace", "sid": None}, (False, False)),
        ({"sub": "sub-of-grace"}, (False, False)),
    ],
    ids=str,
)
@pytest.mark.both_databases
def test_session_that_was_named_ends_and_no_other(
    elsewhere: Elsewhere, there: UpstreamProvider, claims: Any, ends: tuple[bool, bool]
) -> None:
    one, other = browser_in(elsewhere), browser_in(elsewhere, "other")
    here = Browser()
    sign_in(here, "ada")

    answer = send(token(elsewhere, **claims))

    assert (answer.status_code, answer.content) == (200, b"")
    assert "no-store" in answer["Cache-Control"]
    assert (not is_signed_in(one), not is_signed_in(other)) == ends
    assert is_signed_in(here)
    recorded = Act.objects.filter(kind=Kind.SESSION_ENDED, detail__provider="there")
    assert recorded.exists() == any(ends)


def test_session_without_sid_ends_with_the_account(
    elsewhere: Elsewhere, there: UpstreamProvider
) -> None:
    browser = browser_in(elsewhere, None)

    send(token(elsewhere, sid=None))

    assert not is_signed_in(browser)


def test_account_of_somebody_else_there_stays_signed_in(
    elsewhere: Elsewhere, there: UpstreamProvider, grace: User
) -> None:
    UpstreamAccount.objects.create(
        provider=there, sub="sub-of-grace", user=grace, connected_at=timezone.now()
    )
    mine, elsewhere.sub = browser_in(elsewhere), "sub-of-grace"
    hers = browser_in(elsewhere, "hers")

    send(token(elsewhere, sid=None))

    assert not is_signed_in(hers)
    assert is_signed_in(mine)


def test_sid_of_another_provider_is_another_session(
    elsewhere: Elsewhere, there: UpstreamProvider
) -> None:
    browser = browser_in(elsewhere)
    make_provider(elsewhere, "second")

    assert send(token(elsewhere, sub=None), f"{BEGIN}second/logout/").status_code == 200
    assert is_signed_in(browser)


def test_sign_in_that_waits_for_its_second_factor_ends_too(
    elsewhere: Elsewhere, there: UpstreamProvider, ada: User
) -> None:
    secret = has_app(ada)
    browser = browser_in(elsewhere)

    send(token(elsewhere))
    browser.post(SECOND, {"code": code_of(secret)})

    assert not is_signed_in(browser)


@pytest.mark.spec("OIDC Back-Channel Logout", "2.7")
def test_tokens_of_the_session_end_as_with_signing_out_and_offline_access_stays(
    rp: RelyingParty, elsewhere: Elsewhere, there: UpstreamProvider, ada: User, provider: None
) -> None:
    rp.browser = Browser()
    elsewhere.claims = {"sid": "one"}
    there_and_back(rp.browser, elsewhere)
    online = rp.obtain_tokens(ada, scope="openid profile")
    offline = rp.obtain_tokens(ada, scope="openid profile offline_access", prompt="consent")

    send(token(elsewhere))

    assert not rp.introspect(online["access_token"]).json()["active"]
    assert rp.refresh(offline["refresh_token"]).status_code == 200


def test_provider_that_is_off_still_signs_out(
    elsewhere: Elsewhere, there: UpstreamProvider
) -> None:
    browser = browser_in(elsewhere)
    UpstreamProvider.objects.update(is_on=False)

    assert send(token(elsewhere)).status_code == 200
    assert not is_signed_in(browser)


# --- what is wrong ----------------------------------------------------------------------------


@pytest.mark.spec("OIDC Back-Channel Logout", "2.6")
@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://evil.example"},
        {"iss": None},
        {"aud": "another"},
        {"aud": [CLIENT_ID, "another"]},
        {"aud": None},
        {"exp": 1},
        {"exp": None},
        {"iat": 1},
        {"iat": None},
        {"nonce": "n"},
        {"nonce": ""},
        {"events": None},
        {"events": {}},
        {"events": {EVENT: True}},
        {"events": [EVENT]},
        {"events": {"https://evil.example": {}}},
        {"sub": None, "sid": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": ["sub-of-ada"]},
        {"sid": ""},
        {"sid": "x" * 256},
        {"sid": {"one": 1}},
        {"jti": None},
        {"jti": ""},
        {"jti": 7},
        {"jti": "x" * 256},
    ],
    ids=lambda wrong: str(wrong)[:40],
)
def test_token_with_something_wrong_ends_nothing(
    elsewhere: Elsewhere, there: UpstreamProvider, wrong: dict[str, Any]
) -> None:
    browser = browser_in(elsewhere)

    answer = send(token(elsewhere, **wrong))

    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_request"})
    assert is_signed_in(browser)


@pytest.mark.parametrize("header", [{"typ": "at+jwt"}, {"kid": "unknown"}], ids=str)
def test_token_with_another_header_ends_nothing(
    elsewhere: Elsewhere, there: UpstreamProvider, header: dict[str, Any]
) -> None:
    browser = browser_in(elsewhere)

    assert send(token(elsewhere, header)).status_code == 400
    assert is_signed_in(browser)


@pytest.mark.parametrize("given", ["", "a.b.c", "x" * 20000, "eyJhbGciOiJub25lIn0.e30."])
def test_what_is_no_token_ends_nothing(
    elsewhere: Elsewhere, there: UpstreamProvider, given: str
) -> None:
    assert send(given).status_code == 400


def test_token_signed_by_somebody_else_ends_nothing(
    elsewhere: Elsewhere, there: UpstreamProvider
) -> None:
    browser = browser_in(elsewhere)
    elsewhere.published, elsewhere.key = elsewhere.key, new_key()

    assert send(token(elsewhere)).status_code == 400
    assert is_signed_in(browser)


def test_id_token_is_no_logout_token_and_the_other_way_round(
    elsewhere: Elsewhere, there: UpstreamProvider
) -> None:
    browser = browser_in(elsewhere)
    elsewhere.wrong = {"nonce": None, "sid": "one", "jti": "j"}
    assert send(elsewhere.id_token()).status_code == 400
    elsewhere.wrong = {"events": {EVENT: {}}}

    assert there_and_back(Browser(), elsewhere).status_code == 400
    assert is_signed_in(browser)


@pytest.mark.spec("OIDC Back-Channel Logout", "2.6")
def test_token_is_taken_once(elsewhere: Elsewhere, there: UpstreamProvider) -> None:
    given = token(elsewhere)
    assert send(given).status_code == 200
    browser = browser_in(elsewhere)

    assert send(given).status_code == 400
    assert is_signed_in(browser)


def test_token_is_good_still_when_the_keys_could_not_be_fetched(
    elsewhere: Elsewhere, there: UpstreamProvider
) -> None:
    browser, given = browser_in(elsewhere), token(elsewhere)
    keys.forget()
    elsewhere.is_away = True
    assert send(given).status_code == 503
    elsewhere.is_away = False

    assert send(given).status_code == 200
    assert not is_signed_in(browser)


def test_only_a_form_that_is_posted_is_taken(elsewhere: Elsewhere, there: UpstreamProvider) -> None:
    browser = browser_in(elsewhere)

    assert browser.get(LOGOUT, {"logout_token": token(elsewhere)}).status_code == 405
    assert send(token(elsewhere), f"{BEGIN}nobody/logout/").status_code == 404
    assert is_signed_in(browser)


def test_sessions_that_are_long_over_are_forgotten(
    elsewhere: Elsewhere, there: UpstreamProvider
) -> None:
    browser_in(elsewhere)
    now = timezone.now()

    assert clear_expired(now) == 0
    assert clear_expired(now.replace(year=now.year + 1)) == 1
    assert not UpstreamSession.objects.exists()


def test_address_to_register_is_shown(elsewhere: Elsewhere, there: UpstreamProvider) -> None:
    root = User.objects.create_superuser("root", "root@example.com", "x")
    browser = Browser()
    browser.force_login(root, backend="idp.accounts.auth_backend.AuthenticationBackend")

    page = browser.get(f"/admin/upstream/upstreamprovider/{there.pk}/change/").content.decode()

    assert LOGOUT in page


def test_coming_back_is_counted(elsewhere: Elsewhere, there: UpstreamProvider) -> None:
    browser = Browser()
    answers = {browser.get(f"{BEGIN}there/callback/?state=x").status_code for _ in range(61)}

    assert answers == {400, 429}
