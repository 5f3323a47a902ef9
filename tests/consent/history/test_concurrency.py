"""Two hundred writers at once never fork the chain, and nobody waits for it."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from foundation.journal.acts import Actor, Entry, Kind, link, record
from foundation.journal.models import Act, ChainHead
from tests.consent.history.reading import findings

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
WRITERS = 200


def at_once(call: Callable[[int], Any], times: int = WRITERS) -> list[Any]:
    """Make the calls start at one moment, each with a connection of its own."""
    barrier = threading.Barrier(times)

    def run(number: int) -> Any:
        barrier.wait()
        try:
            return call(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


def append(number: int) -> None:
    record([Entry(kind=Kind.GRANTED, actor=Actor.PERSON, scope=f"scope-{number}")])


def test_two_hundred_writers_make_one_chain() -> None:
    at_once(append)
    link()

    numbers = list(Act.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, WRITERS + 1))
    assert len(set(Act.objects.values_list("scope", flat=True))) == WRITERS
    assert findings() == []


def test_linkers_that_wait_for_each_other_link_each_act_once() -> None:
    with transaction.atomic():
        for number in range(30):
            append(number)
        # Leave all of it to the linkers below.
        connection.run_on_commit.clear()

    linked = at_once(lambda _: link(), times=8)

    assert sum(linked) == 30
    assert ChainHead.objects.get().number == 30
    assert findings() == []


def test_what_is_decided_is_linked_as_soon_as_it_is_committed() -> None:
    append(1)

    assert Act.objects.get().number == 1


@pytest.mark.parametrize("kind", [Kind.ASKED, Kind.SHOWN, Kind.MINTED])
def test_what_decides_nothing_waits(kind: Kind) -> None:
    record([Entry(kind=kind, actor=Actor.CLIENT)])

    assert Act.objects.get().number is None


def test_one_occasion_seen_by_many_is_one_act() -> None:
    entry = Entry(kind=Kind.EXPIRED, actor=Actor.SYSTEM, occasion="expired once", at=timezone.now())

    at_once(lambda _: record([entry]), times=8)
    link()

    assert Act.objects.count() == 1
    assert findings() == []


@pytest.mark.postgresql
def test_nobody_who_writes_waits_for_whoever_links() -> None:
    """The lock of the linker is held throughout; a second connection writes and is done."""
    append(0)

    def write_meanwhile() -> int:
        try:
            append(1)
            return Act.objects.filter(scope="scope-1", number=None).count()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        ChainHead.objects.select_for_update().get()
        assert pool.submit(write_meanwhile).result(timeout=20) == 1
