"""Browsers in places, and the rules that decide about them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client as Browser

from foundation.directory.models import RiskThreshold, RiskWeight, SignInRecord, User
from foundation.directory.risk.rules import install_defaults
from tests.relying_party import PASSWORD, RelyingParty

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"
HOME, AWAY, FAR = "192.0.2.7", "198.51.100.7", "203.0.113.7"
LOGIN, REAUTHENTICATE, ACCOUNT = "/accounts/login/", "/accounts/reauthenticate/", "/accounts/"


@pytest.fixture
def defaults(provider: None) -> None:
    """The rows of a new installation, also after a test that emptied the tables."""
    install_defaults()


@pytest.fixture
def ada(defaults: None, person: User) -> User:
    return person


def browser_at(address: str = HOME, user_agent: str = FIREFOX) -> Browser:
    """Return a browser without cookies that comes from an address."""
    return Browser(REMOTE_ADDR=address, HTTP_USER_AGENT=user_agent)


def move(browser: Browser, address: str | None = None, user_agent: str | None = None) -> Browser:
    """Carry a browser with its cookies elsewhere, or its cookies into another one."""
    if address is not None:
        browser.defaults["REMOTE_ADDR"] = address
    if user_agent is not None:
        browser.defaults["HTTP_USER_AGENT"] = user_agent
    return browser


def sign_in(browser: Browser, person: User, password: str = PASSWORD) -> Any:
    return browser.post(LOGIN, {"login": person.username, "password": password})


def reauthenticate(browser: Browser) -> Any:
    return browser.post(REAUTHENTICATE, {"password": PASSWORD})


def signed_in(person: User, address: str = HOME, user_agent: str = FIREFOX) -> Browser:
    browser = browser_at(address, user_agent)
    sign_in(browser, person)
    return browser


def is_signed_in(browser: Browser) -> bool:
    return browser.get(ACCOUNT).status_code == 200


def last(person: User) -> SignInRecord:
    """Return the newest assessment."""
    return SignInRecord.objects.filter(user=person).latest("pk")


def points(record: SignInRecord) -> dict[str, int | None]:
    """Return how far each part applied."""
    return {name: found for name, found, _facts, _weight in record.parts}


def set_threshold(effect: str, score: int, *, is_on: bool = True) -> None:
    row = RiskThreshold.objects.get(effect=effect)
    row.score, row.is_on = score, is_on
    row.save()


def set_weight(part: str, weight: int, *, is_on: bool = True) -> None:
    row = RiskWeight.objects.get(part=part)
    row.weight, row.is_on = weight, is_on
    row.save()


At = Callable[..., RelyingParty]


@pytest.fixture
def at(rp: RelyingParty) -> Callable[..., RelyingParty]:
    """Put the browser of the relying party's person somewhere."""

    def put(address: str = HOME, user_agent: str = FIREFOX) -> RelyingParty:
        rp.browser = browser_at(address, user_agent)
        return rp

    return put
