"""Fixtures for every test."""

from collections.abc import Iterator

import pytest
from django.utils import translation

from foundation.base.configuration import epoch
from foundation.base.house import in_use
from foundation.directory.passwords import checking
from policy import in_force

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
def _met_no_hashes() -> None:
    """Let each test meet its own hashes: other tests hash in other ways."""
    checking._met.clear()


@pytest.fixture(autouse=True)
def _own_configuration() -> Iterator[None]:
    """Have nobody go by what a test before kept: its changes were rolled back.

    Nor by a policy that was in force a moment ago, while another is compiled beside.
    """
    yield
    epoch.forget()
    for policies in in_force._of.values():
        policies._look = None


@pytest.fixture(autouse=True)
def _house_of_no_database(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let tests without a database be in a house without a name: its name would be asked of one."""
    has_database = {"db", "transactional_db"} & set(request.fixturenames)
    if has_database or request.node.get_closest_marker("django_db"):
        yield
        return
    in_use._house._latest = None
    with in_use.house_as_known():
        yield


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    """Leave the language of a page behind: a thread keeps it until somebody speaks another."""
    translation.deactivate()
    yield
    translation.deactivate()
