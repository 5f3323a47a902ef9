"""Resets at the same moment: one of two is asked for, and each is either done or stopped."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from allauth.mfa.models import Authenticator
from django.db import connections
from django.utils import timezone

from foundation.directory.factors import remembered
from foundation.directory.models import User
from foundation.journal.acts import Actor
from foundation.journal.context import DecisionContext
from foundation.journal.models import Act, Kind
from idp.accounts.resets import services
from idp.models import SignInReset
from tests.accounts.factors.holding import has_app
from tests.factories import make_person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
WHO = DecisionContext(locale="en", actor=Actor.ADMINISTRATOR, reason="Lost.")


def at_once(*done: Callable[[], bool]) -> list[bool]:
    barrier = Barrier(len(done))

    def run(act: Callable[[], bool]) -> bool:
        barrier.wait()
        try:
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(done)) as pool:
        return list(pool.map(run, done))


def test_of_many_resets_asked_for_at_once_one_is(provider: None) -> None:
    person, root = make_person(), User.objects.create_superuser("root", "root@example.org")

    def ask() -> bool:
        try:
            services.ask_for_reset(person, root, WHO, timezone.now())
        except services.ResetRefusedError:
            return False
        return True

    assert sorted(at_once(ask, ask, ask)) == [False, False, True]
    assert SignInReset.objects.count() == 1


def test_reset_that_is_stopped_at_the_moment_of_effect_is_stopped_or_done(provider: None) -> None:
    person, root = make_person(), User.objects.create_superuser("root", "root@example.org")
    reset = services.ask_for_reset(person, root, WHO, timezone.now())
    then = timezone.now() + timedelta(days=2)

    done, again, stopped = at_once(
        lambda: services.do(reset.pk, then),
        lambda: services.do(reset.pk, then),
        lambda: services.stop(reset, DecisionContext(locale="en"), then),
    )

    reset.refresh_from_db()
    person.refresh_from_db()
    assert [done, again, stopped].count(True) == 1
    assert (reset.stopped_at is not None) is stopped
    assert person.has_usable_password() is stopped
    acts = Act.objects.filter(kind__in=[Kind.RESET_DONE, Kind.RESET_STOPPED])
    assert acts.count() == 1


def test_remembered_device_that_is_used_twice_at_once_stands_in_once(provider: None) -> None:
    person, now = make_person(), timezone.now()
    has_app(person)
    factor = Authenticator.objects.get().pk
    brought = remembered.remember(person, factor, now, days=9).secret

    used = at_once(
        *[lambda: remembered.use(person, brought, now, days=9) is not None for _ in range(3)]
    )

    assert sorted(used) == [False, False, True]
