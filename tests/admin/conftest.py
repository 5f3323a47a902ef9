"""Administrators of several kinds, and one row of everything that has a page."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group, Permission
from django.test import Client as Browser
from django.utils import timezone

from claims.catalogue.models import SensitivityLabel
from consent.approvals.models import Approvers, Delegation, WebhookEndpoint
from foundation.directory.models import Client, Invitation, User
from foundation.directory.sources.models import LdapDirectory
from foundation.directory.upstream.models import UpstreamProvider
from idp.models import ScimConnection, ScimToken, SignInReset
from policy.services import install_starter
from tests.approvals.asking import WAREHOUSE, Asking, make_owner, make_rule, make_someone
from tests.factories import make_client, make_grant, make_person

BACKEND = "idp.accounts.auth_backend.AuthenticationBackend"


def browser_of(person: User) -> Browser:
    """Return a browser in which the person is signed in."""
    browser = Browser()
    browser.force_login(person, backend=BACKEND)
    return browser


def staff(*permissions: str, username: str = "stella") -> User:
    """Return someone who may use the administration as far as these permissions go."""
    person = make_person(username=username, name="Stella Staff", is_staff=True)
    for permission in permissions:
        label, codename = permission.split(".")
        person.user_permissions.add(
            Permission.objects.get(content_type__app_label=label, codename=codename)
        )
    return person


@pytest.fixture(autouse=True)
def _provider(provider: None) -> None:
    """Make it ready."""


@pytest.fixture
def administrator() -> User:
    """Somebody who may do everything."""
    return make_person(username="root", name="Robin Root", is_staff=True, is_superuser=True)


@pytest.fixture
def browser(administrator: User) -> Browser:
    """The administrator's browser."""
    return browser_of(administrator)


@pytest.fixture
def application() -> Client:
    """A confidential application."""
    return make_client()[0]


@pytest.fixture
def one_of_everything(person: User, application: Client) -> None:
    """At least one row for every page."""
    person.groups.add(Group.objects.create(name="analysts"))
    make_grant(person=person, client=application, scopes={"openid", "roles"})
    UserSession.objects.create(
        user=person, ip="192.0.2.1", session_key="session-key-of-ada", user_agent="Browser"
    )
    one_of_every_approval_page(person, application)
    now = timezone.now()
    Invitation.objects.create(
        person=person, email=person.email, digest="d", made_at=now, expires_at=now
    )
    SignInReset.objects.create(
        person=person, reason="Lost", email=person.email, asked_at=now, takes_effect_at=now
    )
    connection = ScimConnection.objects.create(name="Entra")
    ScimToken.objects.create(connection=connection, label="first", digest="d", expires_at=now)
    install_starter(WAREHOUSE, "Warehouse")


def one_of_every_approval_page(person: User, application: Client) -> None:
    """Rows of everything about approvals."""
    now = timezone.now()
    other = make_someone("grace")
    Asking(application, person).lodge()
    make_rule(Approvers.PEOPLE, people=[other])
    make_owner(other, "hr.*")
    Delegation.objects.create(
        from_person=other, to_person=person, starts_at=now, ends_at=now + timedelta(days=1)
    )
    SensitivityLabel.objects.create(resource_server=WAREHOUSE, pattern="hr.*", level="secret")
    UpstreamProvider.objects.create(name="There", slug="there", issuer="https://there.example")
    WebhookEndpoint.objects.create(title="Chat", url="https://chat.example.com/hook")
    LdapDirectory.objects.create(
        title="Staff", url="ldaps://ldap.example.com", bind_dn="cn=a", people_base="ou=p"
    )
