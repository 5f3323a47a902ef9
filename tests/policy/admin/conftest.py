"""Administrators of several kinds, and a draft."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client as Browser

from foundation.directory.models import User
from policy import services
from policy.models import PolicyVersion
from tests.factories import make_person
from tests.policy.conftest import NOTHING_AT_NIGHT, READING

BACKEND = "idp.accounts.auth_backend.AuthenticationBackend"


def browser_of(person: User) -> Browser:
    """Return a browser in which the person is signed in."""
    browser = Browser()
    browser.force_login(person, backend=BACKEND)
    return browser


def browser_with(*codenames: str) -> Browser:
    """Return the browser of someone of the staff with these permissions of policy."""
    person = make_person(username="stella", name="Stella Staff", is_staff=True)
    for codename in codenames:
        label, _, name = codename.rpartition(".")
        person.user_permissions.add(
            Permission.objects.get(content_type__app_label=label or "policy", codename=name)
        )
    return browser_of(person)


@pytest.fixture
def administrator() -> User:
    """Somebody who may do everything."""
    return make_person(username="root", name="Robin Root", is_staff=True, is_superuser=True)


@pytest.fixture
def browser(administrator: User) -> Browser:
    """The administrator's browser."""
    return browser_of(administrator)


@pytest.fixture
def draft(active: PolicyVersion) -> PolicyVersion:
    """A second version: nobody reads at night."""
    return services.draft(active.policy_set, READING + NOTHING_AT_NIGHT, note="Nights")
