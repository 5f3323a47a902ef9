"""The pytest plugin for tests in which people of `tests.people` sign in through the form."""

from typing import Any

import pytest
from django.core.cache import cache

from foundation.directory.models import User
from tests.people import make_ada


@pytest.fixture
def fresh_rate_limits() -> None:
    """Forget who failed to sign in before."""
    cache.clear()


@pytest.fixture
def quick_passwords(settings: Any) -> None:
    """Argon2 is slow on purpose; nothing depends on how these passwords are digested."""
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher",
        *settings.PASSWORD_HASHERS,
    ]


@pytest.fixture
def ada(db: None) -> User:
    """Somebody with a password."""
    return make_ada()
