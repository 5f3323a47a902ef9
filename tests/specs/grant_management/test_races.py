"""Changes of one grant that arrive together."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connections
from django.test import Client as Browser

from claims.catalogue.scopes import install_defaults as install_scopes
from claims.services import install_defaults as install_claims
from consent.grants.services import revoke_grant, revoke_scope
from consent.models import Grant, ScopeDecision
from foundation.base.configuration import epoch
from foundation.base.keys.ring import rotate_due_keys
from foundation.directory.models import User
from foundation.journal.context import DecisionContext
from foundation.journal.models import Act
from idp.models import RefreshToken
from tests.factories import make_person
from tests.html_forms import form_with
from tests.relying_party import answer_of
from tests.specs.grant_management.conftest import Manager, make_manager

AT_ONCE = 6
SCOPE = "openid profile offline_access"

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Start all calls at one moment, each with its own connection; return what each gave."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@pytest.fixture
def ada(provider: None) -> Iterator[User]:
    install_claims()
    install_scopes()
    rotate_due_keys()
    epoch.forget()
    yield make_person()
    epoch.forget()


@pytest.fixture
def manager(ada: User) -> Manager:
    """A client that manages its grants; Ada is signed in."""
    manager = make_manager()
    manager.sign_in(ada)
    return manager


def window(manager: Manager) -> Browser:
    """Another window of the same browser."""
    browser = Browser()
    browser.cookies = manager.browser.cookies.copy()
    return browser


def change(manager: Manager, action: str, grant_id: str, scope: str) -> Callable[[], Any]:
    """Return a silent change of a grant, to be sent from a window of its own."""
    parameters = manager.request(
        grant_management_action=action, grant_id=grant_id, scope=scope, prompt="none"
    )
    browser = window(manager)
    return lambda: answer_of(browser.get("/authorize", parameters))


@pytest.mark.spec("Grant Management", "5.2")
def test_of_many_merges_at_once_one_token_family_lives(manager: Manager, ada: User) -> None:
    grant_id = manager.create(ada, scope=SCOPE)["grant_id"]

    answers = at_once(*(change(manager, "merge", grant_id, SCOPE) for _ in range(AT_ONCE)))

    assert RefreshToken.objects.filter(grant=grant_id, revoked=None).count() == 1
    statuses = [manager.exchange(answer["code"]).status_code for answer in answers]
    assert sorted(statuses) == [200, *[400] * (AT_ONCE - 1)]


@pytest.mark.spec("Grant Management", "5.2")
def test_two_merges_answered_at_once_add_both(manager: Manager, ada: User) -> None:
    grant_id = manager.create(ada, scope="openid")["grant_id"]
    asked = []
    for scope in ("email", "roles"):
        page = manager.follow(manager.change("merge", grant_id, scope=f"openid {scope}"))
        asked.append((window(manager), page.request["PATH_INFO"], page))

    def answer(browser: Browser, path: str, page: Any) -> Callable[[], Any]:
        form = form_with(page.content.decode(), "decision")
        data = {**form.data, "scope": form.values("scope", "checkbox"), "decision": "allow"}
        return lambda: browser.post(path, data).status_code

    assert at_once(*(answer(*one) for one in asked)) == [302, 302]
    assert set(Grant.objects.get(pk=grant_id).scopes) == {"openid", "email", "roles"}


@pytest.mark.spec("Grant Management", "5.2")
def test_merge_and_replace_at_once_leave_what_one_order_gives(manager: Manager, ada: User) -> None:
    grant_id = manager.create(ada, scope="openid profile email offline_access")["grant_id"]

    at_once(
        change(manager, "merge", grant_id, "openid profile"),
        change(manager, "replace", grant_id, "openid email"),
    )

    assert set(Grant.objects.get(pk=grant_id).scopes) == {"openid", "email"}
    assert set(ScopeDecision.objects.values_list("scope", flat=True)) == {"email"}
    assert RefreshToken.objects.filter(grant=grant_id, revoked=None).count() == 1


@pytest.mark.spec("Grant Management", "6.5")
def test_merge_and_revocation_at_once_leave_nothing_that_works(manager: Manager, ada: User) -> None:
    grant_id = manager.create(ada, scope=SCOPE)["grant_id"]
    grant = Grant.objects.get(pk=grant_id)

    answer, ended = at_once(change(manager, "merge", grant_id, SCOPE), lambda: revoke_grant(grant))

    assert ended is True
    if "code" in answer:
        assert manager.exchange(answer["code"]).json()["error"] == "invalid_grant"
    else:
        # Without a grant nobody learns in silence that somebody is here.
        assert answer["error"] in {"invalid_grant_id", "login_required"}
    assert Grant.objects.get(pk=grant_id).revoked_at is not None


@pytest.mark.spec("Grant Management", "6.5")
def test_of_many_deletions_at_once_one_is_the_revocation(manager: Manager, ada: User) -> None:
    grant_id, token = manager.create(ada, scope=SCOPE)["grant_id"], manager.own_token()

    answers = at_once(*[lambda: manager.at_grant("delete", grant_id, token)] * AT_ONCE)

    assert sorted(a.status_code for a in answers) == [204, *[404] * (AT_ONCE - 1)]
    assert Act.objects.filter(kind="revoked").count() == 1


def test_scope_taken_back_during_a_replacement_stays_taken_back(
    manager: Manager, ada: User
) -> None:
    grant_id = manager.create(ada, scope="openid profile email")["grant_id"]
    grant = Grant.objects.get(pk=grant_id)

    answer, _ = at_once(
        change(manager, "replace", grant_id, "openid email"),
        lambda: revoke_scope(grant, "email", context=DecisionContext()),
    )

    assert "email" not in Grant.objects.get(pk=grant_id).scopes
    if "code" in answer:
        assert manager.exchange(answer["code"]).json()["scope"] == "openid"
