"""Pages about people from elsewhere in a real browser: axe's rules, and widths."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser as Chromium, Page
from pytest_django.live_server_helper import LiveServer

from foundation.directory.models import User
from foundation.directory.sources.models import DirectoryRun, LdapDirectory, RunState
from idp.models import ScimConnection, ScimToken
from tests.browsing import (
    DESK,
    PHONE,
    assert_axe_finds_nothing,
    assert_nothing_is_wider,
    bring_in,
)
from tests.relying_party import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FRAME = {"region", "landmark-one-main", "landmark-unique"}
"""What unfold's own lists and forms lack; nothing of ours can add it."""


@pytest.fixture
def paths(administrator: User) -> list[str]:
    directory = LdapDirectory.objects.create(
        title="Staff", url="ldaps://ldap.example.com", people_base="ou=p", is_on=True
    )
    said = {"kind": "person", "key": None, "complaints": []}
    email = ["emmy@example.org", "emmy.noether@a-long-name-of-a-place.example.org"]
    group = {**said, "kind": "group", "name": "Algebra", "became": "refused", "differences": {}}
    stopped = DirectoryRun.objects.create(
        directory=directory,
        state=RunState.STOPPED,
        asked_by=administrator,
        counts={"changed": 2, "gone": 1, "same": 50_000, "kept": 4},
        differences=[
            {**said, "name": "emmy", "became": "changed", "differences": {"email": email}},
            {**said, "name": "gone", "became": "gone", "differences": {}},
            {**group, "complaints": ["A group here has this name."]},
        ],
    )
    connection = ScimConnection.objects.create(name="Entra")
    token = ScimToken.objects.create(
        connection=connection, label="A", expires_at=timezone.now() + timedelta(days=9)
    )
    of_directory = f"/admin/sources/ldapdirectory/{directory.pk}"
    return [
        "/admin/sources/ldapdirectory/",
        f"{of_directory}/change/",
        f"{of_directory}/synchronisation/",
        f"{of_directory}/synchronisation/?let_go={stopped.pk}",
        "/admin/idp/scimconnection/",
        f"/admin/idp/scimconnection/{connection.pk}/change/",
        "/admin/idp/scimtoken/",
        "/admin/idp/scimtoken/add/",
        f"/admin/idp/scimtoken/{token.pk}/change/",
        f"/admin/idp/scimtoken/{token.pk}/revoke/",
    ]


def visit_all(page: Page, site: str, paths: list[str]) -> Iterator[str]:
    bring_in(page, site, "root", PASSWORD)
    for path in paths:
        page.goto(site + path)
        yield path


@pytest.mark.parametrize(
    ("viewport", "scheme", "locale"),
    [(PHONE, "dark", "de"), (DESK, "light", "en")],
    ids=["phone-dark-german", "desk-light"],
)
def test_axe_finds_nothing_and_nothing_is_wider(
    chromium: Chromium,
    live_server: LiveServer,
    paths: list[str],
    viewport: dict,
    scheme: str,
    locale: str,
) -> None:
    with chromium.new_context(locale=locale, color_scheme=scheme, viewport=viewport) as context:
        page = context.new_page()
        for path in visit_all(page, live_server.url, paths):
            is_ours = "synchronisation" in path or path.endswith("revoke/")
            assert_axe_finds_nothing(page, but={"region"} if is_ours else FRAME)
            assert_nothing_is_wider(page)
