"""Configuration is kept in process until somebody changes it."""

import threading

import pytest
from django.db import connection, transaction
from pytest_django import DjangoAssertNumQueries

from claims.models import Attribute
from foundation.base.configuration import epoch
from foundation.base.configuration.epoch import current_epoch, start_new_epoch
from foundation.base.configuration.kept import Kept
from foundation.base.models import ConfigurationEpoch
from tests.claims.factories import make_attribute


def test_what_is_kept_is_loaded_once(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    kept = Kept(lambda: list(Attribute.objects.all()))
    kept.get()

    with django_assert_num_queries(0):
        kept.get()


@pytest.mark.parametrize("change", ["create", "save", "delete"])
def test_any_change_of_configuration_starts_a_new_epoch(change: str) -> None:
    attribute = make_attribute("shift", "text")
    before = current_epoch()

    if change == "create":
        make_attribute("site", "text")
    else:
        getattr(attribute, change)()

    assert current_epoch() != before


def test_a_change_made_elsewhere_is_seen_after_the_interval(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept = Kept(lambda: ConfigurationEpoch.objects.get().value)
    before = kept.get()
    ConfigurationEpoch.objects.update(value="00000000-0000-0000-0000-000000000001")
    trusted = kept.get()

    monkeypatch.setattr(epoch, "CHECK_INTERVAL", 0.0)

    assert trusted == before
    assert kept.get() != before


def test_a_change_rolled_back_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Kept(Attribute.objects.count)
    before = kept.get()

    with transaction.atomic():
        make_attribute("shift", "text")
        within = kept.get()
        transaction.set_rollback(True)

    assert within == before + 1
    monkeypatch.setattr(epoch, "CHECK_INTERVAL", 0.0)
    assert kept.get() == before


@pytest.mark.django_db(transaction=True)
def test_a_change_is_seen_at_once_by_every_thread_of_the_process() -> None:
    seen: list[object] = []
    look, looked = threading.Barrier(2, timeout=10), threading.Barrier(2, timeout=10)

    def reader() -> None:
        for _round in range(2):
            look.wait()
            seen.append(current_epoch())
            looked.wait()
        connection.close()

    thread = threading.Thread(target=reader)
    thread.start()
    look.wait()
    looked.wait()
    start_new_epoch()
    look.wait()
    looked.wait()
    thread.join()

    assert seen[0] != seen[1]
    assert seen[1] == ConfigurationEpoch.objects.get().value
