"""Fixtures for every test."""

from collections.abc import Iterator

import pytest
from django.utils import translation

pytest_plugins = [
    "tests.served",
    "tests.services.pace",
    "tests.services.plugin",
    "tests.services.database",
    "tests.services.missing",
    "tests.services.fuzzing",
    "tests.services.session_cookies",
    "tests.services.chromium",
    "tests.provider",
    "tests.signing_in",
    "tests.budgets",
    "tests.compliance",
]


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    """Leave the language of a page behind: a thread keeps it until somebody speaks another."""
    translation.deactivate()
    yield
    translation.deactivate()
