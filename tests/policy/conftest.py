"""A policy set with one version in force."""

from collections.abc import Iterator

import pytest

from claims.services import install_defaults
from foundation.base.configuration import epoch
from foundation.directory.models import User
from policy import services
from policy.models import PolicySet, PolicyVersion
from tests.factories import WAREHOUSE, make_person

READING = """@id("reading")
permit (principal, action == Action::"select", resource);
"""
NOTHING_AT_NIGHT = """
@id("day")
@reason("Only by day.")
forbid (principal, action, resource)
unless { context.hour >= 8 };
"""


@pytest.fixture(autouse=True)
def defaults(provider: None) -> Iterator[None]:
    """Install what every installation starts with."""
    install_defaults()
    epoch.start_new_epoch()
    yield
    epoch.forget()


@pytest.fixture
def author() -> User:
    """Somebody who writes policies."""
    return make_person(username="author", name="Alan Author")


@pytest.fixture
def policy_set() -> PolicySet:
    """The Warehouse's, without a version."""
    return PolicySet.objects.create(title="Warehouse", audience=WAREHOUSE)


@pytest.fixture
def active(policy_set: PolicySet) -> PolicyVersion:
    """Its first version, in force: everybody reads."""
    version = services.draft(policy_set, READING, note="First")
    services.activate(version)
    return version
