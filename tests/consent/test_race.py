"""Answers that arrive together."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections

from consent.errors import AlreadyDecidedError
from consent.grants import services as grant_services
from consent.models import DecisionOutcome, Grant, ScopeDecision
from foundation.journal.context import DecisionContext
from tests.consent.asking import Asking

AT_ONCE = 8

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Start all calls at one moment, each with its own connection; return what each gave."""
    barrier = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return call()
        except AlreadyDecidedError:
            return AlreadyDecidedError
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_one_of_many_answers_to_a_request_wins(asking: Asking) -> None:
    request = asking.open("openid", "email")
    shown = asking.questions("openid", "email").fingerprint

    results = at_once(*[lambda: asking.answer(request, "email", shown=shown)] * AT_ONCE)

    assert results.count(AlreadyDecidedError) == AT_ONCE - 1
    grant = Grant.objects.get()
    assert grant in results
    assert grant.version == 2
    assert ScopeDecision.objects.count() == 1


def test_yes_and_no_at_once_leave_one_consistent_outcome(asking: Asking) -> None:
    request = asking.open("openid", "email")
    shown = asking.questions("openid", "email").fingerprint

    results = at_once(
        lambda: asking.answer(request, "email", shown=shown), lambda: asking.deny(request)
    )

    assert results.count(AlreadyDecidedError) == 1
    request.refresh_from_db()
    said_yes = ScopeDecision.objects.get().outcome == DecisionOutcome.GRANTED
    assert said_yes == (request.grant_id is not None) == Grant.objects.exists()


def test_first_answers_in_two_windows_share_one_grant(asking: Asking) -> None:
    email, phone = asking.open("openid", "email"), asking.open("openid", "phone")
    shown = [asking.questions("openid", scope).fingerprint for scope in ("email", "phone")]

    at_once(
        lambda: asking.answer(email, "email", shown=shown[0]),
        lambda: asking.answer(phone, "phone", shown=shown[1]),
    )

    assert Grant.objects.get().scopes == {"openid": None, "email": None, "phone": None}


def test_no_scope_survives_being_taken_back_while_another_is_granted(asking: Asking) -> None:
    grant = asking.allow(["email"], ["email"])
    request = asking.open("openid", "roles")
    shown = asking.questions("openid", "roles").fingerprint

    at_once(
        lambda: grant_services.revoke_scope(grant, "email", context=DecisionContext()),
        lambda: asking.answer(request, "roles", shown=shown),
    )

    assert Grant.objects.get().scopes == {"openid": None, "roles": None}


def test_a_grant_ends_once_however_many_ask_for_it(asking: Asking) -> None:
    grant = asking.allow(["email"], ["email"])

    results = at_once(*[lambda: grant_services.revoke_grant(grant)] * AT_ONCE)

    assert results.count(True) == 1
    assert Grant.objects.get().version == grant.version + 1
