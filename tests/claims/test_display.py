"""Released claims in words, as the consent screen shows them."""

import pytest
from django.utils import translation

from claims.contents import released_values
from claims.display.in_words import LABELS, label_of, shown_claims
from claims.names.standard import CLAIMS
from claims.services import set_attributes
from claims.subject import load
from tests.claims.factories import make_attribute, make_person, map_claim, subject_with


def shown(scope: str, **columns: object) -> dict[str, str]:
    return dict(released_values(load(make_person(**columns).pk), scope))


def test_a_verified_address_says_so_beside_the_address() -> None:
    assert shown("email") == {"E-mail address": "ada@example.org (verified)"}


def test_an_unverified_address_does_not_claim_to_be_verified() -> None:
    assert shown("email", email_verified=False) == {"E-mail address": "ada@example.org"}


@pytest.mark.parametrize("scope", ["openid", "offline_access", "unknown", "address"])
def test_a_scope_that_releases_nothing_shows_nothing(scope: str) -> None:
    assert shown(scope, address={}) == {}


@pytest.mark.parametrize(
    ("address", "line"),
    [
        (
            {"country": "GB", "street_address": "12 St James's Square", "locality": "London"},
            "12 St James's Square, London, GB",
        ),
        (
            {"formatted": "12 St James's Square\r\nLondon\n", "country": "GB"},
            "12 St James's Square, London",
        ),
    ],
)
def test_a_postal_address_is_one_line(address: dict[str, str], line: str) -> None:
    assert shown("address", address=address) == {"Postal address": line}


def test_a_level_shows_its_name_and_the_number_that_is_released() -> None:
    subject = subject_with(clearance="confidential")

    assert released_values(subject, "clearance") == [("Clearance", "confidential (2)")]


def test_a_list_is_joined() -> None:
    subject = subject_with(projects=["atlas", "borealis"])

    assert released_values(subject, "projects") == [("Projects", "atlas, borealis")]


@pytest.mark.parametrize(("value", "word"), [(True, "yes"), (False, "no")])
def test_a_flag_is_a_word(value: bool, word: str) -> None:
    make_attribute("contractor", "flag")
    map_claim("contractor", "contractor", "employment")

    assert released_values(subject_with(contractor=value), "employment") == [("Contractor", word)]


def test_the_time_of_the_last_change_is_a_date() -> None:
    with translation.override("en"):
        assert shown("profile")["Last changed"].count(" ") <= 2


def test_an_attribute_that_is_recorded_but_not_mapped_is_not_shown() -> None:
    person = make_person()
    make_attribute("salary", "text")
    set_attributes(person, {"salary": "100"})

    assert released_values(load(person.pk), "salary") == []


def test_every_standard_claim_has_a_label() -> None:
    unlabelled = CLAIMS - LABELS.keys()

    assert unlabelled == {"email_verified", "phone_number_verified"}


def test_two_claims_of_one_attribute_are_told_apart() -> None:
    map_claim("groups", "roles", "roles")

    told = shown_claims(subject_with(roles=["analyst"]), "roles")

    assert {(claim.label, claim.text) for claim in told} == {
        ("Roles (roles)", "analyst"), ("Roles (groups)", "analyst")
    }  # fmt: skip
    assert label_of("clearance") == "Clearance"


def test_a_claim_called_like_a_standard_one_is_told_apart() -> None:
    make_attribute("name", "text")
    map_claim("alias", "name", "profile")

    assert (label_of("name"), label_of("alias")) == ("Name", "Name (alias)")
