"""The table of transitions: what may follow what, in time, once, with its act."""

from datetime import timedelta

import pytest
from django.utils import timezone

from consent.approvals.models import Approval, ApprovalState
from consent.approvals.transitions import TRANSITIONS, Deadline, Move, move
from consent.approvals.use.consuming import Report, report
from consent.approvals.use.ending import cancel, expire_due, settle_unknown
from foundation.journal.models import Act, Kind
from tests.approvals.asking import CONTEXT, WAREHOUSE, Asking, let_run_out, state_of, use

EVERY = [(name, state) for name in TRANSITIONS for state in ApprovalState]


def test_final_states_are_those_of_the_design() -> None:
    sources = frozenset().union(*(line.sources for line in TRANSITIONS.values()))

    assert set(ApprovalState) - sources == {
        ApprovalState.DENIED,
        ApprovalState.EXPIRED,
        ApprovalState.CANCELLED,
        ApprovalState.EXECUTED,
        ApprovalState.FAILED,
        ApprovalState.UNKNOWN,
        ApprovalState.REVOKED,
    }


@pytest.mark.parametrize(("name", "state"), EVERY)
def test_a_transition_starts_only_from_its_sources(
    asking: Asking, name: str, state: ApprovalState
) -> None:
    line = TRANSITIONS[name]
    approval = asking.lodge()
    Approval.objects.filter(pk=approval.pk).update(state=state)
    if line.deadline is Deadline.AFTER:
        let_run_out([approval])

    assert move(approval, name, Move()) is (state in line.sources)
    assert state_of(approval) == (line.target if state in line.sources else state)


@pytest.mark.parametrize("name", TRANSITIONS)
def test_a_transition_keeps_to_the_time(asking: Asking, name: str) -> None:
    line = TRANSITIONS[name]
    approval = asking.lodge()
    Approval.objects.filter(pk=approval.pk).update(state=next(iter(line.sources)))
    if line.deadline is Deadline.BEFORE:
        let_run_out([approval])

    assert move(approval, name, Move()) is (line.deadline is Deadline.WHENEVER)


@pytest.mark.parametrize("name", TRANSITIONS)
def test_a_transition_leaves_one_act(asking: Asking, name: str) -> None:
    line = TRANSITIONS[name]
    approval = asking.lodge()
    Approval.objects.filter(pk=approval.pk).update(state=next(iter(line.sources)))
    if line.deadline is Deadline.AFTER:
        let_run_out([approval])

    move(approval, name, Move())
    move(approval, name, Move())

    act = Act.objects.get(kind=line.kind)
    assert act.detail["approval"] == str(approval.pk)
    assert act.detail["state"] == line.target


def test_a_transition_that_did_not_happen_leaves_no_act(asking: Asking) -> None:
    approval = asking.lodge()

    assert not move(approval, "mint", Move())
    assert not Act.objects.filter(kind=Kind.QUERY_MINTED).exists()


def test_the_whole_life_is_in_the_history(asking: Asking) -> None:
    approval = asking.minted()
    use(approval)
    report(approval.pk, WAREHOUSE, Report(succeeded=True, row_count=3))

    kinds = list(Act.objects.order_by("at").values_list("kind", flat=True))
    assert kinds == [
        Kind.QUERY_REQUESTED,
        Kind.QUERY_VOTED,
        Kind.QUERY_APPROVED,
        Kind.QUERY_MINTED,
        Kind.QUERY_CONSUMED,
        Kind.QUERY_EXECUTED,
    ]
    approval.refresh_from_db()
    assert (approval.state, approval.row_count) == (ApprovalState.EXECUTED, 3)


def test_what_ran_out_is_written_down_once(asking: Asking) -> None:
    pending, approved, minted = asking.lodge(), asking.approved(), asking.minted()
    in_time = asking.lodge()
    let_run_out([pending, approved, minted])

    assert (expire_due(), expire_due()) == (3, 0)
    assert {state_of(one) for one in (pending, approved, minted)} == {ApprovalState.EXPIRED}
    assert state_of(in_time) == ApprovalState.PENDING


def test_an_outcome_nobody_reported_is_unknown_and_stays_so(asking: Asking) -> None:
    approval = asking.minted()
    use(approval)
    let_run_out([approval])

    assert (settle_unknown(), settle_unknown()) == (1, 0)
    assert not report(approval.pk, WAREHOUSE, Report(succeeded=True))
    assert not use(approval)
    assert state_of(approval) == ApprovalState.UNKNOWN


def test_approving_starts_a_shorter_clock(asking: Asking) -> None:
    approval = asking.approved()

    assert approval.expires_at <= timezone.now() + timedelta(seconds=asking.terms.approved_seconds)


def test_only_who_asked_withdraws(asking: Asking) -> None:
    approval = asking.lodge()
    assert asking.user is not None

    assert cancel(approval, asking.user.pk, CONTEXT)
    assert not cancel(approval, asking.user.pk, CONTEXT)
    assert state_of(approval) == ApprovalState.CANCELLED
