"""People who sign in."""

import pytest
from django.core.cache import cache
from django.test import Client as Browser

from idp.accounts.services import create_person
from idp.models import User

PASSWORD = "correct-horse-battery"


@pytest.fixture(autouse=True)
def _fresh_rate_limits() -> None:
    cache.clear()


@pytest.fixture
def ada(db: None) -> User:
    return create_person("ada", "ada@example.com", PASSWORD, claims={"name": "Ada Lovelace"})


@pytest.fixture
def grace(db: None) -> User:
    return create_person("grace", "grace@example.com", PASSWORD, claims={"name": "Grace Hopper"})


@pytest.fixture
def browser() -> Browser:
    """A browser without cookies."""
    return Browser()


@pytest.fixture
def signed_in(browser: Browser, ada: User) -> Browser:
    """A browser in which Ada has signed in through the form."""
    browser.post("/accounts/login/", {"login": "ada", "password": PASSWORD})
    return browser
