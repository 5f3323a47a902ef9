"""Every denial is logged, a sample of the permits, and nothing about it touches the decision."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import OperationalError, transaction
from django.utils import timezone

from policy.decision_log import selectors, services
from policy.decision_log.outbox import Outbox
from policy.models import LoggedDecision, LoggedName
from scopeward_guard._base.references import is_sampled, new_reference, read_reference
from tests.policy.decision_log.asked import (
    DENIED,
    PERMITTED,
    SALARY,
    WAREHOUSE,
    dropped_reference,
    entry_of,
    kept_reference,
    logged,
    question,
)

if TYPE_CHECKING:
    from policy.decision_log.entries import DecisionEntry
    from scopeward_guard._authzen import Decision

pytestmark = pytest.mark.django_db


def record(decision: Decision = DENIED) -> str:
    return services.record(question(), decision, source="provider", audience=WAREHOUSE)


def test_every_denial_is_logged_with_what_was_asked_and_why() -> None:
    references = {record()
                  for _ in range(30)}  # fmt: skip
    assert services.flush() == 30
    rows = LoggedDecision.objects.filter(reference__in=references)
    assert len(rows) == 30
    row = rows[0]
    assert (row.subject, row.action, row.resource) == ("ada", "select", "warehouse")
    assert (row.source, row.audience, row.client_id) == ("provider", WAREHOUSE, "desk")
    assert row.permit is False
    assert row.reasons == list(DENIED.reasons)
    assert row.policies == ["personnel-only"]
    assert row.revision == "r1"


def test_permits_are_logged_as_their_reference_says(settings: Any) -> None:
    kept, dropped = kept_reference(), dropped_reference()
    for reference in (kept, dropped):
        services.record(
            question(), PERMITTED, source="guard", audience=WAREHOUSE, decision_id=reference
        )
    services.flush()
    assert [row.reference for row in LoggedDecision.objects.all()] == [kept]


@pytest.mark.parametrize(("one_in", "kept"), [(0, 0), (1, 200)])
def test_the_operator_says_how_many_permits_are_kept(settings: Any, one_in: int, kept: int) -> None:
    settings.SCOPEWARD = replace(settings.SCOPEWARD, decision_log_permits=one_in)
    for _ in range(200):
        record(PERMITTED)
    services.flush()
    assert LoggedDecision.objects.count() == kept


def test_a_guard_that_keeps_fewer_keeps_some_of_the_same() -> None:
    references = [new_reference() for _ in range(2_000)]
    twentieth = {r for r in references if is_sampled(r, 20)}
    tenth = {r for r in references if is_sampled(r, 10)}
    assert twentieth < tenth
    assert 120 < len(tenth) < 280


def test_recording_takes_no_statement(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        record()


def test_a_denial_outlives_the_transaction_that_it_ends() -> None:
    with transaction.atomic():
        reference = record()
        transaction.set_rollback(True)
    services.flush()
    assert selectors.decisions_under(reference)


def test_a_batch_that_comes_again_adds_nothing() -> None:
    batch = [entry_of() for _ in range(5)]
    assert services.record_batch(batch) == 5
    assert services.record_batch(batch) == 0
    assert services.record_batch([*batch, batch[0], entry_of()]) == 1
    assert LoggedDecision.objects.count() == 6


def test_what_is_logged_is_not_overwritten_by_another_of_the_same_name() -> None:
    first = entry_of(decision_id="4711")
    services.record_batch([first])
    services.record_batch([replace(first, decision=PERMITTED, reference=new_reference())])
    services.record_batch([replace(first, decision=replace(DENIED, policies=("other",)))])
    row = LoggedDecision.objects.get()
    assert row.permit is False
    policies = LoggedName.objects.filter(kind="policy").values_list("name", flat=True)
    assert list(policies) == ["personnel-only"]


def test_decisions_of_two_servers_may_have_the_same_id() -> None:
    services.record_batch([entry_of(decision_id="1"), entry_of(decision_id="1", source="opa")])
    services.record_batch([entry_of(decision_id="1", audience="https://other.example")])
    assert len({row.reference for row in LoggedDecision.objects.all()}) == 3


def test_nobody_can_take_the_reference_of_another_servers_decision() -> None:
    reference = new_reference()
    logged(audience="https://thief.example", decision_id=reference, subject="grace")
    own = logged_under(reference)
    assert own in selectors.decisions_under(reference)


def logged_under(reference: str) -> LoggedDecision:
    services.record_batch([entry_of(decision_id=reference)])
    return LoggedDecision.objects.get(reference=reference, audience=WAREHOUSE)


def test_the_same_id_always_gives_the_same_reference_and_no_other_server_knows_it() -> None:
    one, again = entry_of(decision_id="abc"), entry_of(decision_id="abc")
    assert one.reference == again.reference
    assert read_reference(one.reference) == one.reference
    assert entry_of(decision_id="abc", audience="https://o.example").reference != one.reference


def test_a_clock_that_is_ahead_does_not_date_decisions_into_the_future() -> None:
    row = logged(decided_at=timezone.now() + timedelta(days=400))
    assert row.decided_at <= timezone.now()


class Broken:
    """A database that cannot be written to until it is mended."""

    def __init__(self, error: Exception) -> None:
        self.error: Exception | None = error
        self.written: list[DecisionEntry] = []

    def __call__(self, entries: Any) -> int:
        if self.error:
            raise self.error
        self.written += entries
        return len(entries)


def outbox_with(write: Any, room: int = 3) -> Outbox:
    return Outbox(write, room=room, spawn=lambda work: None)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("error", [OperationalError("locked"), RuntimeError("full disk")])
def test_a_log_that_fails_leaves_the_decision_as_it_is(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr(services, "outbox", outbox_with(Broken(error), room=0))
    assert read_reference(record())
    assert read_reference(record(PERMITTED))


def test_what_cannot_be_written_is_written_later() -> None:
    database = Broken(OperationalError("locked"))
    outbox = outbox_with(database)
    entries = [entry_of() for _ in range(3)]
    for entry in entries:
        outbox.put(entry)
    with pytest.raises(OperationalError):
        outbox.flush()
    database.error = None
    assert outbox.flush() == 3
    assert database.written == entries


@pytest.mark.django_db(transaction=True)
def test_a_denial_for_which_there_is_no_room_is_written_at_once() -> None:
    database = Broken(OperationalError("unused"))
    database.error = None
    outbox = outbox_with(database, room=1)
    outbox.put(entry_of())
    extra = entry_of()
    outbox.put(extra)
    assert database.written == [extra]


def test_inside_a_transaction_there_is_always_room_for_a_denial() -> None:
    database = Broken(RuntimeError("must not be written within the transaction"))
    outbox = outbox_with(database, room=1)
    with transaction.atomic():
        for _ in range(5):
            outbox.put(entry_of())
    database.error = None
    assert outbox.flush() == 5


def test_permits_for_which_there_is_no_room_are_dropped_and_counted() -> None:
    outbox = outbox_with(Broken(RuntimeError("unused")), room=2)
    for _ in range(5):
        outbox.put(entry_of(PERMITTED))
    assert outbox.dropped == 3


def test_waiting_for_the_database_costs_no_denial() -> None:
    database = Broken(OperationalError("locked"))
    outbox = outbox_with(database, room=4)
    denials = [entry_of() for _ in range(2)]
    for entry in (entry_of(PERMITTED), *denials, entry_of(PERMITTED)):
        outbox.put(entry)
    taken = outbox._take()
    for _ in range(4):
        outbox.put(entry_of())
    outbox._put_back(taken)
    database.error = None
    outbox.flush()
    assert [e for e in database.written if e in denials] == denials
    assert outbox.dropped == 2


def test_one_entry_that_cannot_be_written_takes_no_other_with_it() -> None:
    poison = entry_of()
    written: list[DecisionEntry] = []

    def write(entries: Any) -> int:
        if poison in entries:
            raise ValueError("poison")
        written.extend(entries)
        return len(entries)

    outbox = outbox_with(write, room=10)
    healthy = [entry_of(), entry_of()]
    for entry in (healthy[0], poison, healthy[1]):
        outbox.put(entry)
    outbox.flush()
    assert written == healthy


def test_recent_questions_can_be_asked_again() -> None:
    logged(audience="https://other.example")
    asked = logged(facts={"roles": ["analyst"]}, context={"risk": 10})
    (recent,) = selectors.recent_questions(WAREHOUSE, 10)
    assert recent.reference == asked.reference
    assert recent.permit is False
    assert recent.policies == ("personnel-only",)
    evaluation = recent.evaluation
    assert evaluation.subject.properties["roles"] == ["analyst"]
    assert evaluation.resource.properties["columns"] == [SALARY]
    assert evaluation.context["risk"] == 10


def test_recent_questions_are_the_newest_in_one_statement(django_assert_num_queries: Any) -> None:
    rows = [logged(decided_at=timezone.now() - timedelta(minutes=n)) for n in range(5)]
    with django_assert_num_queries(1):
        recent = selectors.recent_questions(WAREHOUSE, 3)
    assert [q.reference for q in recent] == [row.reference for row in rows[:3]]
