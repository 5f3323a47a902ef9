"""Rules: which requests they touch, whom they demand, and what nobody could ever approve."""

import pytest

from claims.catalogue.details import InexactDetailError
from claims.catalogue.patterns import touches
from claims.services import set_group_attributes
from consent.approvals.deciders.demands import demands_of
from consent.approvals.deciders.matching import is_met
from consent.approvals.errors import StaleSignInError, UnanswerableError
from consent.approvals.models import Approval, ApprovalState, Approvers
from foundation.directory.models import User
from foundation.journal.models import Act
from tests.approvals.asking import Asking, by_passkey, make_owner, make_rule, make_someone, say

LEVEL_TWO = "urn:scopeward:acr:2"


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        ("finance.payments.card_number", "finance.payments.card_number", True),
        ("finance.payments.card_number", "Finance.Payments.CARD_NUMBER", True),
        ("finance.payments.card_number", "finance.payments.amount", False),
        ("hr.*", "hr.employees.salary", True),
        ("hr.*", "finance.hr.salary", False),
        ("*", "hr.employees.salary", True),
        ("*.payments.card_number", "finance.payments.card_number", True),
        # A whole table contains the column, and a star might.
        ("finance.payments.card_number", "finance.payments", True),
        ("finance.payments.card_number", "finance.payments.*", True),
        ("finance.payments.card_number", "*", True),
        ("finance.payments", "finance.payments.amount", True),
        ("hr", "hrx.employees", False),
    ],
)
def test_a_pattern_touches_all_it_might_be_about(pattern: str, name: str, expected: bool) -> None:
    assert touches(pattern, name) is expected


def test_without_a_rule_who_asks_approves(asking: Asking, ada: User) -> None:
    approval = asking.lodge()

    assert [demand.who for demand in demands_of(approval)] == [Approvers.REQUESTER]
    assert say(approval, ada) == ApprovalState.APPROVED


def test_two_rules_for_who_asks_are_agreed_to_once(asking: Asking, ada: User) -> None:
    make_rule(Approvers.REQUESTER, "hr.employees.salary", title="Salaries")
    make_rule(Approvers.REQUESTER, "hr.employees.name", title="Names", minimum_acr=LEVEL_TWO)

    approval = asking.lodge("hr.employees.salary", "hr.employees.name")

    (demand,) = demands_of(approval)
    assert (demand.title, demand.minimum_acr) == ("Salaries; Names", LEVEL_TWO)
    with pytest.raises(StaleSignInError):
        say(approval, ada)
    assert say(approval, ada, sign_in=by_passkey()) == ApprovalState.APPROVED


def test_who_asks_agrees_once_beside_others(asking: Asking, ada: User) -> None:
    grace = make_someone("grace", "dpo")
    make_rule(Approvers.REQUESTER, "hr.employees.salary", title="Salaries")
    make_rule(Approvers.REQUESTER, "hr.*", title="People")
    make_rule(Approvers.ROLE, "hr.*", role="dpo")

    approval = asking.lodge("hr.employees.salary")

    assert [demand.who for demand in demands_of(approval)] == [
        Approvers.REQUESTER,
        Approvers.ROLE,
    ]
    assert say(approval, ada) == ApprovalState.PENDING
    assert say(approval, grace) == ApprovalState.APPROVED


def test_rules_for_other_types_servers_and_data_do_not_count(asking: Asking) -> None:
    make_rule(Approvers.ROLE, "*", role="dpo", type="urn:other")
    make_rule(Approvers.ROLE, "*", role="dpo", resource_server="https://other.example")
    make_rule(Approvers.ROLE, "finance.*", role="dpo")
    make_rule(Approvers.ROLE, "*", role="dpo", is_active=False)

    assert [demand.who for demand in demands_of(asking.lodge())] == [Approvers.REQUESTER]


def test_a_request_that_names_no_data_touches_every_rule(asking: Asking) -> None:
    make_someone("grace", "dpo")
    make_rule(Approvers.ROLE, "finance.*", role="dpo")

    approval = asking.lodge(datatypes=[])

    assert [demand.who for demand in demands_of(approval)] == [Approvers.ROLE]


def test_a_role_may_come_from_a_group(asking: Asking, grace: User) -> None:
    from django.contrib.auth.models import Group

    group = Group.objects.create(name="Privacy")
    set_group_attributes(group, {"roles": ["Datenschützer"]})
    grace.groups.add(group)
    make_rule(Approvers.ROLE, role="Datenschützer")

    assert say(asking.lodge(), grace) == ApprovalState.APPROVED


