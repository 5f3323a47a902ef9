"""Several at once: the thread that writes, and one batch that arrives twice."""

import threading
from collections.abc import Sequence

import pytest
from django.db import connections, transaction

from policy.decision_log import services
from policy.decision_log.entries import DecisionEntry
from policy.decision_log.outbox import Outbox
from policy.decision_log.writing import append
from policy.models import LoggedDecision, LoggedName
from tests.engine.conftest import at_once
from tests.policy.decision_log.asked import entry_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
PATIENCE = 30.0
"""Seconds; a machine may be busy."""


class Written:
    """Appends as production does, closes the connection of its thread, and says when."""

    def __init__(self) -> None:
        self.done = threading.Event()
        self.by = ""

    def __call__(self, entries: Sequence[DecisionEntry]) -> int:
        try:
            return append(entries)
        finally:
            self.by = threading.current_thread().name
            connections.close_all()
            self.done.set()


def test_a_thread_writes_while_whoever_decides_goes_on() -> None:
    written = Written()
    outbox = Outbox(written)
    outbox.put(entry_of())
    assert written.done.wait(PATIENCE)
    assert written.by == "scopeward-decision-log"
    assert LoggedDecision.objects.count() == 1


def test_what_is_decided_in_a_transaction_that_is_rolled_back_is_written() -> None:
    written = Written()
    outbox = Outbox(written)
    with transaction.atomic():
        outbox.put(entry_of())
        transaction.set_rollback(True)
    assert written.done.wait(PATIENCE)
    assert LoggedDecision.objects.count() == 1


def test_a_batch_that_arrives_many_times_at_once_is_logged_once() -> None:
    batch = [entry_of() for _ in range(20)]
    at_once(lambda: services.record_batch(batch), times=8)
    assert LoggedDecision.objects.count() == 20
    assert LoggedName.objects.filter(kind="policy").count() == 20


def test_two_threads_that_empty_one_queue_write_each_decision_once() -> None:
    outbox = Outbox(append, spawn=lambda work: None)
    for _ in range(300):
        outbox.put(entry_of())
    written = at_once(outbox.flush, times=4)
    assert sum(written) == 300
    assert LoggedDecision.objects.count() == 300
