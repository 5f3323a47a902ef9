"""However a session ends, what it gave to applications ends with it (OIDC Core §11 aside)."""

from collections.abc import Callable

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client as Browser

from idp.models import User
from tests.relying_party import PASSWORD, RelyingParty

ONLINE = "openid email"


def sign_out_here(browser: Browser) -> None:
    browser.post("/accounts/logout/")


def switch_account(browser: Browser) -> None:
    browser.post("/accounts/switch/")


def sign_in_as_another(browser: Browser) -> None:
    browser.post("/accounts/login/", {"login": "grace", "password": PASSWORD})


def end_it_from_elsewhere(browser: Browser) -> None:
    elsewhere = Browser()
    elsewhere.post("/accounts/login/", {"login": "ada", "password": PASSWORD})
    session = UserSession.objects.get(session_key=browser.session.session_key)
    elsewhere.post("/accounts/sessions/", {"session": session.pk})


def end_all_others_from_elsewhere(browser: Browser) -> None:
    elsewhere = Browser()
    elsewhere.post("/accounts/login/", {"login": "ada", "password": PASSWORD})
    elsewhere.post("/accounts/sessions/")


WAYS_OUT = [
    sign_out_here,
    switch_account,
    sign_in_as_another,
    end_it_from_elsewhere,
    end_all_others_from_elsewhere,
]


@pytest.fixture
def plain_rp(rp: RelyingParty) -> RelyingParty:
    """A relying party whose browser sends forms without their CSRF tokens."""
    rp.browser = Browser()
    return rp


@pytest.mark.parametrize("leave", WAYS_OUT)
def test_tokens_end_with_the_session(
    plain_rp: RelyingParty, person: User, other_person: User, leave: Callable[[Browser], None]
) -> None:
    tokens = plain_rp.obtain_tokens(person, scope=ONLINE)
    assert plain_rp.userinfo(tokens["access_token"]).status_code == 200

    leave(plain_rp.browser)

    assert plain_rp.userinfo(tokens["access_token"]).status_code == 401


@pytest.mark.spec("OIDC Core", "11")
@pytest.mark.parametrize("leave", WAYS_OUT)
def test_offline_access_outlives_the_session(
    plain_rp: RelyingParty, person: User, other_person: User, leave: Callable[[Browser], None]
) -> None:
    tokens = plain_rp.obtain_tokens(person)

    leave(plain_rp.browser)

    assert plain_rp.refresh(tokens["refresh_token"]).status_code == 200
