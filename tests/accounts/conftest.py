"""People who sign in."""

import pytest
from django.test import Client as Browser

from foundation.directory.models import User
from tests.people import make_grace, sign_in


@pytest.fixture(autouse=True)
def _ready(fresh_rate_limits: None, quick_passwords: None) -> None:
    """Start without a sign-in that failed before, and digest passwords quickly."""


@pytest.fixture
def grace(db: None) -> User:
    return make_grace()


@pytest.fixture
def browser() -> Browser:
    """A browser without cookies."""
    return Browser()


@pytest.fixture
def signed_in(browser: Browser, ada: User) -> Browser:
    """A browser in which Ada has signed in through the form."""
    return sign_in(browser, "ada")