@pytest.mark.parametrize("needed", [2, 3])
def test_a_rule_that_nobody_can_satisfy_is_refused_at_once(asking: Asking, needed: int) -> None:
    make_someone("grace", "dpo")
    make_rule(Approvers.ROLE, role="dpo", needed=needed)

    with pytest.raises(UnanswerableError, match="not enough people"):
        asking.lodge()
    assert not Approval.objects.exists()
    assert not Act.objects.exists()


def test_who_asks_does_not_count_as_an_approver(client: object, ada: User) -> None:
    boss = make_someone("boss", "dpo")
    make_rule(Approvers.ROLE, role="dpo")

    with pytest.raises(UnanswerableError):
        Asking(client, boss).lodge()  # type: ignore[arg-type]


def test_one_person_in_two_roles_cannot_be_two(asking: Asking) -> None:
    make_someone("grace", "dpo", "auditor")
    make_rule(Approvers.ROLE, role="dpo")
    make_rule(Approvers.ROLE, role="auditor")

    with pytest.raises(UnanswerableError):
        asking.lodge()


def test_people_who_are_not_active_do_not_count(asking: Asking) -> None:
    make_someone("grace", "dpo", is_active=False)
    make_rule(Approvers.ROLE, role="dpo")

    with pytest.raises(UnanswerableError):
        asking.lodge()


def test_data_without_an_owner_is_refused(asking: Asking) -> None:
    make_rule(Approvers.OWNER)

    with pytest.raises(UnanswerableError, match=r"Nobody answers for hr\.employees\.salary"):
        asking.lodge()


def test_each_owner_of_a_part_has_to_agree(asking: Asking, grace: User) -> None:
    linus = make_someone("linus")
    make_owner(grace, "finance.payments")
    make_owner(linus, "hr.employees.salary")
    make_rule(Approvers.OWNER)

    approval = asking.lodge("finance.payments.amount", "hr.employees.salary")

    assert say(approval, grace) == ApprovalState.PENDING
    assert say(approval, linus) == ApprovalState.APPROVED


def test_the_owner_of_the_column_is_asked_rather_than_of_the_schema(
    asking: Asking, grace: User
) -> None:
    make_owner(make_someone("linus"), "finance.*")
    make_owner(grace, "finance.payments.card_number")
    make_rule(Approvers.OWNER)

    assert say(asking.lodge("finance.payments.card_number"), grace) == ApprovalState.APPROVED


def test_asking_for_the_whole_table_does_not_avoid_the_owner_of_a_column(
    asking: Asking, grace: User
) -> None:
    linus = make_someone("linus")
    make_owner(linus, "finance.payments")
    make_owner(grace, "finance.payments.card_number")
    make_rule(Approvers.OWNER)

    approval = asking.lodge("finance.payments")

    assert say(approval, linus) == ApprovalState.PENDING
    assert say(approval, grace) == ApprovalState.APPROVED


def test_a_client_that_acts_for_itself_needs_a_rule(client: object) -> None:
    with pytest.raises(UnanswerableError, match="acts for itself"):
        Asking(client, None).lodge()  # type: ignore[arg-type]


def test_a_client_that_acts_for_itself_is_approved_by_others(client: object) -> None:
    grace = make_someone("grace", "dpo")
    make_rule(Approvers.ROLE, role="dpo")

    assert say(Asking(client, None).lodge(), grace) == ApprovalState.APPROVED  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "bad", [{"max_rows": float("nan")}, {"statement": "a\0b"}, {"query_hash": "x" * 300}]
)
def test_what_cannot_be_bound_exactly_is_refused(asking: Asking, bad: dict[str, object]) -> None:
    with pytest.raises(InexactDetailError):
        asking.lodge(**bad)
    assert not Approval.objects.exists()


def test_rules_changed_later_do_not_change_what_was_lodged(asking: Asking, ada: User) -> None:
    approval = asking.lodge()
    make_someone("grace", "dpo")
    make_rule(Approvers.ROLE, role="dpo")

    assert say(approval, ada) == ApprovalState.APPROVED


@pytest.mark.parametrize(
    ("needed", "able", "expected"),
    [
        ([1], {"a": [0]}, True),
        ([2], {"a": [0]}, False),
        ([1, 1], {"a": [0, 1]}, False),
        ([1, 1], {"a": [0, 1], "b": [0]}, True),
        ([1, 1], {"a": [0], "b": [0, 1]}, True),
        ([2, 1], {"a": [0, 1], "b": [0], "c": [0, 1]}, True),
        ([1], {"a": [0], "b": [0], "c": [0]}, True),
        ([0], {}, True),
    ],
)
def test_demands_are_met_by_distinct_people(
    needed: list[int], able: dict[str, list[int]], expected: bool
) -> None:
    assert is_met(needed, able) is expected
