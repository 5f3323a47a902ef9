"""Everything that may come at the same time, as races on both databases."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from consent.approvals.errors import AlreadyVotedError, ApprovalError, NotPendingError
from consent.approvals.models import ApprovalState, Approvers, Notice, Vote, VoteSignature
from consent.approvals.use.consuming import Report, UseRefusal, mint, report
from consent.approvals.use.ending import cancel, expire_due, revoke, settle_unknown
from consent.approvals.voting import vote
from foundation.directory.models import User
from foundation.journal.models import Act, Kind
from tests.approvals.asking import (
    CONTEXT,
    WAREHOUSE,
    Asking,
    a_ballot,
    let_run_out,
    make_rule,
    make_someone,
    state_of,
    use,
)
from tests.approvals.signing import Signer, ask_signed

USES = 60

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Start all calls at one moment, each with its own connection; an error of ours is a result."""
    barrier = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return call()
        except ApprovalError as error:
            return type(error)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_one_of_many_uses_wins_and_every_other_is_recorded(asking: Asking) -> None:
    approval = asking.minted()

    results = at_once(*[lambda: use(approval)] * USES)

    assert [bool(result) for result in results].count(True) == 1
    assert {result.refusal for result in results} == {None, UseRefusal.REPLAYED}
    assert Act.objects.filter(kind=Kind.QUERY_CONSUMED).count() == 1
    assert Act.objects.filter(kind=Kind.QUERY_REPLAYED).count() == USES - 1


def test_one_of_many_tokens_is_bound(asking: Asking) -> None:
    approval = asking.approved()
    until = timezone.now() + timedelta(seconds=60)

    results = at_once(*[lambda n=n: mint(approval.pk, f"token-{n}", until) for n in range(12)])

    assert results.count(True) == 1


def test_the_last_votes_together_complete_it_once(asking: Asking) -> None:
    people = [make_someone(f"dpo{n}", "dpo") for n in range(6)]
    make_rule(Approvers.ROLE, role="dpo", needed=6)
    approval = asking.lodge()
    ballot = a_ballot(approval)

    at_once(*[lambda p=p: vote(approval, p.pk, ballot, CONTEXT) for p in people])

    assert state_of(approval) == ApprovalState.APPROVED
    assert Vote.objects.count() == 6
    assert Act.objects.filter(kind=Kind.QUERY_APPROVED).count() == 1
    assert Notice.objects.filter(event="decided").count() == 1


def test_one_person_in_many_windows_votes_once(asking: Asking) -> None:
    dora = make_someone("dora", "dpo")
    make_someone("emil", "dpo")
    make_rule(Approvers.ROLE, role="dpo", needed=2)
    approval = asking.lodge()
    ballot = a_ballot(approval)

    results = at_once(*[lambda: vote(approval, dora.pk, ballot, CONTEXT)] * 8)

    assert results.count(ApprovalState.PENDING) == 1
    assert Vote.objects.count() == 1
    assert state_of(approval) == ApprovalState.PENDING


def test_yes_and_withdrawal_at_once_leave_one_outcome(asking: Asking, ada: User) -> None:
    make_someone("dora", "dpo")
    dora = User.objects.get(username="dora")
    make_rule(Approvers.ROLE, role="dpo")
    approval = asking.lodge()
    ballot = a_ballot(approval)

    at_once(
        lambda: vote(approval, dora.pk, ballot, CONTEXT),
        lambda: cancel(approval, ada.pk, CONTEXT),
    )

    # An approval that has not been used may still be withdrawn.
    assert state_of(approval) == ApprovalState.CANCELLED


def test_use_and_revocation_at_once_are_told_in_the_order_they_won(asking: Asking) -> None:
    approval = asking.minted()

    used, revoked = at_once(lambda: use(approval), lambda: revoke(approval, "stolen", CONTEXT))

    assert revoked
    assert state_of(approval) == ApprovalState.REVOKED
    assert Act.objects.filter(kind=Kind.QUERY_CONSUMED).exists() == bool(used)


def test_an_outcome_is_reported_or_unknown_but_never_both(asking: Asking) -> None:
    approval = asking.minted()
    use(approval)
    let_run_out([approval])

    reported, settled = at_once(
        lambda: report(approval.pk, WAREHOUSE, Report(succeeded=True)),
        settle_unknown,
    )

    assert [bool(reported), bool(settled)].count(True) == 1
    assert state_of(approval) in {ApprovalState.EXECUTED, ApprovalState.UNKNOWN}


def test_many_workers_write_an_expiry_down_once(asking: Asking) -> None:
    let_run_out([asking.lodge() for _ in range(3)])

    assert sum(at_once(*[expire_due] * 4)) == 3
    assert Act.objects.filter(kind=Kind.QUERY_EXPIRED).count() == 3


def test_one_signed_answer_in_many_windows_is_one_vote(asking: Asking, grace: User) -> None:
    signer, other = Signer.make(grace), make_someone("dora")
    approval = ask_signed(asking.client, asking.user, grace, other)
    ballot = a_ballot(approval, signed=signer.sign(approval))

    results = at_once(*[lambda: vote(approval, grace.pk, ballot, CONTEXT)] * 8)

    assert results.count(ApprovalState.PENDING) == 1
    assert set(results) == {ApprovalState.PENDING, AlreadyVotedError}
    assert VoteSignature.objects.count() == 1


def test_two_signed_answers_of_one_person_are_one_vote(asking: Asking, grace: User) -> None:
    signer = Signer.make(grace)
    approval = ask_signed(asking.client, asking.user, grace)
    ballots = [a_ballot(approval, signed=signer.sign(approval)) for _ in range(4)]

    results = at_once(*[lambda b=b: vote(approval, grace.pk, b, CONTEXT) for b in ballots])

    assert results.count(ApprovalState.APPROVED) == 1
    assert set(results) == {ApprovalState.APPROVED, NotPendingError}
    assert VoteSignature.objects.count() == 1
