"""Groups, attributes and mappings: what is changed here counts at once."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client as Browser
from django.urls import reverse

from claims.contents import Release, Target, contents
from claims.models import Attribute, ClaimMapping
from claims.names.protocol import RESERVED
from claims.services import set_group_attributes
from claims.subject import load
from foundation.directory.models import User
from foundation.journal.acts import acts_about, record_changes
from tests.admin.conftest import BACKEND, browser_of, staff
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
    before = contents(Target.ACCESS_TOKEN, subject, Release({"roles"}))
    mapping = ClaimMapping.objects.get(claim="roles")

    browser.post(
        reverse("admin:claims_claimmapping_changelist"),
        {"action": "delete_selected", "_selected_action": [mapping.pk], "post": "yes"},
    )

    after = contents(Target.ACCESS_TOKEN, subject, Release({"roles"}))
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


PRESET = reverse("admin:claims_claimmapping_add_aws_session_tags")


def test_the_preset_makes_mappings_for_the_id_token_alone(browser: Browser) -> None:
    response = browser.post(PRESET, {"scope": "aws", "attributes": ["department", "clearance"]})

    made = ClaimMapping.objects.filter(scope="aws")
    assert response.status_code == 302
    assert {(row.claim, row.attribute.name) for row in made} == {
        ("https://aws.amazon.com/tags/principal_tags/department", "department"),
        ("https://aws.amazon.com/tags/principal_tags/clearance", "clearance"),
    }
    assert {(row.in_id_token, row.in_access_token, row.in_userinfo) for row in made} == {
        (True, False, False)
    }
    record_changes()
    for row in made:
        assert [act.kind for act in acts_about(row)] == ["created"]


def test_the_preset_offers_what_is_no_tag_yet(browser: Browser) -> None:
    before = preset_choices(browser)
    browser.post(PRESET, {"scope": "aws", "attributes": ["department"]})

    assert before == ["clearance", "department", "projects", "roles"]
    assert preset_choices(browser) == ["clearance", "projects", "roles"]


def preset_choices(browser: Browser) -> list[str]:
    return [
        name for name, _title in browser.get(PRESET).context["form"].fields["attributes"].choices
    ]


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"scope": "aws"},
        {"scope": "", "attributes": ["department"]},
        {"scope": "openid", "attributes": ["department", "clearance"]},
        {"scope": "roles", "attributes": ["department"]},
        {"scope": "aws", "attributes": ["department", "nothing"]},
        {"scope": "a" * 101, "attributes": ["department"]},
    ],
)
def test_a_preset_that_cannot_be_made_makes_nothing_and_says_why(
    sent: dict[str, object], browser: Browser
) -> None:
    response = browser.post(PRESET, sent)

    assert response.status_code == 200
    assert response.context["form"].errors
    assert not ClaimMapping.objects.filter(claim__startswith="https://aws.amazon.com").exists()


@pytest.mark.parametrize("permissions", [(), ("claims.view_claimmapping",)])
def test_the_preset_needs_the_right_to_add_mappings(permissions: tuple[str, ...]) -> None:
    someone = browser_of(staff("claims.view_attribute", *permissions))

    assert someone.get(PRESET).status_code == 403
    response = someone.post(PRESET, {"scope": "aws", "attributes": ["department"]})
    assert response.status_code == 403
    assert not ClaimMapping.objects.filter(scope="aws").exists()


def test_the_list_leads_to_the_preset_only_who_may_add(browser: Browser) -> None:
    page = reverse("admin:claims_claimmapping_changelist")
    onlooker = browser_of(staff("claims.view_claimmapping"))

    assert PRESET in browser.get(page).content.decode()
    assert PRESET not in onlooker.get(page).content.decode()


def test_the_preset_refuses_another_site_s_form(administrator: User) -> None:
    strict = Browser(enforce_csrf_checks=True)
    strict.force_login(administrator, backend=BACKEND)

    response = strict.post(PRESET, {"scope": "aws", "attributes": ["department"]})

    assert response.status_code == 403
    assert not ClaimMapping.objects.filter(scope="aws").exists()
