"""A rule or a policy may demand that a yes is signed, where the type of the request does not."""

import pytest
from django.test import Client as Browser
from django.urls import reverse

from claims.services import set_attributes
from consent.approvals.deciders.demands import demands_of
from consent.approvals.deciders.rules import and_by_policy
from consent.approvals.errors import NotEligibleError, UnsignedError
from consent.approvals.models import Approval, ApprovalRule, ApprovalState, Approvers
from consent.approvals.terms import ApprovalTerms, terms_of
from consent.approvals.use.ending import break_glass
from foundation.directory.models import Client, User
from foundation.journal.models import Act, Kind
from policy.engine.validation import problems_of
from scopeward_guard.cedar import default_schema
from tests.approvals.asking import (
    CONTEXT,
    WAREHOUSE,
    Asking,
    a_ballot,
    make_owner,
    make_rule,
    make_someone,
    say,
    state_of,
)
from tests.approvals.signing import Signer
from tests.approvals.test_pages import signed_in
from tests.policies import PERMIT_ALL, put_in_force

pytestmark = pytest.mark.django_db
SALARY = "hr.employees.salary"
OWNED = """
@id("owned") @approvers("{}") forbid(principal, action, resource is Query)
unless {{ context.approved }};
"""


def by_rule(asking: Asking, owner: User) -> Approval:
    make_rule(Approvers.OWNER, SALARY, needs_signature=True)
    return asking.lodge(SALARY)


def by_policy(asking: Asking, owner: User) -> Approval:
    put_in_force(WAREHOUSE, PERMIT_ALL + OWNED.format("owner signed"))
    return asking.lodge(SALARY)


def by_policy_beside_a_rule(asking: Asking, owner: User) -> Approval:
    make_rule(Approvers.OWNER, SALARY)
    return by_policy(asking, owner)


def by_another_rule(asking: Asking, owner: User) -> Approval:
    """Whoever is named by another rule signs too."""
    make_rule(Approvers.OWNER, SALARY)
    make_rule(Approvers.REQUESTER, needs_signature=True)
    return asking.lodge(SALARY)


@pytest.mark.parametrize(
    "demanding", [by_rule, by_policy, by_policy_beside_a_rule, by_another_rule]
)
def test_one_demand_is_enough_that_every_yes_is_signed(
    asking: Asking, grace: User, demanding: object
) -> None:
    make_owner(grace, SALARY)
    approval = demanding(asking, grace)  # type: ignore[operator]

    with pytest.raises(UnsignedError):
        say(approval, grace)
    assert state_of(approval) == ApprovalState.PENDING
    assert terms_of(approval).needs_signature
    assert Act.objects.get(kind=Kind.QUERY_REQUESTED).detail["signed"] is True
    assert len([one for one in demands_of(approval) if not one.is_for_the_requester]) == 1

    say(approval, grace, signed=Signer.make(grace).sign(approval))
    if demanding in {by_policy, by_another_rule}:
        with pytest.raises(UnsignedError):
            say(approval, asking.user)
        say(approval, asking.user, signed=Signer.make(asking.user).sign(approval))
    assert state_of(approval) == ApprovalState.APPROVED


@pytest.mark.parametrize(
    ("of_type", "rules", "is_signed"),
    [
        (False, [], False),
        (False, [{}], False),
        (False, [{"needs_signature": True, "is_active": False}], False),
        (False, [{"needs_signature": True, "resource_server": "https://other.example"}], False),
        (False, [{}, {"needs_signature": True}], True),
        (True, [{}], True),
        (True, [], True),
    ],
)
def test_strictest_of_type_and_rules_counts(
    client: Client, ada: User, of_type: bool, rules: list[dict[str, object]], is_signed: bool
) -> None:
    make_someone("dora", "dpo")
    for who, columns in zip((Approvers.REQUESTER, Approvers.ROLE), rules, strict=False):
        make_rule(who, role="dpo", **columns)

    approval = Asking(client, ada, ApprovalTerms(needs_signature=of_type)).lodge(SALARY)

    assert terms_of(approval).needs_signature is is_signed


def test_rule_about_other_data_demands_nothing(asking: Asking, ada: User) -> None:
    make_rule(Approvers.REQUESTER, "finance.*", needs_signature=True)

    assert say(asking.lodge(SALARY), ada) == ApprovalState.APPROVED


def test_rule_that_was_removed_since_still_counts(asking: Asking, grace: User) -> None:
    make_owner(grace, SALARY)
    approval = by_rule(asking, grace)
    ApprovalRule.objects.all().delete()

    with pytest.raises(UnsignedError):
        say(approval, grace)


def test_nobody_goes_ahead_alone_where_a_rule_wants_a_signature(
    asking: Asking, ada: User, grace: User
) -> None:
    set_attributes(ada, {"roles": ["on-call"]})
    make_rule(Approvers.PEOPLE, people=[grace], break_glass_role="on-call")
    make_rule(Approvers.REQUESTER, needs_signature=True)
    approval = asking.lodge(SALARY)

    with pytest.raises(NotEligibleError):
        break_glass(approval, ada.pk, "Nobody can be reached at all.", a_ballot(approval), CONTEXT)


def test_policy_and_rule_are_one_demand_and_the_policy_makes_it_signed(
    asking: Asking, grace: User
) -> None:
    make_owner(grace, SALARY)
    make_rule(Approvers.OWNER, SALARY)
    (of_rule,) = demands_of(asking.lodge(SALARY))
    put_in_force(WAREHOUSE, PERMIT_ALL + OWNED.format("owner signed"))
    (together,) = demands_of(asking.lodge(SALARY))

    assert (of_rule.needs_signature, together.needs_signature) == (False, True)
    assert and_by_policy([together], [of_rule]) == [together]


@pytest.mark.parametrize(
    "written", ["signed", "owner signed twice", "signed owner", "owner,signed"]
)
def test_policy_that_says_it_otherwise_is_none(written: str) -> None:
    (problem,) = problems_of(OWNED.format(written), default_schema())

    assert "is not `[how many] owner|requester|role:name [signed]`" in problem.message


def test_pages_say_that_a_yes_is_signed(asking: Asking, ada: User, grace: User) -> None:
    make_owner(grace, SALARY)
    approval = by_rule(asking, grace)
    Signer.make(grace)

    waiting = signed_in(ada).get(approval.get_waiting_url()).content.decode()
    deciding = signed_in(grace).get(approval.get_absolute_url()).content.decode()

    assert "A yes is signed with a passkey" in waiting
    assert "will be signed with your own passkey" in deciding


def test_rule_is_set_in_the_administration_and_contradicts_no_emergency(
    admin_client: Browser,
) -> None:
    rule = make_rule(Approvers.REQUESTER)
    address = reverse("admin:approvals_approvalrule_change", args=[rule.pk])
    form = {
        "title": "Signed", "pattern": "*", "who": "role", "role": "dpo", "needed": "1",
        "position": "100", "is_active": "on", "needs_signature": "on",
    }  # fmt: skip

    refused = admin_client.post(address, {**form, "break_glass_role": "on-call"})
    assert "nobody goes ahead alone" in refused.content.decode()
    assert admin_client.post(address, form).status_code == 302
    assert ApprovalRule.objects.get().needs_signature
    assert rule.needs_signature is False
