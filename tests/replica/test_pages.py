"""Lists, exports, figures and what people read of themselves come from the replica; no protocol."""

from typing import Any

import pytest
from django.contrib import admin
from django.db import DEFAULT_DB_ALIAS
from django.test import Client as Browser
from django.urls import reverse

from claims.catalogue.models import Scope
from foundation.base.replica.reading import REPLICA
from foundation.journal.models import Act
from idp.web.machine_endpoints import MACHINE_ENDPOINTS
from tests.factories import make_client, make_grant, make_person
from tests.replica.conftest import catch_up

pytestmark = [pytest.mark.postgresql, pytest.mark.long]
BACKEND = "idp.accounts.auth_backend.AuthenticationBackend"
OWN_PAGES = ("consent:access", "consent:history", "consent:refusals")
SITE_PAGES = tuple(
    f"admin:{name}"
    for name in ("history", "changes", "policy_decisions", "policy_denials", "figures")
)
OF_THIS_MOMENT = ("consent:approvals", "account", "account_login", "usersessions_list")


@pytest.fixture
def browser(replica: Any, settings: Any, provider: None) -> Browser:
    """The browser of an administrator, signed in by now; the replica knows."""
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "idp.web.own_writes.OwnWrites"]
    person = make_person(username="root", is_staff=True, is_superuser=True)
    make_grant(person=person, client=make_client()[0], scopes=["openid"])
    browser = Browser()
    browser.force_login(person, backend=BACKEND)
    catch_up()
    return browser


def listed_at() -> list[str]:
    """Return the address of every list of the administration."""
    pages = admin.site._registry.values()
    lists = [f"admin:{page.opts.app_label}_{page.opts.model_name}_changelist" for page in pages]
    return [reverse(name) for name in (*lists, *SITE_PAGES, *OWN_PAGES)]


def test_every_list_is_read_from_the_replica(browser: Browser, asked: Any) -> None:
    addresses = listed_at()
    assert len(addresses) > 20
    for address in addresses:
        with asked(REPLICA) as old:
            assert browser.get(address).status_code == 200, address
        assert len(old), address
        for query in old:
            assert query["sql"].lstrip().startswith("SELECT"), address


def test_exports_are_read_from_the_replica_and_recorded_in_the_primary(
    browser: Browser, asked: Any
) -> None:
    with asked(REPLICA) as old:
        answer = browser.post(reverse("admin:consent_grant_export"), {"format": "csv"})
        rows = b"".join(answer.streaming_content).decode().splitlines()

    assert len(rows) == 2
    assert len(old) >= 2
    assert Act.objects.filter(kind="exported").count() == 1


def test_who_has_posted_sees_it(browser: Browser, asked: Any) -> None:
    scope = Scope.objects.get(name="email")
    address = reverse("admin:catalogue_scope_changelist")
    answer = browser.post(address, {"action": "none", "_selected_action": [scope.pk]})
    cookie = answer.cookies["posted-8000"]
    assert (cookie["max-age"], cookie["httponly"], cookie["samesite"]) == (7, True, "Lax")

    with asked(REPLICA) as old:
        browser.get(address)
    assert not len(old)
    # What the browser has not posted itself is as old as ever, in a browser that has not.
    del browser.cookies["posted-8000"]
    with asked(REPLICA) as old:
        browser.get(address)
    assert len(old)


@pytest.mark.parametrize("name", OF_THIS_MOMENT)
def test_what_has_to_be_of_this_moment_is(browser: Browser, asked: Any, name: str) -> None:
    with asked(REPLICA) as old, asked(DEFAULT_DB_ALIAS) as now:
        assert browser.get(reverse(name)).status_code in {200, 302}
    assert not len(old)
    assert len(now)


def test_nothing_of_the_protocol_is_a_moment_old(browser: Browser, asked: Any) -> None:
    paths = [path.replace("*", "x").rstrip("/") for path in MACHINE_ENDPOINTS]
    with asked(REPLICA) as old:
        for path in [*paths, "/authorize?client_id=x", "/logout"]:
            browser.get(path)
            browser.post(path, {"token": "x", "client_id": "x"})
    assert not len(old)
