"""Whom a rule is about, and what the administration lets be set."""

from typing import Any

import pytest
from django.test import Client as Browser

from claims.models import Attribute
from claims.services import set_attributes
from foundation.directory.models import User
from idp.enforcement.demands import most_demanded
from idp.models import FactorRule, Whom
from tests.accounts.enforcing.holding import PASSKEY, SECOND
from tests.factories import make_person

pytestmark = pytest.mark.django_db
LIST = "/admin/idp/factorrule/"
A_RULE: dict[str, Any] = {"name": "Mine", "whom": "everybody", "wants": "2", "grace_days": "14"}


@pytest.mark.parametrize(
    ("attribute", "value", "of_person", "is_about"),
    [
        ("department", "finance", {"department": "finance"}, True),
        ("department", "", {"department": "finance"}, True),
        ("department", "Finance", {"department": "finance"}, False),
        ("department", "fin", {"department": "finance"}, False),
        ("department", "finance", {}, False),
        ("department", "", {}, False),
        ("roles", "analyst", {"roles": ["auditor", "analyst"]}, True),
        ("roles", "analyst", {"roles": ["analysts"]}, False),
        ("roles", "", {"roles": []}, False),
        ("clearance", "confidential", {"clearance": "secret"}, True),
        ("clearance", "confidential", {"clearance": "confidential"}, True),
        ("clearance", "secret", {"clearance": "confidential"}, False),
        ("clearance", "", {"clearance": "public"}, True),
    ],
)
def test_rule_is_about_people_with_the_attribute(
    attribute: str, value: str, of_person: dict[str, Any], is_about: bool
) -> None:
    person = make_person(attributes=of_person)
    FactorRule.objects.create(
        name="rule",
        whom=Whom.ATTRIBUTE,
        attribute=Attribute.objects.get(name=attribute),
        value=value,
        wants=PASSKEY,
    )

    assert most_demanded(person) == (PASSKEY if is_about else 1)


def test_attribute_that_ends_ends_the_demand() -> None:
    person = make_person(attributes={"department": "finance"})
    FactorRule.objects.create(
        name="rule",
        whom=Whom.ATTRIBUTE,
        attribute=Attribute.objects.get(name="department"),
        wants=SECOND,
    )
    before = most_demanded(person)

    set_attributes(person, {"department": None})

    assert (before, most_demanded(person)) == (2, 1)


@pytest.fixture
def admin() -> Browser:
    """An administrator's browser."""
    root = User.objects.create_superuser("root", "root@example.org")
    browser = Browser()
    browser.force_login(root)
    return browser


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"whom": "group"}, "Which group?"),
        ({"whom": "attribute"}, "Which attribute?"),
        ({"whom": "administrators"}, "Select a valid choice"),
        ({"wants": "1"}, "Select a valid choice"),
        ({"grace_days": "366"}, "less than or equal to 365"),
        ({"name": "Administrators"}, "already exists"),
    ],
)
def test_rule_that_makes_no_sense_is_not_kept(
    admin: Browser, said: dict[str, str], sentence: str
) -> None:
    answer = admin.post(f"{LIST}add/", {**A_RULE, **said})

    assert sentence in answer.content.decode()
    assert FactorRule.objects.count() == 1


def test_level_that_the_attribute_does_not_have_is_refused(admin: Browser) -> None:
    clearance = Attribute.objects.get(name="clearance")
    said = {"whom": "attribute", "attribute": clearance.pk, "value": "cosmic"}

    answer = admin.post(f"{LIST}add/", {**A_RULE, **said})

    assert "The attribute has no such level." in answer.content.decode()


def test_rule_is_made_and_counts_at_once(admin: Browser) -> None:
    person = make_person()

    admin.post(f"{LIST}add/", {**A_RULE, "is_on": "on"})

    assert most_demanded(person) == 2


def test_built_in_rule_is_set_and_neither_removed_nor_switched_off(admin: Browser) -> None:
    rule = FactorRule.objects.get()
    path = f"{LIST}{rule.pk}/"

    removed = admin.post(f"{path}delete/", {"post": "yes"})
    admin.post(LIST, {"action": "delete_selected", "_selected_action": rule.pk, "post": "yes"})
    admin.post(f"{path}change/", {**A_RULE, "name": "x", "wants": "3", "grace_days": "0"})

    rule.refresh_from_db()
    assert removed.status_code == 403
    assert (rule.name, rule.whom, rule.wants, rule.grace_days, rule.is_on) == (
        "Administrators",
        "administrators",
        3,
        0,
        True,
    )


def test_rules_are_for_whoever_may_change_them() -> None:
    auditor = User.objects.create_user("auditor", is_staff=True)
    browser = Browser()
    browser.force_login(auditor)

    assert browser.get(LIST).status_code == 403
    assert browser.post(f"{LIST}add/", A_RULE).status_code == 403
