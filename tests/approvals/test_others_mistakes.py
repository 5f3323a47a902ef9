"""Weak points that were read in another approval gateway's code; each cannot happen here."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from consent.approvals.deciders.demands import demands_of
from consent.approvals.errors import NotEligibleError, UnanswerableError
from consent.approvals.models import ApprovalState, Approvers
from consent.approvals.use.consuming import UseRefusal, mint
from consent.approvals.use.ending import expire_due, revoke
from foundation.directory.models import Client, User
from scopeward_guard._binding.binding import detail_digest, query_hash
from tests.approvals.asking import (
    CONTEXT,
    WAREHOUSE,
    Asking,
    let_run_out,
    make_rule,
    make_someone,
    say,
    state_of,
    use,
)


@pytest.mark.django_db(transaction=True)
@pytest.mark.both_databases
def test_1_single_use_does_not_depend_on_a_lock_in_one_process(asking: Asking) -> None:
    """Two replicas, or two ways in, ran one approval: status was checked, then set."""
    approval = asking.minted()

    def one_use(_: int) -> bool:
        try:
            return bool(use(approval))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(one_use, range(32))) == 1


def test_2_being_executed_is_not_a_state_to_execute_from(asking: Asking) -> None:
    """A review in progress opened the session again, and one route skipped the check."""
    approval = asking.minted()
    use(approval)

    assert state_of(approval) == ApprovalState.CONSUMED
    assert use(approval).refusal is UseRefusal.REPLAYED
    assert not mint(approval.pk, "token-2", timezone.now() + timedelta(seconds=60))


@pytest.mark.parametrize("how_far", ["lodge", "approved", "minted"])
def test_3_everything_expires_and_everything_can_be_revoked(asking: Asking, how_far: str) -> None:
    """Neither waiting nor approved one-time reviews had an end, or could be revoked."""
    approval, other = getattr(asking, how_far)(), None
    assert revoke(approval, "changed our minds", CONTEXT)

    other = asking.lodge() if how_far == "lodge" else asking.approved()
    let_run_out([other])
    assert expire_due() == 1
    assert (state_of(approval), state_of(other)) == (ApprovalState.REVOKED, ApprovalState.EXPIRED)


def test_4_administrators_do_not_approve_what_they_asked_for(client: Client) -> None:
    """Administrators could approve their own requests."""
    boss = make_someone("boss", "dpo", is_superuser=True, is_staff=True)
    make_someone("dora", "dpo")
    make_rule(Approvers.ROLE, role="dpo")

    with pytest.raises(NotEligibleError):
        say(Asking(client, boss).lodge(), boss)


def test_4_administrators_have_no_vote_by_being_administrators(asking: Asking) -> None:
    boss = make_someone("boss", is_superuser=True, is_staff=True)
    make_someone("dora", "dpo")
    make_rule(Approvers.ROLE, role="dpo")

    with pytest.raises(NotEligibleError):
        say(asking.lodge(), boss)


def test_5_one_person_in_two_groups_is_one_person(asking: Asking) -> None:
    """One click satisfied two groups."""
    both, second = make_someone("dora", "dpo", "auditor"), make_someone("emil", "auditor")
    make_rule(Approvers.ROLE, role="dpo")
    make_rule(Approvers.ROLE, role="auditor")
    approval = asking.lodge()

    assert say(approval, both) == ApprovalState.PENDING
    assert say(approval, second) == ApprovalState.APPROVED


def test_5_more_than_enough_is_enough(asking: Asking) -> None:
    """Completion was `approved == needed`: overshooting left it waiting for ever."""
    people = [make_someone(name, "dpo", "auditor") for name in ("dora", "emil", "fay")]
    make_rule(Approvers.ROLE, role="dpo", needed=1)
    make_rule(Approvers.PEOPLE, people=people[2:])
    approval = asking.lodge()

    assert [say(approval, person) for person in people] == ["pending", "pending", "approved"]


def test_6_time_is_one_moment_in_utc_and_no_window_of_the_day(asking: Asking, ada: User) -> None:
    """A window from 22:00 to 06:00 refused 01:00. Here an approval ends at a moment."""
    approval = asking.lodge()
    waits = approval.expires_at - approval.created_at

    assert waits == timedelta(seconds=asking.terms.pending_seconds)
    assert approval.expires_at.utcoffset() == timedelta(0)


def test_7_rights_are_of_columns_and_bound_to_policy_query_and_server(asking: Asking) -> None:
    """Rights were per connection, without a policy version or a digest."""
    make_someone("dora", "dpo")
    make_rule(Approvers.ROLE, "hr.employees.salary", role="dpo")

    assert [d.who for d in demands_of(asking.lodge("hr.employees.name"))] == [Approvers.REQUESTER]
    assert [d.who for d in demands_of(asking.lodge("hr.employees.salary"))] == [Approvers.ROLE]
    approval = asking.lodge("hr.employees.name")
    assert (approval.query_hash, approval.audience) == (query_hash(approval.detail), WAREHOUSE)
    assert approval.detail_digest == detail_digest(approval.detail)


def test_7_a_rule_without_anybody_is_an_answer_and_not_a_wait(asking: Asking) -> None:
    make_rule(Approvers.ROLE, role="nobody")

    with pytest.raises(UnanswerableError):
        asking.lodge()
