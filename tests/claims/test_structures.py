"""Claims put together from parts: AWS session tags."""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from claims.contents import Release, Target, claims_of, contents, released_values, supported_claims
from claims.models import Attribute, ClaimMapping
from claims.names.aws_session_tags import CLAIM, LONGEST_KEY, LONGEST_VALUE, MOST_TAGS, PREFIX
from claims.names.structures import STRUCTURES
from claims.preview import origins
from claims.services import add_parts, set_attributes
from claims.subject import Subject, load
from tests.claims.factories import make_attribute, make_person, map_claim, subject_with

(AWS,) = STRUCTURES
ALL = ("clearance", "department", "projects")
FACTS = {"department": "Finance", "clearance": "confidential", "projects": ["atlas"]}


def tags_of(
    subject: Subject,
    target: Target = Target.ID_TOKEN,
    withheld: Collection[str] = (),
    protocol: Mapping[str, Any] = MappingProxyType({}),
) -> object:
    return contents(target, subject, Release({"aws"}, withheld=withheld), protocol).get(CLAIM)


def new_mapping(claim: str, scope: str = "aws") -> ClaimMapping:
    return ClaimMapping(claim=claim, attribute=Attribute.objects.get(name="roles"), scope=scope)


def refused(mapping: ClaimMapping) -> list[str]:
    """Return the fields that a mapping is refused for."""
    with pytest.raises(ValidationError) as caught:
        mapping.full_clean()
    return list(caught.value.message_dict)


def tag(attribute: str) -> None:
    add_parts(AWS, "aws", [attribute])


def test_parts_become_one_object_of_single_texts() -> None:
    add_parts(AWS, "aws", ALL)

    assert tags_of(subject_with(**FACTS)) == {
        "principal_tags": {"clearance": ["2"], "department": ["Finance"], "projects": ["atlas"]},
        "transitive_tag_keys": ["clearance", "department", "projects"],
    }


@pytest.mark.parametrize("target", [Target.ACCESS_TOKEN, Target.USERINFO])
def test_tags_are_in_the_id_token_alone(target: Target) -> None:
    add_parts(AWS, "aws", ALL)

    assert tags_of(subject_with(**FACTS), target) is None


def test_parts_have_no_claims_of_their_own_in_a_payload() -> None:
    add_parts(AWS, "aws", ALL)

    payload = contents(Target.ID_TOKEN, subject_with(**FACTS), Release({"aws"}))

    assert payload.keys() == {"sub", CLAIM}


@pytest.mark.parametrize("scopes", [set(), {"openid", "department"}, {"AWS"}, {"aws:more"}])
def test_no_other_scope_releases_tags(scopes: set[str]) -> None:
    add_parts(AWS, "aws", ALL)

    payload = contents(
        Target.ID_TOKEN,
        subject_with(**FACTS),
        Release(
            scopes,
            requested_claims={
                "id_token": {CLAIM: {"essential": True}, PREFIX + "department": None}
            },
        ),
    )

    assert CLAIM not in payload
    assert not [claim for claim in payload if claim.startswith(CLAIM)]


def test_a_tag_the_person_left_out_is_in_neither_member() -> None:
    add_parts(AWS, "aws", ALL)

    found = tags_of(subject_with(**FACTS), withheld={PREFIX + "clearance"})

    assert found == {
        "principal_tags": {"department": ["Finance"], "projects": ["atlas"]},
        "transitive_tag_keys": ["department", "projects"],
    }


def test_without_a_tag_there_is_no_claim() -> None:
    add_parts(AWS, "aws", ALL)

    assert tags_of(subject_with()) is None


@pytest.mark.parametrize("projects", [["atlas", "borealis"], []])
def test_a_person_with_several_values_has_no_tag(projects: list[str]) -> None:
    tag("projects")

    assert tags_of(subject_with(projects=projects)) is None


@pytest.mark.parametrize(
    "value",
    [
        "*",
        "Fin*",
        "?",
        "${aws:username}",
        "a,b",
        "Finance\n",
        "R&D",
        "e\u0301",
        "x" * (LONGEST_VALUE + 1),
    ],
)
def test_a_value_that_aws_refuses_is_left_out_not_changed(value: str) -> None:
    add_parts(AWS, "aws", ["department", "clearance"])

    found = tags_of(subject_with(department=value, clearance="public"))

    assert found == {"principal_tags": {"clearance": ["0"]}, "transitive_tag_keys": ["clearance"]}


@pytest.mark.parametrize("value", ["x" * LONGEST_VALUE, "Büro 4", "é", "財務", "a_b.c:d/e=f+g-h@i"])
def test_a_value_that_aws_takes_is_there_as_it_is(value: str) -> None:
    tag("department")

    found = tags_of(subject_with(department=value))

    assert found == {
        "principal_tags": {"department": [value]},
        "transitive_tag_keys": ["department"],
    }


