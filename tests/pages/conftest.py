"""Browsers: Django's test client for what is sent; Chromium is in tests/services/chromium.py."""

import pytest
from django.test import Client as Browser

from foundation.directory.models import User
from tests.people import sign_in


@pytest.fixture(autouse=True)
def _ready(fresh_rate_limits: None, quick_passwords: None) -> None:
    """Start without a sign-in that failed before, and digest passwords quickly."""


@pytest.fixture
def browser(db: None) -> Browser:
    return Browser()


@pytest.fixture
def signed_in(ada: User) -> Browser:
    return sign_in(Browser(), "ada")
