"""A rule may want a stronger sign-in of whoever approves than the type of the request does."""

import pytest
from django.test import Client as Browser
from django.urls import reverse

from consent.approvals.errors import StaleSignInError
from consent.approvals.models import ApprovalRule, ApprovalState, Approvers
from consent.approvals.terms import ApprovalTerms, terms_of
from consent.approvals.use.ending import break_glass
from foundation.directory.models import Client, User
from tests.approvals.asking import (
    CONTEXT,
    Asking,
    a_ballot,
    by_passkey,
    make_owner,
    make_rule,
    make_someone,
    say,
    state_of,
)

pytestmark = pytest.mark.django_db
ONE, TWO, THREE = (f"urn:scopeward:acr:{place}" for place in (1, 2, 3))
UNKNOWN = "urn:example:unheard-of"
SALARY = "hr.employees.salary"


@pytest.mark.spec("RFC 9470", "4")
def test_owner_approves_only_as_strongly_as_the_rule_wants(asking: Asking, grace: User) -> None:
    make_owner(grace, SALARY)
    make_rule(Approvers.OWNER, SALARY, minimum_acr=THREE)
    approval = asking.lodge(SALARY)

    with pytest.raises(StaleSignInError):
        say(approval, grace)
    assert state_of(approval) == ApprovalState.PENDING
    assert say(approval, grace, sign_in=by_passkey()) == ApprovalState.APPROVED


@pytest.mark.parametrize(
    ("of_type", "of_rules", "wanted"),
    [
        ("", ["", TWO], TWO),
        ("", [TWO, THREE], THREE),
        (THREE, [TWO], THREE),
        (TWO, [], TWO),
        ("", [], ""),
        # What nobody knows nobody reaches, whatever else is wanted.
        (THREE, [UNKNOWN], UNKNOWN),
        (UNKNOWN, [ONE], UNKNOWN),
    ],
)
def test_strongest_of_type_and_rules_is_wanted(
    client: Client, ada: User, of_type: str, of_rules: list[str], wanted: str
) -> None:
    make_someone("dora", "dpo")
    for who, level in zip((Approvers.REQUESTER, Approvers.ROLE), of_rules, strict=False):
        make_rule(who, role="dpo", minimum_acr=level)

    approval = Asking(client, ada, ApprovalTerms(minimum_acr=of_type)).lodge()

    assert terms_of(approval).minimum_acr == wanted


def test_rule_about_other_data_raises_nothing(asking: Asking, ada: User) -> None:
    make_rule(Approvers.REQUESTER, "finance.*", minimum_acr=THREE)

    assert say(asking.lodge(SALARY), ada) == ApprovalState.APPROVED


def test_emergency_needs_the_level_as_well(client: Client, grace: User) -> None:
    otto = make_someone("otto", "on-call")
    make_owner(grace, SALARY)
    make_rule(Approvers.OWNER, SALARY, minimum_acr=THREE, break_glass_role="on-call")
    approval = Asking(client, otto).lodge(SALARY)
    ballot = a_ballot(approval, note="The building is on fire, really and truly.")

    with pytest.raises(StaleSignInError):
        break_glass(approval, otto.pk, ballot.note, ballot, CONTEXT)
    assert state_of(approval) == ApprovalState.PENDING


def test_level_of_a_rule_is_chosen_and_not_typed(admin_client: Browser) -> None:
    rule = make_rule(Approvers.REQUESTER)
    address = reverse("admin:approvals_approvalrule_change", args=[rule.pk])
    form = {
        "title": "Strong", "pattern": "*", "who": "requester", "needed": "1", "position": "100",
        "is_active": "on", "minimum_acr": "urn:example:typed",
    }  # fmt: skip

    refused = admin_client.post(address, form)
    assert refused.status_code == 200
    assert "minimum_acr" in refused.context["adminform"].form.errors
    assert admin_client.post(address, {**form, "minimum_acr": THREE}).status_code == 302
    assert ApprovalRule.objects.get().minimum_acr == THREE
