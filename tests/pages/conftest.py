"""Browsers: Django's test client for what is sent, Chromium for what people see."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client as Browser
from playwright.sync_api import Browser as Chromium, Page, sync_playwright

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


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """One Chromium for the whole run; skips where there is none, except in CI."""
    path = shutil.which("chromium")
    if path is None:
        reason = "Chromium is not installed (apt-get install chromium)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    # Playwright's own event loop runs in this thread, which is not where Django answers.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )


@pytest.fixture
def page(chromium: Chromium) -> Iterator[Page]:
    """A page in a fresh browser profile, English, light, as wide as a desk's."""
    with chromium.new_context(locale="en") as context:
        yield context.new_page()
