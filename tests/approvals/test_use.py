"""Minting, consuming, reporting: bound to one token, one query, one resource server, once."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from consent.approvals.models import ApprovalState
from consent.approvals.use.consuming import Report, UseRefusal, consume, mint, report
from consent.approvals.use.ending import revoke
from foundation.journal.models import Act, Actor, Kind
from tests.approvals.asking import CONTEXT, WAREHOUSE, Asking, let_run_out, state_of, use

SOON = timedelta(seconds=60)


def test_one_use_wins_and_the_next_is_refused_and_recorded(asking: Asking) -> None:
    approval = asking.minted()

    assert use(approval)
    again = use(approval)

    assert (bool(again), again.refusal) == (False, UseRefusal.REPLAYED)
    act = Act.objects.get(kind=Kind.QUERY_REPLAYED)
    assert act.actor == Actor.RESOURCE_SERVER
    assert act.detail["refused"] == "replayed"
    assert state_of(approval) == ApprovalState.CONSUMED


@pytest.mark.parametrize(
    "other",
    [
        {"jti": "token-2"},
        {"jti": ""},
        {"jti": "\ud800"},
        {"detail_digest": "A" * 43},
        {"detail_digest": ""},
        {"jti": "t\0ken"},
    ],
)
def test_another_token_or_query_is_refused_and_nothing_is_used_up(
    asking: Asking, other: dict[str, str]
) -> None:
    approval = asking.minted()

    assert use(approval, **other).refusal is UseRefusal.MISMATCH
    assert use(approval)


def test_another_resource_server_learns_nothing(asking: Asking) -> None:
    approval = asking.minted()

    foreign = use(approval, audience="https://other.example")

    assert (foreign.refusal, foreign.approval) == (UseRefusal.NOT_FOUND, None)
    assert not Act.objects.filter(kind=Kind.QUERY_REPLAYED).exists()
    assert state_of(approval) == ApprovalState.MINTED


def test_an_approval_that_does_not_exist_is_not_found() -> None:
    found = consume(uuid4(), jti="t", detail_digest="A" * 43, audience=WAREHOUSE)

    assert found.refusal is UseRefusal.NOT_FOUND


def test_after_its_time_a_token_is_refused_before_anybody_writes_it_down(asking: Asking) -> None:
    approval = asking.minted()
    let_run_out([approval])

    assert use(approval).refusal is UseRefusal.EXPIRED
    assert state_of(approval) == ApprovalState.MINTED


def test_an_approval_without_token_cannot_be_used(asking: Asking) -> None:
    approval = asking.approved()

    assert use(approval, jti="").refusal is UseRefusal.MISMATCH
    assert state_of(approval) == ApprovalState.APPROVED


def test_a_revoked_token_is_refused(asking: Asking) -> None:
    approval = asking.minted()

    assert revoke(approval, "stolen laptop", CONTEXT)
    assert use(approval).refusal is UseRefusal.NOT_USABLE
    assert not revoke(approval, "again", CONTEXT)


@pytest.mark.parametrize("who", ["person", "client"])
def test_whoever_is_not_active_any_more_gets_no_token_and_uses_none(
    asking: Asking, who: str
) -> None:
    waiting, approval = asking.approved(), asking.minted()
    row = asking.user if who == "person" else asking.client
    assert row is not None
    row.is_active = False
    row.save()

    assert use(approval).refusal is UseRefusal.NOT_USABLE
    assert not mint(waiting.pk, "token-2", timezone.now() + SOON)
    assert (state_of(approval), state_of(waiting)) == (ApprovalState.MINTED, ApprovalState.APPROVED)


def test_an_approval_gives_one_token(asking: Asking) -> None:
    approval = asking.approved()

    assert mint(approval.pk, "token-1", timezone.now() + SOON)
    assert not mint(approval.pk, "token-2", timezone.now() + SOON)
    assert use(approval, jti="token-1")


def test_what_waits_gives_no_token(asking: Asking) -> None:
    assert not mint(asking.lodge().pk, "token-1", timezone.now() + SOON)


def test_a_report_counts_once_and_only_from_the_one_that_was_asked(asking: Asking) -> None:
    approval = asking.minted()

    assert not report(approval.pk, WAREHOUSE, Report(succeeded=True))
    use(approval)
    assert not report(approval.pk, "https://other.example", Report(succeeded=True))
    assert report(approval.pk, WAREHOUSE, Report(succeeded=False, reason="time\0out"))
    assert not report(approval.pk, WAREHOUSE, Report(succeeded=True, row_count=1))

    approval.refresh_from_db()
    assert (approval.state, approval.reason) == (ApprovalState.FAILED, "timeout")


@pytest.mark.parametrize("row_count", [-1, 2**63])
def test_an_impossible_row_count_is_refused(row_count: int) -> None:
    with pytest.raises(ValueError, match="row_count"):
        Report(succeeded=True, row_count=row_count)
