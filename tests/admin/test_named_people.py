"""Owners of data and rules name people as they sign in."""

from django.test import Client as Browser
from django.urls import reverse

from claims.catalogue.models import DataOwner
from consent.approvals.models import ApprovalRule
from foundation.directory.models import User
from tests.admin.forms import errors, submit
from tests.factories import make_person

RULE = reverse("admin:approvals_approvalrule_add")
OWNER = reverse("admin:catalogue_dataowner_add")


def test_an_owner_goes_by_their_username(browser: Browser, person: User) -> None:
    submit(browser, OWNER, resource_server="https://w.example", pattern="hr.*", person="ada")

    assert DataOwner.objects.get().person == person
    change = reverse("admin:catalogue_dataowner_change", args=[DataOwner.objects.get().pk])
    assert browser.get(change).context["adminform"].form["person"].value() == "ada"


def test_a_name_that_means_nobody_is_refused(browser: Browser, person: User) -> None:
    owner = submit(browser, OWNER, resource_server="https://w.example", pattern="*", person="eve")
    rule = submit(browser, RULE, title="Two", who="people", people="ada\neve")

    assert list(errors(owner)) == ["person"]
    assert errors(rule)["people"] == ["eve: Nobody, or more than one person, is found by this."]
    assert not DataOwner.objects.exists()


def test_the_people_of_a_rule_stay_when_it_is_saved_again(browser: Browser, person: User) -> None:
    grace = make_person(username="grace")
    submit(browser, RULE, title="Two", who="people", people="ada\ngrace@example.org")
    rule = ApprovalRule.objects.get(title="Two")

    submit(browser, reverse("admin:approvals_approvalrule_change", args=[rule.pk]), title="Both")

    assert set(rule.people.all()) == {person, grace}
