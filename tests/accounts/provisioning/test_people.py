"""People from elsewhere: made, changed, refused and let go, whichever source names them."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress

from claims.services import attributes_of, set_attributes
from foundation.directory.models import User
from foundation.directory.sources.models import ProvidedPerson
from idp.accounts.provisioning.ending import deactivate
from idp.accounts.provisioning.facts import Became, PersonFacts
from idp.accounts.provisioning.people import provide
from tests.factories import make_person

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
SOURCE = "ldap:1"
EMMY = {"username": "emmy", "email": "emmy@example.org", "name": "Emmy Noether"}


def facts(key: str = "k1", **said: Any) -> PersonFacts:
    columns = {**EMMY, **{name: v for name, v in said.items() if name in {*EMMY, "title"}}}
    rest = {name: v for name, v in said.items() if name not in columns}
    return PersonFacts(key=key, columns=columns, **rest)


def became(*said: PersonFacts, source: str = SOURCE, **how: Any) -> list[Became]:
    return [outcome.became for outcome in provide(source, said, **how)]


def test_somebody_new_has_no_password_and_a_confirmed_address() -> None:
    assert became(facts(attributes={"department": "Algebra"})) == [Became.MADE]

    person = User.objects.get(username="emmy")
    assert not person.has_usable_password()
    assert (person.is_staff, person.is_superuser) == (False, False)
    assert EmailAddress.objects.get(user=person).verified
    assert attributes_of([person.pk]) == {person.pk: {"department": "Algebra"}}
    assert person.provided.gives == ["attributes.department", "email", "name", "username"]


def test_the_same_again_changes_nothing() -> None:
    became(facts(attributes={"department": "Algebra"}))

    assert became(facts(attributes={"department": "Algebra"})) == [Became.SAME]


def test_a_dry_run_says_the_same_and_writes_nothing() -> None:
    [said] = provide(SOURCE, [facts()], is_dry=True)

    assert (said.became, said.person is not None) == (Became.MADE, True)
    assert said.differences["username"] == ("", "emmy")
    assert not User.objects.filter(username="emmy").exists()


def test_whoever_is_renamed_there_is_the_same_person() -> None:
    became(facts(place="uid=emmy,ou=a"))
    person = User.objects.get(username="emmy")

    [said] = provide(SOURCE, [facts(username="noether", place="uid=noether,ou=b")])

    assert (said.became, said.person) == (Became.CHANGED, person.pk)
    person.refresh_from_db()
    assert (person.username, person.username_key) == ("noether", "noether")
    assert person.provided.place == "uid=noether,ou=b"


@pytest.mark.parametrize("spelled", ["emmy", "EMMY", "ｅｍｍｙ"])
def test_a_local_person_is_never_taken_over(spelled: str) -> None:
    local = make_person(username="Emmy", email="other@example.org")

    [said] = provide(SOURCE, [facts(username=spelled)])

    assert said.became is Became.REFUSED
    assert said.complaints == ("Somebody else has this user name already.",)
    assert not ProvidedPerson.objects.filter(person=local).exists()


def test_nor_is_somebody_of_another_source() -> None:
    became(facts(), source="scim:1")

    assert became(facts()) == [Became.REFUSED]
    assert ProvidedPerson.objects.get().source == "scim:1"


def test_an_address_that_somebody_only_added_is_taken_too() -> None:
    local = make_person(username="ada")
    EmailAddress.objects.create(user=local, email="emmy@example.org", verified=False)

    assert became(facts(email="Emmy@Example.org")) == [Became.REFUSED]


def test_of_two_with_one_address_the_second_is_refused() -> None:
    second = facts("k2", username="other")

    assert became(facts(), second) == [Became.MADE, Became.REFUSED]
    assert became(facts(), second) == [Became.SAME, Became.REFUSED]


@pytest.mark.parametrize("name", ["", "a@b", "no spaces", "x" * 151, "\u3164"])
def test_a_name_that_is_none_makes_nobody(name: str) -> None:
    assert became(facts(username=name)) == [Became.REFUSED]
    assert not User.objects.filter(email=EMMY["email"]).exists()


def test_an_attribute_of_another_type_is_left_out_and_said() -> None:
    attributes = {"clearance": "cosmic", "roles": "no list", "department": "Algebra"}
    [said] = provide(SOURCE, [facts(attributes=attributes)])

    assert said.became is Became.MADE
    assert len(said.complaints) == 2
    assert attributes_of([said.person]) == {said.person: {"department": "Algebra"}}


def test_what_the_source_does_not_give_stays() -> None:
    became(facts(attributes={"department": "Algebra"}))
    person = User.objects.get(username="emmy")
    set_attributes(person, {"projects": ["rings"]})

    became(facts(attributes={"department": None}))

    assert attributes_of([person.pk]) == {person.pk: {"projects": ["rings"]}}


def test_no_source_gives_power_over_this_provider() -> None:
    power = {**EMMY, "is_staff": "true", "is_superuser": "true", "password": "x"}
    provide(SOURCE, [PersonFacts("k1", power)])

    person = User.objects.get(username="emmy")
    assert (person.is_staff, person.is_superuser) == (False, False)
    assert not person.has_usable_password()


def test_who_is_gone_comes_back_and_who_was_locked_out_here_does_not() -> None:
    became(facts(), facts("k2", username="other", email="other@example.org"))
    gone, locked = User.objects.get(username="emmy"), User.objects.get(username="other")
    deactivate([gone.pk], gone_at=gone.updated_at)
    deactivate([locked.pk])

    became(facts(), facts("k2", username="other", email="other@example.org"))

    assert User.objects.get(pk=gone.pk).is_active
    assert not User.objects.get(pk=locked.pk).is_active


def test_who_the_source_locks_out_is_locked_out() -> None:
    became(facts(is_active=True))

    assert became(facts(is_active=False)) == [Became.CHANGED]
    assert not User.objects.get(username="emmy").is_active


def test_a_batch_costs_the_same_however_many_are_in_it(django_assert_max_num_queries: Any) -> None:
    def people(title: str) -> list[PersonFacts]:
        return [
            facts(f"k{n}", username=f"p{n}", email=f"p{n}@example.org", title=title)
            for n in range(40)
        ]

    with django_assert_max_num_queries(14):
        assert became(*people("a")) == [Became.MADE] * 40
    with django_assert_max_num_queries(14):
        assert became(*people("b")) == [Became.CHANGED] * 40
    with django_assert_max_num_queries(7):
        assert became(*people("b")) == [Became.SAME] * 40