@pytest.mark.parametrize(("value", "text"), [(True, "true"), (False, "false")])
def test_a_flag_is_a_word_that_policies_can_compare(value: bool, text: str) -> None:
    make_attribute("contractor", "flag")
    tag("contractor")

    found = tags_of(subject_with(contractor=value))

    assert found["principal_tags"] == {"contractor": [text]}  # type: ignore[index]


def test_what_is_shown_before_consent_is_what_is_released() -> None:
    add_parts(AWS, "aws", ALL)

    assert released_values(subject_with(**FACTS), "aws") == [
        ("Clearance", "confidential (2)"),
        ("Department", "Finance"),
        ("Projects", "atlas"),
    ]


def test_a_tag_that_is_left_out_is_not_shown_either() -> None:
    add_parts(AWS, "aws", ALL)
    subject = subject_with(department="R&D", projects=["atlas", "borealis"], clearance="public")

    assert released_values(subject, "aws") == [("Clearance", "public (0)")]
    assert [origin.claim for origin in origins(subject, {"aws"})] == [PREFIX + "clearance"]


def test_every_part_is_a_claim_of_the_scope_and_discovery_names_the_whole() -> None:
    add_parts(AWS, "aws", ALL)

    assert claims_of("aws") == tuple(PREFIX + name for name in ALL)
    assert supported_claims().count(CLAIM) == 1
    assert not [claim for claim in supported_claims() if claim.startswith(PREFIX)]


@pytest.mark.parametrize(
    "claim", [CLAIM, f"{CLAIM}/", f"{CLAIM}/transitive_tag_keys", f"{CLAIM}/other", CLAIM + "/a/b"]
)
def test_the_name_of_the_whole_and_what_is_below_are_taken(claim: str) -> None:
    assert refused(new_mapping(claim)) == ["claim"]


@pytest.mark.parametrize(
    "key",
    [
        "",
        "x" * (LONGEST_KEY + 1),
        "aws:tenant",
        "AWS:Tenant",
        "a*",
        "a,b",
        "a b",
        "dep\u0000t",
        "R&D",
    ],
)
def test_a_key_that_aws_refuses_is_refused(key: str) -> None:
    assert refused(new_mapping(PREFIX + key)) == ["claim"]


@pytest.mark.parametrize("key", ["x" * LONGEST_KEY, "aws", "Tenant", "a.b:c/d=e+f-g@h_i", "büro"])
def test_a_key_that_aws_takes_is_accepted(key: str) -> None:
    new_mapping(PREFIX + key).full_clean()


def test_keys_that_differ_in_capitals_only_are_one_to_aws() -> None:
    tag("department")

    assert refused(new_mapping(PREFIX + "Department")) == ["claim"]


def test_there_is_no_tag_beyond_the_limit() -> None:
    for n in range(MOST_TAGS - 1):
        map_claim(f"{PREFIX}tag{n}", "roles", "aws")
    last = new_mapping(PREFIX + "last")
    last.full_clean()
    last.save()

    last.full_clean()
    assert refused(new_mapping(PREFIX + "one-more")) == ["claim"]


@pytest.mark.parametrize("scope", ["openid", "offline_access", "email", "profile", "roles"])
def test_a_tag_is_not_released_by_a_scope_that_means_something_else(scope: str) -> None:
    assert refused(new_mapping(PREFIX + "tenant", scope)) == ["scope"]


def test_nothing_else_is_released_by_the_scope_of_tags() -> None:
    tag("department")

    assert refused(new_mapping("desk", "aws")) == ["scope"]


def test_parts_are_added_all_or_none() -> None:
    map_claim(PREFIX + "Projects", "projects", "aws")

    with pytest.raises(ValidationError):
        add_parts(AWS, "aws", ALL)

    assert ClaimMapping.objects.filter(scope="aws").count() == 1


@pytest.mark.parametrize("claim", [CLAIM, f"{CLAIM}/transitive_tag_keys", f"{PREFIX}aws:x", PREFIX])
def test_a_name_that_is_taken_writes_nothing_when_stored_past_the_form(claim: str) -> None:
    tag("department")
    map_claim(claim, "roles", "aws", in_id_token=True)
    person = make_person()
    set_attributes(person, {"department": "Finance", "roles": ["analyst"]})

    payload = contents(Target.ID_TOKEN, load(person.pk), Release({"aws"}))

    assert payload == {
        "sub": str(person.pk),
        CLAIM: {
            "principal_tags": {"department": ["Finance"]},
            "transitive_tag_keys": ["department"],
        },
    }


def test_the_protocol_s_own_claims_win_over_the_whole() -> None:
    tag("department")

    found = tags_of(subject_with(department="Finance"), protocol={CLAIM: "protocol"})

    assert found == "protocol"
