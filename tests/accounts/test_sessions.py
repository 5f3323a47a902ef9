"""Where somebody is signed in."""

import time

import pytest
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from foundation.directory.models import User
from idp.accounts.browser_sessions.middleware import LISTED_FOR
from idp.accounts.browsers import describe
from tests.people import PASSWORD

PAGE = "/accounts/sessions/"


@pytest.fixture
def elsewhere(signed_in: Browser) -> Browser:
    """Another browser in which Ada is signed in, too."""
    other = Browser(headers={"user-agent": "Mozilla/5.0 (X11; Linux) Gecko Firefox/140.0"})
    other.post("/accounts/login/", {"login": "ada", "password": PASSWORD})
    return other


def key_of(browser: Browser) -> str:
    return browser.session.session_key or ""


def test_sessions_are_listed_by_their_browser(signed_in: Browser, elsewhere: Browser) -> None:
    page = signed_in.get(PAGE).content.decode()

    assert "Firefox on Linux" in page
    assert "This device" in page


def test_list_is_not_written_at_every_page(signed_in: Browser) -> None:
    signed_in.get(PAGE)
    before = UserSession.objects.get()

    with CaptureQueriesContext(connection) as captured:
        signed_in.get(PAGE)

    assert not any("UPDATE" in query["sql"] for query in captured)
    assert UserSession.objects.get().last_seen_at == before.last_seen_at


def test_another_address_is_listed_at_once(signed_in: Browser) -> None:
    signed_in.get(PAGE)

    signed_in.get(PAGE, REMOTE_ADDR="192.0.2.7")

    assert UserSession.objects.get().ip == "192.0.2.7"


def test_session_is_seen_again_after_a_while(
    signed_in: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_in.get(PAGE)
    before = UserSession.objects.get().last_seen_at
    late = time.time() + LISTED_FOR + 1
    monkeypatch.setattr("django.core.cache.backends.locmem.time.time", lambda: late)

    signed_in.get(PAGE)

    assert UserSession.objects.get().last_seen_at > before


def test_one_session_is_ended(signed_in: Browser, elsewhere: Browser) -> None:
    session = UserSession.objects.get(session_key=key_of(elsewhere))

    signed_in.post(PAGE, {"session": session.pk})

    assert elsewhere.get(PAGE).status_code == 302
    assert signed_in.get(PAGE).status_code == 200


def test_all_others_are_ended(signed_in: Browser, elsewhere: Browser) -> None:
    signed_in.post(PAGE)

    assert elsewhere.get(PAGE).status_code == 302
    assert signed_in.get(PAGE).status_code == 200


def test_session_of_somebody_else_is_left_alone(signed_in: Browser, grace: User) -> None:
    hers = Browser()
    hers.post("/accounts/login/", {"login": "grace", "password": PASSWORD})
    session = UserSession.objects.get(session_key=key_of(hers))

    signed_in.post(PAGE, {"session": session.pk})

    assert hers.get(PAGE).status_code == 200


@pytest.mark.parametrize("nonsense", ["x", "-1", "999999", "²", "9" * 40])
def test_nonsense_ends_nothing(signed_in: Browser, elsewhere: Browser, nonsense: str) -> None:
    response = signed_in.post(PAGE, {"session": nonsense})

    assert response.status_code == 302
    assert elsewhere.get(PAGE).status_code == 200


def test_sign_out_is_a_post(signed_in: Browser) -> None:
    assert signed_in.get("/accounts/logout/").status_code == 200
    assert "_auth_user_id" in signed_in.session

    signed_in.post("/accounts/logout/")

    assert "_auth_user_id" not in signed_in.session


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36", "Chrome on Linux"),
        ("Mozilla/5.0 (iPhone; like Mac OS X) Version/18 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile", "Chrome on Android"),
        ("curl/8.0", "Unknown browser"),
        ("", "Unknown browser"),
    ],
)
def test_browser_is_named_in_words(user_agent: str, words: str) -> None:
    assert describe(user_agent) == words


def test_session_that_turns_up_at_another_address_is_listed_there_at_once(
    signed_in: Browser,
) -> None:
    signed_in.get(PAGE, REMOTE_ADDR="192.0.2.7")

    assert UserSession.objects.get(session_key=key_of(signed_in)).ip == "192.0.2.7"
