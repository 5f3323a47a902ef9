"""Where somebody is signed in."""

from datetime import timedelta

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from idp.accounts.browsers import describe
from idp.models import User
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


def test_page_writes_nothing_when_the_session_was_seen_within_the_minute(
    signed_in: Browser,
) -> None:
    with CaptureQueriesContext(connection) as asked:
        signed_in.get(PAGE)

    assert not [query for query in asked if not query["sql"].startswith("SELECT")]


def test_list_says_to_the_minute_when_a_session_was_used(
    signed_in: Browser, elsewhere: Browser
) -> None:
    with time_machine.travel(timezone.now() + timedelta(minutes=5), tick=False):
        elsewhere.get(PAGE)

        session = UserSession.objects.get(session_key=key_of(elsewhere))
        assert session.last_seen_at == timezone.now()


def test_session_that_turns_up_at_another_address_is_listed_there_at_once(
    signed_in: Browser,
) -> None:
    signed_in.get(PAGE, REMOTE_ADDR="192.0.2.7")

    assert UserSession.objects.get(session_key=key_of(signed_in)).ip == "192.0.2.7"
