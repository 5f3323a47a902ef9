"""People who sign in."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client as Browser

from idp.models import User
from tests.people import make_ada, make_grace, sign_in


@pytest.fixture(autouse=True)
def _fresh_rate_limits() -> None:
    cache.clear()


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Any) -> None:
    """Argon2 is slow on purpose; nothing here depends on how passwords are digested."""
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher",
        *settings.PASSWORD_HASHERS,
    ]


@pytest.fixture
def ada(db: None) -> User:
    return make_ada()


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
