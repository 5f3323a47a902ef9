"""Taking back while tokens are being issued (design.md section 10, rule 1)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from consent.grants import services as grant_services
from foundation.journal.context import DecisionContext
from idp.models import RefreshToken
from idp.tokens.families import lookup, rotation, store as families
from idp.tokens.families.store import LostRaceError
from tests.engine.conftest import at_once
from tests.engine.setting import Setting
from tests.engine.test_races import wait_until_somebody_waits_for_a_lock

pytestmark = pytest.mark.both_databases
NARROWER = "openid roles offline_access"


def take_back(setting: Setting, scope: str = "email") -> None:
    assert grant_services.revoke_scope(setting.grant, scope, context=DecisionContext())


def end_grant(setting: Setting) -> None:
    assert grant_services.revoke_grant(setting.grant)


def switch_person_off(setting: Setting) -> None:
    type(setting.person).objects.update(is_active=False)


def is_lost(use: Callable[[], Any]) -> bool:
    """Use something in this thread, with its own connection; say whether it was too late."""
    try:
        use()
    except LostRaceError:
        return True
    finally:
        connection.close()
    return False


@pytest.mark.postgresql
@pytest.mark.parametrize("change", [take_back, end_grant, switch_person_off])
def test_a_refresh_that_waited_while_access_was_taken_back_issues_nothing(
    committed: Setting, change: Callable[[Setting], None]
) -> None:
    """Its statement began before: on PostgreSQL it would see the grant as it was then."""
    token = committed.exchange(committed.code()).json()["refresh_token"]
    found = lookup.by_refresh_token(token, client_pk=committed.client.pk)
    assert found is not None
    standing, _ = found

    with ThreadPoolExecutor(max_workers=2) as pool:
        with transaction.atomic():
            RefreshToken.objects.select_for_update().get()
            late = pool.submit(
                is_lost, lambda: rotation.rotate(standing, secret="s", now=timezone.now())
            )
            wait_until_somebody_waits_for_a_lock()
            changed = pool.submit(is_lost, lambda: change(committed))
            waits = not _done_without_waiting(changed)
        assert changed.result() is False
        assert late.result() is not waits


def _done_without_waiting(work: Any) -> bool:
    """Wait until the work is through, or waits for a lock as somebody does already; say which."""
    for _ in range(100_000):
        if work.done():
            return True
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0] > 1:
                return False
    pytest.fail("neither happened")


@pytest.mark.postgresql
@pytest.mark.parametrize("change", [take_back, end_grant, switch_person_off])
def test_a_refresh_that_waits_for_the_taking_back_finds_it_done(
    committed: Setting, change: Callable[[Setting], None]
) -> None:
    token = committed.exchange(committed.code()).json()["refresh_token"]
    found = lookup.by_refresh_token(token, client_pk=committed.client.pk)
    assert found is not None
    standing, _ = found

    with ThreadPoolExecutor(max_workers=1) as pool:
        with transaction.atomic():
            change(committed)
            late = pool.submit(
                is_lost, lambda: rotation.rotate(standing, secret="s", now=timezone.now())
            )
            wait_until_somebody_waits_for_a_lock()
        assert late.result() is True


@pytest.mark.postgresql
@pytest.mark.parametrize("change", [take_back, end_grant, switch_person_off])
def test_no_refresh_overtakes_whoever_waits_to_take_back(
    committed: Setting, change: Callable[[Setting], None]
) -> None:
    """Or refreshes without end, by somebody who wants that, would keep everybody from it."""
    tokens = [committed.exchange(committed.code()).json()["refresh_token"] for _ in range(2)]
    found = [lookup.by_refresh_token(token, client_pk=committed.client.pk) for token in tokens]
    (first, _), (second, _) = found  # type: ignore[misc]

    with ThreadPoolExecutor(max_workers=2) as pool:
        with transaction.atomic():
            families.hold_still(first)
            changed = pool.submit(is_lost, lambda: change(committed))
            wait_until_somebody_waits_for_a_lock()
            late = pool.submit(
                is_lost, lambda: rotation.rotate(second, secret="s", now=timezone.now())
            )
            assert not _done_without_waiting(late)
        assert changed.result() is False


def test_after_the_switch_has_answered_no_token_with_the_scope_is_issued_or_accepted(
    committed: Setting,
) -> None:
    """Fifty refreshes at once, one sign-in each; in the midst of them the scope is taken back."""
    tokens = [committed.exchange(committed.code()).json()["refresh_token"] for _ in range(50)]
    switched_off = Event()

    def refresh() -> Any:
        held = committed.refresh(tokens.pop()).json()
        # Again and again, so that requests begin before, during and after the switch.
        while not switched_off.is_set():
            held = committed.refresh(held["refresh_token"]).json()
        return held, committed.refresh(held["refresh_token"]).json()

    def switch() -> None:
        take_back(committed)
        switched_off.set()

    calls = iter([*[refresh] * 49, switch])

    def act() -> Any:
        call = next(calls)
        return call()

    results = at_once(act)

    issued = [pair for pair in results if pair is not None]
    assert {after["scope"] for _, after in issued} == {NARROWER}
    answers = {
        (before["scope"], committed.userinfo(before["access_token"]).status_code)
        for before, _ in issued
    }
    assert answers <= {("openid email roles offline_access", 401), (NARROWER, 200)}
    assert len(issued) == 49
