"""The facts about one person, in one statement."""

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from claims.models import Attribute, GroupAttributes, PersonAttributes
from claims.services import set_attributes, set_group_attributes
from claims.subject import columns, from_rows, load
from consent.models import Grant
from foundation.directory.models import Client, User
from tests.claims.factories import make_attribute, make_group, make_person


def test_a_person_is_loaded_in_one_statement(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    person = make_person()
    for name in ("analysts", "auditors", "board"):
        make_group(name, person, roles=[name])
    load(person.pk)

    with django_assert_num_queries(1):
        subject = load(person.pk)

    assert subject.attributes["roles"] == ("analysts", "auditors", "board")


def test_a_person_comes_along_with_another_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    person = make_person()
    make_group("analysts", person, projects=["atlas"])
    grant = Grant.objects.create(user=person, client=Client.objects.create(name="Query Desk"))
    expected = load(person.pk)

    with django_assert_num_queries(1):
        rows = list(Grant.objects.filter(pk=grant.pk).values("scopes", *columns("user__")))
        subject = from_rows(rows, "user__")

    assert subject == expected


def test_someone_without_groups_and_attributes_has_one_row_and_no_attributes() -> None:
    person = make_person()

    rows = list(User.objects.filter(pk=person.pk).values(*columns()))

    assert len(rows) == 1
    assert from_rows(rows).attributes == {}
    assert from_rows(rows).id == str(person.pk)


def test_nobody_is_not_somebody_without_attributes() -> None:
    with pytest.raises(User.DoesNotExist):
        load("00000000-0000-0000-0000-000000000000")


def test_groups_count_in_the_order_of_their_names() -> None:
    person = make_person()
    make_group("zeta", person, department="Research")
    make_group("alpha", person, department="Finance")

    assert load(person.pk).attributes["department"] == "Finance"


def test_the_persons_own_text_counts_before_any_group() -> None:
    person = make_person()
    make_group("alpha", person, department="Finance")
    set_attributes(person, {"department": "Legal"})

    assert load(person.pk).attributes["department"] == "Legal"


def test_a_group_of_others_gives_nothing() -> None:
    person = make_person()
    make_group("analysts", make_person("grace"), clearance="secret")

    assert load(person.pk).attributes == {}


def test_joining_and_leaving_a_group_takes_effect_at_once() -> None:
    person = make_person()
    group = make_group("analysts", clearance="secret")
    before = load(person.pk).attributes

    group.user_set.add(person)
    joined = load(person.pk).attributes
    group.user_set.remove(person)

    assert before == {}
    assert joined == {"clearance": "secret"}
    assert load(person.pk).attributes == {}


def test_what_a_group_has_changes_at_once() -> None:
    person = make_person()
    group = make_group("analysts", person, clearance="secret")
    before = load(person.pk).attributes

    set_group_attributes(group, {"clearance": "internal"})

    assert before == {"clearance": "secret"}
    assert load(person.pk).attributes == {"clearance": "internal"}


def test_a_deleted_group_gives_nothing() -> None:
    person = make_person()
    make_group("analysts", person, clearance="secret")
    load(person.pk)

    Group.objects.all().delete()

    assert load(person.pk).attributes == {}


def test_values_of_a_deleted_attribute_are_ignored() -> None:
    person = make_person()
    attribute = make_attribute("shift", "text")
    set_attributes(person, {"shift": "night"})
    make_group("analysts", person, shift="day")
    before = load(person.pk).attributes

    attribute.delete()

    assert before == {"shift": "night"}
    assert load(person.pk).attributes == {}


def test_values_no_definition_knows_are_ignored() -> None:
    person = make_person()
    PersonAttributes.objects.create(person=person, values={"is_admin": True})

    assert load(person.pk).attributes == {}


@pytest.mark.parametrize("stored", [None, [], "roles", 3, {"roles": {"a": 1}, "clearance": [1]}])
def test_malformed_stored_values_count_as_not_recorded(stored: object) -> None:
    person = make_person()
    group = make_group("analysts", person)
    if stored is not None:
        PersonAttributes.objects.create(person=person, values=stored)
        GroupAttributes.objects.create(group=group, values=stored)

    assert load(person.pk).attributes == {}


def test_a_level_that_was_removed_from_the_definition_counts_as_not_recorded() -> None:
    person = make_person()
    set_attributes(person, {"clearance": "secret"})
    attribute = Attribute.objects.get(name="clearance")

    attribute.levels = ["public", "internal"]
    attribute.save()

    assert load(person.pk).attributes == {}


def test_a_definition_with_malformed_levels_stops_nobody() -> None:
    person = make_person()
    make_attribute("tier", "level", levels={"gold": 1})
    PersonAttributes.objects.create(person=person, values={"tier": "gold"})

    assert load(person.pk).attributes == {}


def test_the_join_brings_memberships_and_not_the_groups() -> None:
    person = make_person()

    with CaptureQueriesContext(connection) as captured:
        list(User.objects.filter(pk=person.pk).values(*columns()))

    assert "auth_group" not in captured[0]["sql"].replace("directory_user_groups", "")
