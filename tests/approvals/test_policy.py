"""Policy asked before, while and after people approve: lodging, minting, using."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from claims.services import set_attributes
from consent.approvals.deciders.demands import demands_of
from consent.approvals.errors import ForbiddenByPolicyError, UnanswerableError
from consent.approvals.models import Approval, ApprovalState, Approvers
from consent.approvals.sensitive_data import Level, SensitiveData, protect
from consent.approvals.use.consuming import UseRefusal, mint
from foundation.directory.models import Client, User
from foundation.journal.models import Act, Kind
from tests.approvals.asking import WAREHOUSE, Asking, make_owner, make_rule, say, state_of, use
from tests.policies import PERMIT_ALL, put_in_force

CLEARED = """
@id("readers") permit(principal, action == Action::"select", resource is Query);
@id("clearance") @reason("{resource.most_sensitive} is {resource.sensitivity}.")
forbid(principal is User, action, resource is Query)
when { principal.clearance < resource.sensitivity };
"""
OWNED = """
@id("owners") @approvers("owner") forbid(principal, action, resource is Query)
when { resource.sensitivity >= 2 } unless { context.approved };
"""


@pytest.fixture(autouse=True)
def _labelled(client: Client) -> None:
    """Salaries are confidential, the second level."""
    salary = SensitiveData(pattern="hr.employees.salary", level=Level.CONFIDENTIAL, label="Salary")
    protect(WAREHOUSE, "", [salary])


@pytest.fixture
def cleared(ada: User) -> User:
    set_attributes(ada, {"clearance": "confidential"})
    return ada


def test_what_policy_forbids_nobody_is_asked_to_approve(asking: Asking) -> None:
    put_in_force(WAREHOUSE, CLEARED)
    with pytest.raises(ForbiddenByPolicyError, match=r"hr\.employees\.salary is confidential"):
        asking.lodge("hr.employees.salary")
    assert not Approval.objects.exists()


def test_what_policy_permits_is_lodged_under_its_revision(asking: Asking, cleared: User) -> None:
    put_in_force(WAREHOUSE, CLEARED)
    approval = asking.lodge("hr.employees.salary")
    assert len(approval.policy_rev) == 43
    assert state_of(approval) == ApprovalState.PENDING


def test_an_action_that_policy_does_not_know_is_forbidden(asking: Asking, cleared: User) -> None:
    put_in_force(WAREHOUSE, CLEARED)
    with pytest.raises(ForbiddenByPolicyError):
        asking.lodge("hr.employees.salary", actions=["select", "delete"])


def test_policy_names_the_owner_as_one_who_must_agree(
    asking: Asking, cleared: User, grace: User
) -> None:
    make_owner(grace, "hr.employees.*")
    put_in_force(WAREHOUSE, CLEARED + OWNED)
    demands = demands_of(asking.lodge("hr.employees.salary"))
    assert [demand.keys for demand in demands if demand.who == Approvers.OWNER] == [
        (f"owner:{WAREHOUSE}|hr.employees.*",)
    ]


def test_nobody_agrees_twice_for_rule_and_policy(
    asking: Asking, cleared: User, grace: User
) -> None:
    make_owner(grace, "hr.employees.*")
    make_rule(Approvers.OWNER, "hr.*")
    put_in_force(WAREHOUSE, CLEARED + OWNED)
    demands = demands_of(asking.lodge("hr.employees.salary"))
    assert [demand.who for demand in demands].count("owner") == 1


def test_data_without_an_owner_cannot_be_lodged_where_policy_wants_one(
    asking: Asking, cleared: User
) -> None:
    put_in_force(WAREHOUSE, CLEARED + OWNED)
    with pytest.raises(UnanswerableError):
        asking.lodge("hr.employees.salary")


def test_whoever_lost_the_clearance_gets_no_token(asking: Asking, cleared: User) -> None:
    put_in_force(WAREHOUSE, CLEARED)
    approval = asking.approved()
    set_attributes(cleared, {"clearance": "internal"})

    assert not mint(approval.pk, "token-1", timezone.now() + timedelta(seconds=60))
    assert state_of(approval) == ApprovalState.APPROVED


def test_a_token_is_useless_once_policy_forbids_its_query(asking: Asking, cleared: User) -> None:
    put_in_force(WAREHOUSE, CLEARED)
    approval = asking.minted()
    put_in_force(WAREHOUSE, CLEARED + '@id("stop") forbid(principal, action, resource);')

    assert use(approval).refusal is UseRefusal.FORBIDDEN
    assert Act.objects.get(kind=Kind.QUERY_REPLAYED).detail["refused"] == "forbidden"
    assert state_of(approval) == ApprovalState.MINTED


def test_policy_knows_from_where_it_was_asked(asking: Asking, cleared: User) -> None:
    office = (
        '@id("office") forbid(principal, action, resource) unless '
        '{ context has address && context.address.isInRange(ip("192.0.2.0/24")) };'
    )
    put_in_force(WAREHOUSE, CLEARED + office)
    assert use(asking.minted())
    put_in_force(WAREHOUSE, CLEARED + office.replace("192.0.2", "198.51.100"))
    with pytest.raises(ForbiddenByPolicyError):
        asking.lodge("hr.employees.salary")


def test_another_kind_of_detail_is_left_to_its_rules(asking: Asking) -> None:
    put_in_force(WAREHOUSE, '@id("none") forbid(principal, action, resource);')
    assert asking.lodge(type="urn:example:payment")


def test_the_owner_votes_as_policy_wants(asking: Asking, cleared: User, grace: User) -> None:
    make_owner(grace, "hr.employees.salary")
    put_in_force(WAREHOUSE, CLEARED + OWNED)
    approval = asking.lodge("hr.employees.salary")
    say(approval, cleared)
    assert state_of(approval) == ApprovalState.PENDING
    say(approval, grace)
    assert state_of(approval) == ApprovalState.APPROVED


EMERGENCY = """
@id("emergency") permit(principal, action == Action::"select", resource is Query)
when { context.emergency };
"""


def test_what_only_an_emergency_permits_may_be_lodged_and_not_approved_the_usual_way(
    asking: Asking,
) -> None:
    put_in_force(WAREHOUSE, EMERGENCY)
    approval = asking.approved()

    assert not mint(approval.pk, "token-1", timezone.now() + timedelta(seconds=60))
    Approval.objects.filter(pk=approval.pk).update(is_break_glass=True)
    assert mint(approval.pk, "token-1", timezone.now() + timedelta(seconds=60))


@pytest.mark.parametrize("actions", [[], None, "select", {}, 7])
def test_a_request_for_no_action_is_permitted_by_nobody(asking: Asking, actions: Any) -> None:
    put_in_force(WAREHOUSE, PERMIT_ALL)
    with pytest.raises(ForbiddenByPolicyError):
        asking.lodge(actions=actions)
