"""Browsers: Django's test client for what is sent; Chromium is in tests/services/chromium.py."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client as Browser

from idp.models import User
from tests.people import make_ada, sign_in


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
def browser(db: None) -> Browser:
    return Browser()


@pytest.fixture
def signed_in(ada: User) -> Browser:
    return sign_in(Browser(), "ada")
