"""Whoever reads the database has no session by it; whoever has one cookie of two, neither."""

import json
from collections.abc import Callable

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as DjangosSessions
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from foundation.base.keys.secret_texts import seal_text
from foundation.directory.models import User
from foundation.directory.risk.device_cookie import cookie_name
from foundation.journal.models import Act, Kind
from idp.accounts.browser_sessions.store import SessionStore, name_of
from tests.people import sign_in

PAGE = "/accounts/"
pytestmark = pytest.mark.both_databases


def with_cookie(value: str, browser: Browser | None = None) -> Browser:
    """A browser with this session cookie, and with all other cookies of the one that is given."""
    other = Browser()
    for name, morsel in browser.cookies.items() if browser is not None else ():
        other.cookies[name] = morsel.value
    other.cookies[settings.SESSION_COOKIE_NAME] = value
    return other


def cookie_of(browser: Browser) -> str:
    return browser.cookies[settings.SESSION_COOKIE_NAME].value


def test_name_in_both_tables_is_the_same_and_not_the_cookie(signed_in: Browser) -> None:
    name = Session.objects.get().session_key

    assert UserSession.objects.get().session_key == name == name_of(cookie_of(signed_in))
    assert cookie_of(signed_in) not in name


COLUMNS: dict[str, Callable[[], str]] = {
    "key of the session": lambda: Session.objects.get().session_key,
    "key in the list": lambda: UserSession.objects.get().session_key,
    "contents": lambda: Session.objects.get().session_data,
    "start of the contents": lambda: Session.objects.get().session_data[:43],
}


@pytest.mark.parametrize("column", COLUMNS)
def test_what_the_tables_hold_opens_nothing(signed_in: Browser, column: str) -> None:
    with_stored = with_cookie(COLUMNS[column](), signed_in)

    assert with_stored.get(PAGE).status_code == 302
    assert signed_in.get(PAGE).status_code == 200


@pytest.mark.parametrize("cookie", ["", "x", "x" * 42, "x" * 43, "x" * 44, "ä" * 43, "x" * 5000])
def test_cookie_that_was_not_made_here_is_nobody(ada: User, cookie: str) -> None:
    assert with_cookie(cookie).get(PAGE).status_code == 302
    assert not Session.objects.filter(session_key=cookie[:40]).exists()


def test_contents_are_not_readable(signed_in: Browser, ada: User) -> None:
    row = Session.objects.get()

    assert DjangosSessions().decode(row.session_data) == {}
    assert SessionStore(row.session_key)["_auth_user_id"] == str(ada.pk)


def test_contents_belong_to_one_row(signed_in: Browser, ada: User, grace: User) -> None:
    hers = sign_in(Browser(), "grace")
    row = Session.objects.get(session_key=name_of(cookie_of(signed_in)))
    Session.objects.filter(session_key=name_of(cookie_of(hers))).update(
        session_data=row.session_data
    )

    assert hers.get(PAGE).status_code == 302


@pytest.mark.parametrize("contents", ["", "x", "a.b.c.d.e"])
def test_contents_that_were_not_written_here_are_no_session(
    signed_in: Browser, contents: str
) -> None:
    Session.objects.update(session_data=contents)

    assert signed_in.get(PAGE).status_code == 302


@pytest.mark.parametrize("name", ["", "another"])
def test_sealed_contents_of_another_name_are_no_session(
    signed_in: Browser, ada: User, name: str
) -> None:
    contents = SessionStore(Session.objects.get().session_key).load()
    Session.objects.update(session_data=seal_text(json.dumps([name, contents])))

    assert signed_in.get(PAGE).status_code == 302


def test_page_reads_the_session_with_one_statement(signed_in: Browser) -> None:
    signed_in.get(PAGE)

    with CaptureQueriesContext(connection) as captured:
        signed_in.get(PAGE)

    assert sum("django_session" in query["sql"] for query in captured) == 1


def test_new_key_leaves_no_row_of_the_old_one(browser: Browser, ada: User) -> None:
    session = browser.session
    session["planted"] = True
    session.save()

    sign_in(browser, "ada")

    assert Session.objects.get().session_key == name_of(cookie_of(browser)) != session.session_key


def test_session_without_the_browser_it_began_in_ends(signed_in: Browser, ada: User) -> None:
    thief = with_cookie(cookie_of(signed_in))

    answer = thief.get(PAGE)

    assert answer.status_code == 403
    assert "did not come from the browser in which it began" in answer.content.decode()
    assert signed_in.get(PAGE).status_code == 302
    act = Act.objects.get(kind=Kind.SESSION_ENDED)
    assert (act.actor, act.detail) == ("system", {"left_its_browser": True})
    assert not UserSession.objects.filter(user=ada).exclude(session_key="").count() > 1


@pytest.mark.parametrize("device", ["", "x", "x:y:z", "x" * 300])
def test_invented_device_is_not_the_browser(signed_in: Browser, device: str) -> None:
    signed_in.cookies[cookie_name()] = device

    assert signed_in.get(PAGE).status_code == 403


def test_device_of_another_person_is_not_the_browser(signed_in: Browser, grace: User) -> None:
    hers = sign_in(Browser(), "grace")
    hers.cookies[settings.SESSION_COOKIE_NAME] = cookie_of(signed_in)

    assert hers.get(PAGE).status_code == 403


def test_browser_goes_on_at_another_address_and_after_an_update(signed_in: Browser) -> None:
    signed_in.defaults |= {"REMOTE_ADDR": "198.51.100.7", "HTTP_USER_AGENT": "Firefox/141.0"}

    assert signed_in.get(PAGE).status_code == 200


def test_next_person_in_the_same_browser_is_bound_to_it_too(
    signed_in: Browser, grace: User
) -> None:
    sign_in(signed_in, "grace")

    assert signed_in.get(PAGE).status_code == 200
    assert with_cookie(cookie_of(signed_in)).get(PAGE).status_code == 403
