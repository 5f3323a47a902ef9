"""Choosing a new password, with and without the old one."""

import re
from typing import Any

import pytest
from django.conf import settings as settings_as_they_come
from django.core import mail
from django.test import Client as Browser

from foundation.base import conf
from foundation.directory.models import User
from tests.people import PASSWORD

RESET = "/accounts/password/reset/"
CHANGE = "/accounts/password/change/"
NEW = "another-long-password"
rate_limits_as_they_come = settings_as_they_come.ACCOUNT_RATE_LIMITS


def link_in(message: mail.EmailMessage) -> str:
    found = re.search(r"http://[^/\s]+(/accounts/password/reset/key/\S+)", message.body)
    assert found is not None
    return found.group(1)


def open_link(browser: Browser, link: str) -> str:
    """Follow the link to the page without the secret in its address; return that address."""
    response = browser.get(link, follow=True)
    return response.redirect_chain[-1][0]


def test_reset_answers_the_same_whether_or_not_the_address_is_known(
    browser: Browser, ada: User
) -> None:
    answers = [
        browser.post(RESET, {"email": address}, follow=True)
        for address in ("ada@example.com", "nobody@example.com")
    ]

    assert answers[0].redirect_chain == answers[1].redirect_chain
    pages = [re.sub(r'value="\w{64}"', "", a.content.decode()) for a in answers]
    assert pages[0] == pages[1]
    assert [message.to for message in mail.outbox] == [["ada@example.com"], ["nobody@example.com"]]


@pytest.mark.parametrize("address", ["ada@example.com", "nobody@example.com"])
def test_nobody_has_an_address_written_to_again_and_again(
    browser: Browser, ada: User, address: str, settings: Any
) -> None:
    settings.ACCOUNT_RATE_LIMITS = rate_limits_as_they_come
    for spelling in (address, address.upper(), address, address, address):
        browser.post(RESET, {"email": spelling})

    assert len(mail.outbox) == 3


@pytest.mark.parametrize("host", ["localhost:6666", "127.0.0.1:8110", "localhost"])
def test_links_lead_to_the_issuer_whatever_the_request_named(
    browser: Browser, ada: User, host: str
) -> None:
    browser.post(RESET, {"email": "ada@example.com"}, HTTP_HOST=host)

    issuer = conf.current().issuer
    assert f"{issuer}/accounts/password/reset/key/" in mail.outbox[0].body
    assert set(re.findall(r"https?://[^/\s]+", mail.outbox[0].body)) == {issuer}
    assert "6666" not in mail.outbox[0].body
    assert "8110" not in mail.outbox[0].body


def test_unknown_address_is_sent_no_link(browser: Browser, db: None) -> None:
    browser.post(RESET, {"email": "nobody@example.com"})

    assert "http" not in mail.outbox[0].body
    assert mail.outbox[0].subject == "No account with this address"


def test_link_sets_a_new_password(browser: Browser, ada: User) -> None:
    browser.post(RESET, {"email": "ada@example.com"})
    page = open_link(browser, link_in(mail.outbox[0]))

    browser.post(page, {"password1": NEW, "password2": NEW})

    ada.refresh_from_db()
    assert ada.check_password(NEW)


def test_link_works_once(browser: Browser, ada: User) -> None:
    browser.post(RESET, {"email": "ada@example.com"})
    link = link_in(mail.outbox[0])
    browser.post(open_link(browser, link), {"password1": NEW, "password2": NEW})

    response = Browser().get(link)

    assert "This link no longer works" in response.content.decode()


def test_invented_link_does_not_work(browser: Browser, ada: User) -> None:
    response = browser.get(f"/accounts/password/reset/key/{ada.pk.hex}-abc-123456/")

    assert "This link no longer works" in response.content.decode()


def test_inactive_person_gets_no_link(browser: Browser, ada: User) -> None:
    ada.is_active = False
    ada.save()

    browser.post(RESET, {"email": "ada@example.com"})

    assert all("http" not in message.body for message in mail.outbox)


def test_new_password_ends_every_other_session(browser: Browser, signed_in: Browser) -> None:
    other = Browser()
    other.post("/accounts/login/", {"login": "ada", "password": PASSWORD})

    signed_in.post(CHANGE, {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})

    assert signed_in.get("/accounts/").status_code == 200
    assert other.get("/accounts/").status_code == 302


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"oldpassword": "wrong", "password1": NEW, "password2": NEW}, "oldpassword"),
        ({"oldpassword": PASSWORD, "password1": NEW, "password2": "different"}, "password2"),
        ({"oldpassword": PASSWORD, "password1": "short", "password2": "short"}, "password1"),
        ({"oldpassword": PASSWORD, "password1": "ada@example", "password2": "x"}, "password1"),
        ({"oldpassword": PASSWORD, "password1": "password1", "password2": "x"}, "password1"),
        ({"oldpassword": PASSWORD, "password1": "4738291056", "password2": "x"}, "password1"),
    ],
)
def test_bad_change_is_refused(signed_in: Browser, ada: User, form: dict, field: str) -> None:
    response = signed_in.post(CHANGE, form)

    assert field in response.context["form"].errors
    ada.refresh_from_db()
    assert ada.check_password(PASSWORD)


def test_person_is_told_about_the_change(signed_in: Browser) -> None:
    signed_in.post(CHANGE, {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})

    assert [message.subject for message in mail.outbox] == ["Your password was changed"]
    assert "127.0.0.1" in mail.outbox[0].body


def test_page_is_the_same_when_the_mail_server_is_down(
    browser: Browser, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(mail.EmailMessage, "send", fail)

    response = browser.post(RESET, {"email": "ada@example.com"})

    assert response["Location"] == "/accounts/password/reset/done/"
