"""What a provider says of people beyond who they are, and whose it is when others say otherwise."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client as Browser
from django.utils import timezone

from claims.services import attributes_of, set_attributes
from foundation.directory.models import User
from foundation.directory.sources.models import ProvidedPerson
from foundation.directory.upstream.models import UpstreamAccount, UpstreamProvider
from foundation.journal.acts import record_changes
from foundation.journal.models import Act
from tests.accounts.factors.holding import CONFIRM
from tests.people import PASSWORD, sign_in
from tests.upstream.elsewhere import BEGIN, Elsewhere, back, leave, make_provider, there_and_back

pytestmark = pytest.mark.django_db
TAKEN = [
    ["dept", "attributes.department"],
    ["realm.roles", "attributes.roles"],
    ["https://there.example/level", "attributes.clearance"],
    ["given_name", "given_name"],
]
SAID = {
    "dept": "Sales",
    "realm": {"roles": ["reader", "writer"]},
    "https://there.example/level": "internal",
    "given_name": "Adelaide",
}


def attributes(person: User) -> dict[str, Any]:
    return attributes_of([person.pk]).get(person.pk, {})


@pytest.fixture
def there(elsewhere: Elsewhere, ada: User) -> UpstreamProvider:
    """The provider, whose claims are taken over; Ada has an account there and no given name."""
    provider = make_provider(elsewhere, taken=TAKEN)
    UpstreamAccount.objects.create(
        provider=provider, sub=elsewhere.sub, user=ada, connected_at=timezone.now()
    )
    User.objects.filter(pk=ada.pk).update(given_name="")
    return provider


def come(elsewhere: Elsewhere, **claims: Any) -> None:
    elsewhere.claims = claims
    assert there_and_back(Browser(), elsewhere).status_code == 302


# --- taking over ------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_claims_become_attributes_and_follow_the_provider(
    elsewhere: Elsewhere, there: UpstreamProvider, ada: User
) -> None:
    come(elsewhere, **SAID)
    first = attributes(ada)
    come(elsewhere, dept="Research", realm={"roles": "reader"})

    assert first == {
        "department": "Sales",
        "roles": ["reader", "writer"],
        "clearance": "internal",
    }
    assert attributes(ada) == {"department": "Research", "roles": ["reader"]}
    ada.refresh_from_db()
    assert ada.given_name == ""


def test_change_is_an_act_of_the_provider(
    elsewhere: Elsewhere, there: UpstreamProvider, ada: User
) -> None:
    come(elsewhere, **SAID)

    record_changes()
    acts = Act.objects.filter(detail__program="there")
    assert {(act.actor, act.detail["model"]) for act in acts} == {
        ("system", "claims.personattributes"),
    }


@pytest.mark.parametrize("now", ["Legal", None])
def test_what_somebody_changed_here_stays_emptied_too(
    elsewhere: Elsewhere, there: UpstreamProvider, ada: User, now: str | None
) -> None:
    come(elsewhere, **SAID)
    set_attributes(ada, {"department": now})
    User.objects.filter(pk=ada.pk).update(given_name=now or "")

    come(elsewhere, **SAID)
    come(elsewhere, dept="Research", given_name="Eve")

    ada.refresh_from_db()
    assert attributes(ada).get("department") == now
    assert ada.given_name == (now or "")


def test_what_was_there_before_it_came_stays(
    elsewhere: Elsewhere, there: UpstreamProvider, ada: User
) -> None:
    set_attributes(ada, {"department": "Legal"})

    come(elsewhere, **SAID)
    come(elsewhere)

    assert attributes(ada)["department"] == "Legal"


def test_what_a_directory_gives_stays(
    elsewhere: Elsewhere, there: UpstreamProvider, ada: User
) -> None:
    ProvidedPerson.objects.create(
        person=ada, source="ldap:1", key="k", gives=["attributes.roles", "given_name"]
    )

    come(elsewhere, **SAID)

    ada.refresh_from_db()
    assert "roles" not in attributes(ada)
    assert ada.given_name == ""
    assert attributes(ada)["department"] == "Sales"


def test_of_two_providers_the_first_fills_a_field(
    elsewhere: Elsewhere, there: UpstreamProvider, ada: User
) -> None:
    come(elsewhere, **SAID)
    second = make_provider(elsewhere, "second", taken=[["dept", "attributes.department"]])
    account = UpstreamAccount.objects.create(
        provider=second, sub="x", user=ada, connected_at=timezone.now()
    )
    elsewhere.claims, elsewhere.sub = {"dept": "Fraud"}, "x"

    browser = Browser()
    asked = leave(browser, elsewhere, provider="second")
    assert back(browser, asked["state"], "second").status_code == 302

    assert attributes(ada)["department"] == "Sales"
    account.refresh_from_db()
    assert account.gives == {}


@pytest.mark.parametrize(
    "wrong",
    [
        {"dept": 7},
        {"dept": ["Sales"]},
        {"dept": {"a": "b"}},
        {"dept": "x" * 256},
        {"dept": "a\0b"},
        {"dept": True},
        {"realm": {"roles": [1]}},
        {"realm": {"roles": ["x"] * 101}},
        {"realm": {"roles": [["reader"]]}},
        {"realm": "roles"},
        {"https://there.example/level": "top secret"},
        {"given_name": ["Ada"]},
        {"given_name": "x" * 200},
    ],
    ids=lambda wrong: str(wrong)[:40],
)
def test_claim_that_does_not_fit_is_not_taken_and_signs_in_all_the_same(
    elsewhere: Elsewhere, there: UpstreamProvider, ada: User, wrong: dict[str, Any]
) -> None:
    come(elsewhere, **wrong)

    ada.refresh_from_db()
    assert (attributes(ada), ada.given_name) == ({}, "")


def test_claims_come_from_userinfo_and_stay_while_that_is_silent(
    elsewhere: Elsewhere, there: UpstreamProvider, ada: User, monkeypatch: Any
) -> None:
    there.metadata = {**there.metadata, "userinfo_endpoint": "https://elsewhere.example/userinfo"}
    there.save()
    elsewhere.userinfo = {"sub": elsewhere.sub, "dept": "Sales"}
    come(elsewhere, email="ada@there.example")
    elsewhere.userinfo = None

    come(elsewhere, email="ada@there.example")

    assert attributes(ada) == {"department": "Sales"}


def test_disconnecting_empties_what_the_account_filled_and_nothing_else(
    elsewhere: Elsewhere, there: UpstreamProvider, ada: User
) -> None:
    come(elsewhere, **SAID)
    set_attributes(ada, {"department": "Legal"})
    browser = Browser()
    sign_in(browser, "ada")
    browser.post(CONFIRM, {"password": PASSWORD})
    account = UpstreamAccount.objects.get()

    browser.post(f"{BEGIN}connected/{account.pk}/")

    ada.refresh_from_db()
    assert not UpstreamAccount.objects.exists()
    assert (attributes(ada), ada.given_name) == ({"department": "Legal"}, "")


def test_what_the_table_names_no_more_stays_and_is_nobody_elses(
    elsewhere: Elsewhere, there: UpstreamProvider, ada: User
) -> None:
    come(elsewhere, **SAID)
    there.taken = [["dept", "attributes.department"]]
    there.save()

    come(elsewhere, dept="Research")

    assert attributes(ada)["roles"] == ["reader", "writer"]
    assert set(UpstreamAccount.objects.get().gives) == {"attributes.department"}


# --- who may come -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("required", "claims", "comes"),
    [
        ([["hd", "example.com"]], {"hd": "example.com"}, True),
        ([["hd", "example.com"], ["hd", "example.org"]], {"hd": "example.org"}, True),
        ([["groups", "staff"]], {"groups": ["guests", "staff"]}, True),
        ([["realm.roles", "staff"]], {"realm": {"roles": ["staff"]}}, True),
        ([["paid", "true"]], {"paid": True}, True),
        ([["hd", "example.com"]], {}, False),
        ([["hd", "example.com"]], {"hd": "EXAMPLE.COM"}, False),
        ([["hd", "example.com"]], {"hd": "example.com.evil.example"}, False),
        ([["hd", "example.com"], ["paid", "true"]], {"hd": "example.com"}, False),
        ([["paid", "true"]], {"paid": 1}, False),
        ([["groups", "staff"]], {"groups": {"staff": True}}, False),
        ([["groups", "staff"]], {"groups": [["staff"]]}, False),
    ],
    ids=str,
)
def test_who_is_new_has_to_have_the_claims_and_is_put_into_the_groups(
    elsewhere: Elsewhere, required: list[list[str]], claims: dict[str, Any], comes: bool
) -> None:
    provider = make_provider(elsewhere, newcomers="everybody", required=required)
    provider.groups.add(Group.objects.create(name="staff"))
    elsewhere.claims = claims

    answer = there_and_back(Browser(), elsewhere)

    assert answer.status_code == (302 if comes else 403)
    groups = [set(person.groups.values_list("name", flat=True)) for person in User.objects.all()]
    assert groups == ([{"staff"}] if comes else [])


def test_who_is_connected_comes_in_without_the_claims_and_into_no_group(
    elsewhere: Elsewhere, there: UpstreamProvider, ada: User
) -> None:
    there.required = [["hd", "example.com"]]
    there.save()
    there.groups.add(Group.objects.create(name="staff"))

    come(elsewhere)

    assert not ada.groups.exists()


def test_name_of_who_is_new_follows_the_provider_where_the_table_says_so(
    elsewhere: Elsewhere, db: None
) -> None:
    make_provider(elsewhere, newcomers="everybody", taken=[["given_name", "given_name"]])
    come(elsewhere, given_name="Neu", family_name="Da")
    come(elsewhere, given_name="Anders", family_name="Dort")

    person = User.objects.get()
    assert (person.given_name, person.family_name) == ("Anders", "Da")
