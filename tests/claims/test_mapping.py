"""Claim mappings: which claim comes from which attribute, and what no mapping may write."""

import pytest
from django.core.exceptions import ValidationError

from claims.contents import Release, Target, contents
from claims.mappings.mapping import mapped_claims
from claims.models import Attribute, ClaimMapping
from claims.names.protocol import RESERVED
from claims.names.standard import CLAIMS
from claims.services import set_attributes
from claims.subject import Subject, load
from tests.claims.factories import make_attribute, make_person, map_claim, subject_with


def full_clean_errors(mapping: ClaimMapping) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as caught:
        mapping.full_clean()
    return caught.value.message_dict


@pytest.mark.parametrize("claim", sorted(RESERVED | CLAIMS))
def test_a_name_that_is_taken_is_refused(claim: str) -> None:
    mapping = ClaimMapping(claim=claim, attribute=Attribute.objects.first(), scope="roles")

    assert list(full_clean_errors(mapping)) == ["claim"]


@pytest.mark.parametrize("claim", ["", "job title", " roles2", "roles\t"])
def test_a_name_with_spaces_or_without_letters_is_refused(claim: str) -> None:
    mapping = ClaimMapping(claim=claim, attribute=Attribute.objects.first(), scope="roles")

    assert list(full_clean_errors(mapping)) == ["claim"]


@pytest.mark.spec("RFC 6749", "3.3")
@pytest.mark.parametrize("scope", ["roles projects", 'ro"les', "ro\\les", "rôles", "roles\n"])
def test_what_is_no_scope_releases_nothing_and_is_refused(scope: str) -> None:
    mapping = ClaimMapping(claim="job", attribute=Attribute.objects.first(), scope=scope)

    assert list(full_clean_errors(mapping)) == ["scope"]


def test_a_claim_that_would_be_nowhere_is_refused() -> None:
    nowhere = {"in_id_token": False, "in_access_token": False, "in_userinfo": False}
    attribute = Attribute.objects.first()
    mapping = ClaimMapping(claim="job", attribute=attribute, scope="roles", **nowhere)

    assert list(full_clean_errors(mapping)) == ["in_access_token"]


def test_a_namespaced_name_is_accepted() -> None:
    mapping = ClaimMapping(
        claim="https://example.org/roles", attribute=Attribute.objects.first(), scope="roles"
    )

    mapping.full_clean()


@pytest.mark.parametrize("claim", sorted(RESERVED))
@pytest.mark.parametrize("target", Target)
def test_a_reserved_name_stored_past_the_form_writes_nothing(claim: str, target: Target) -> None:
    subject = subject_with(department="Finance")
    map_claim(claim, "department", "department", in_id_token=True)

    payload = contents(target, subject, Release({"department"}))

    assert payload == {"sub": subject.id, "department": "Finance"}


def test_a_standard_name_stored_past_the_form_is_made_from_the_persons_details() -> None:
    subject = subject_with(department="Finance")
    map_claim("email", "department", "email", in_access_token=True)

    in_userinfo = contents(Target.USERINFO, subject, Release({"email"}))
    in_access_token = contents(Target.ACCESS_TOKEN, subject, Release({"email"}))

    assert in_userinfo["email"] == "ada@example.org"
    assert "email" not in in_access_token


def test_a_level_is_released_as_its_position_from_zero() -> None:
    values = {
        level: contents(Target.ACCESS_TOKEN, subject_of(level), Release({"clearance"}))["clearance"]
        for level in ("public", "internal", "confidential", "secret")
    }

    assert values == {"public": 0, "internal": 1, "confidential": 2, "secret": 3}


def subject_of(level: str) -> Subject:
    person = make_person(level)
    set_attributes(person, {"clearance": level})
    return load(person.pk)


def test_a_list_is_released_as_a_json_array() -> None:
    subject = subject_with(roles=["analyst", "auditor"])

    payload = contents(Target.ACCESS_TOKEN, subject, Release({"roles"}))

    assert payload["roles"] == ["analyst", "auditor"]


def test_a_flag_that_says_no_is_released_as_false() -> None:
    make_attribute("contractor", "flag")
    map_claim("contractor", "contractor", "employment")
    subject = subject_with(contractor=False)

    payload = contents(Target.ACCESS_TOKEN, subject, Release({"employment"}))

    assert payload["contractor"] is False


def test_a_level_the_definition_no_longer_knows_is_not_released() -> None:
    subject = subject_with(clearance="secret")
    attribute = Attribute.objects.get(name="clearance")
    attribute.levels = ["public"]
    attribute.save()
    mapped = next(mapped for mapped in mapped_claims() if mapped.claim == "clearance")

    assert mapped.value_for(subject) is None


@pytest.mark.parametrize("levels", [[], "secret", {"secret": 1}, [1, 2], ["a", ""], ["a", "a"]])
def test_levels_that_order_nothing_are_refused(levels: object) -> None:
    attribute = Attribute(name="tier", title="Tier", kind="level", levels=levels)

    with pytest.raises(ValidationError) as caught:
        attribute.full_clean()

    assert list(caught.value.message_dict) == ["levels"]


def test_only_an_ordered_level_keeps_levels() -> None:
    attribute = Attribute(name="tier", title="Tier", kind="text", levels=["a", "b"])

    attribute.full_clean()

    assert attribute.levels == []
