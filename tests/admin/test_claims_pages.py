"""Groups, attributes and mappings: what is changed here counts at once."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client as Browser
from django.urls import reverse

from claims.contents import Target, contents
from claims.models import Attribute, ClaimMapping
from claims.protocol import RESERVED
from claims.services import set_group_attributes
from claims.subject import load
from idp.models import User
from tests.admin.conftest import browser_of, staff
from tests.admin.forms import errors, filled, submit
from tests.factories import make_person


@pytest.fixture
def member() -> User:
    """Somebody who has only what the group has."""
    person = make_person(username="maria", attributes={})
    group = Group.objects.create(name="analysts")
    group.user_set.add(person)
    set_group_attributes(group, {"clearance": "internal"})
    return person


def test_what_a_group_has_is_changed_at_once(browser: Browser, member: User) -> None:
    page = reverse("admin:auth_group_change", args=[member.groups.get().pk])
    before = load(member.pk).attributes

    submit(browser, page, **{"attributes-0-clearance": "secret", "attributes-0-roles": "auditor"})

    assert before == {"clearance": "internal"}
    assert load(member.pk).attributes == {"clearance": "secret", "roles": ("auditor",)}


def test_a_group_gets_its_first_attributes(browser: Browser) -> None:
    person = make_person(username="nora", attributes={})
    group = Group.objects.create(name="auditors")
    group.user_set.add(person)
    before = load(person.pk).attributes

    submit(
        browser,
        reverse("admin:auth_group_change", args=[group.pk]),
        **{"attributes-0-department": "Audit"},
    )

    assert before == {}
    assert load(person.pk).attributes == {"department": "Audit"}


def test_a_renamed_group_takes_its_new_place_at_once(browser: Browser, member: User) -> None:
    for name, department in (("beta", "Finance"), ("gamma", "Legal")):
        group = Group.objects.create(name=name)
        group.user_set.add(member)
        set_group_attributes(group, {"department": department})
    before = load(member.pk).attributes["department"]

    submit(
        browser,
        reverse("admin:auth_group_change", args=[Group.objects.get(name="gamma").pk]),
        name="aleph",
    )

    assert before == "Finance"
    assert load(member.pk).attributes["department"] == "Legal"


def test_staff_cannot_give_a_group_permissions() -> None:
    someone = staff("auth.view_group", "auth.change_group")
    group = Group.objects.create(name="mine")
    browser, page = browser_of(someone), reverse("admin:auth_group_change", args=[group.pk])

    browser.post(page, {**filled(browser, page), "permissions": ["1"], "name": "ours"})

    group.refresh_from_db()
    assert group.name == "ours"
    assert not group.permissions.exists()


def test_mappings_deleted_in_bulk_release_nothing_from_then_on(
    browser: Browser, person: User
) -> None:
    subject = load(person.pk)
    before = contents(target=Target.ACCESS_TOKEN, subject=subject, scopes={"roles"})
    mapping = ClaimMapping.objects.get(claim="roles")

    browser.post(
        reverse("admin:claims_claimmapping_changelist"),
        {"action": "delete_selected", "_selected_action": [mapping.pk], "post": "yes"},
    )

    after = contents(target=Target.ACCESS_TOKEN, subject=subject, scopes={"roles"})
    assert before == {"sub": subject.id, "roles": ["analyst"]}
    assert after == {"sub": subject.id}


def test_attributes_deleted_in_bulk_are_no_longer_known(browser: Browser, person: User) -> None:
    before = load(person.pk).attributes

    browser.post(
        reverse("admin:claims_attribute_changelist"),
        {
            "action": "delete_selected",
            "_selected_action": list(Attribute.objects.values_list("pk", flat=True)),
            "post": "yes",
        },
    )

    assert set(before) == {"roles", "department", "projects", "clearance"}
    assert load(person.pk).attributes == {}


@pytest.mark.parametrize("claim", [*sorted(RESERVED)[:4], "email", "job title"])
def test_a_name_that_is_taken_is_refused(claim: str, browser: Browser) -> None:
    response = submit(
        browser,
        reverse("admin:claims_claimmapping_add"),
        claim=claim,
        attribute=Attribute.objects.get(name="roles").pk,
        scope="roles",
    )

    assert list(errors(response)) == ["claim"]


def test_levels_are_entered_one_a_line(browser: Browser) -> None:
    submit(
        browser,
        reverse("admin:claims_attribute_add"),
        title="Tier",
        name="tier",
        kind="level",
        levels="bronze\nsilver\n\ngold\n",
    )

    assert Attribute.objects.get(name="tier").levels == ["bronze", "silver", "gold"]


def test_an_ordered_level_without_levels_is_refused(browser: Browser) -> None:
    response = submit(
        browser, reverse("admin:claims_attribute_add"), title="Tier", name="tier", kind="level"
    )

    assert list(errors(response)) == ["levels"]


def test_the_name_of_an_attribute_stays(browser: Browser) -> None:
    attribute = Attribute.objects.get(name="roles")

    submit(
        browser, reverse("admin:claims_attribute_change", args=[attribute.pk]), name="privileges"
    )

    attribute.refresh_from_db()
    assert attribute.name == "roles"
