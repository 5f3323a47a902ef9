"""However a session ends, what it gave to applications ends with it (OIDC Core §11 aside)."""

import re
from collections.abc import Callable
from io import StringIO
from unittest.mock import patch

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth.management.commands import changepassword
from django.core import mail
from django.core.management import call_command
from django.test import Client as Browser

from foundation.directory.models import User
from tests.relying_party import PASSWORD, RelyingParty

ONLINE = "openid email"
NEW = "battery-staple-horse-9"


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


def sign_out_of_the_administration(browser: Browser) -> None:
    User.objects.filter(username="ada").update(is_staff=True)
    browser.post("/admin/logout/")


def change_the_password_elsewhere(browser: Browser) -> None:
    elsewhere = Browser()
    elsewhere.post("/accounts/login/", {"login": "ada", "password": PASSWORD})
    form = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    elsewhere.post("/accounts/password/change/", form)


def reset_the_password(browser: Browser) -> None:
    elsewhere = Browser()
    elsewhere.post("/accounts/password/reset/", {"email": "ada@example.org"})
    link = re.search(r"/accounts/password/reset/key/\S+", str(mail.outbox[-1].body))
    assert link is not None
    page = elsewhere.get(link.group(), follow=True).redirect_chain[-1][0]
    elsewhere.post(page, {"password1": NEW, "password2": NEW})


def set_it_on_the_command_line(browser: Browser) -> None:
    with patch.object(changepassword.Command, "_get_pass", return_value=NEW):
        call_command("changepassword", "ada", stdout=StringIO())


WAYS_OUT = [
    sign_out_here,
    sign_out_of_the_administration,
    switch_account,
    sign_in_as_another,
    end_it_from_elsewhere,
    end_all_others_from_elsewhere,
]
NEW_PASSWORDS = [
    change_the_password_elsewhere,
    reset_the_password,
    set_it_on_the_command_line,
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


@pytest.mark.parametrize("renew", NEW_PASSWORDS)
def test_a_new_password_ends_all_that_the_old_one_may_have_opened(
    plain_rp: RelyingParty, person: User, renew: Callable[[Browser], None]
) -> None:
    """Offline access too: whoever knew the password may have asked for it."""
    tokens = plain_rp.obtain_tokens(person)

    renew(plain_rp.browser)

    assert not User.objects.get(pk=person.pk).check_password(PASSWORD)
    assert plain_rp.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert not UserSession.objects.filter(session_key=plain_rp.browser.session.session_key)


def test_changing_the_password_here_keeps_what_this_session_gave(
    plain_rp: RelyingParty, person: User
) -> None:
    tokens = plain_rp.obtain_tokens(person)

    form = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    plain_rp.browser.post("/accounts/password/change/", form)

    assert User.objects.get(pk=person.pk).check_password(NEW)
    assert plain_rp.refresh(tokens["refresh_token"]).status_code == 200
