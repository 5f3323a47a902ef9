"""What a set of scopes releases into which payload."""

from typing import Any

import pytest
from hypothesis import given, strategies as st
from pytest_django import DjangoAssertNumQueries

from claims.contents import Release, Target, contents, supported_claims
from claims.models import ClaimMapping
from claims.names.protocol import ANNOUNCED, RESERVED
from claims.names.standard import SCOPE_CLAIMS
from claims.subject import Subject
from tests.claims.factories import map_claim, subject_with

ALL_SCOPES = {"openid", *SCOPE_CLAIMS, "roles", "department", "projects", "clearance"}
MAPPED = {"roles", "department", "projects", "clearance"}


@pytest.fixture
def ada() -> Subject:
    return subject_with(
        roles=["analyst"], department="Finance", projects=["atlas"], clearance="confidential"
    )


@pytest.mark.parametrize("target", Target)
def test_every_payload_about_a_person_names_the_subject(target: Target, ada: Subject) -> None:
    assert contents(target, ada, Release(())) == {"sub": ada.id}


@pytest.mark.parametrize("target", Target)
def test_without_a_person_only_the_protocol_speaks(target: Target) -> None:
    payload = contents(target, None, Release(ALL_SCOPES), protocol={"sub": "client-1", "exp": 1})

    assert payload == {"sub": "client-1", "exp": 1}


@pytest.mark.spec("OIDC Core", "5.4", module="oidcc-scope-all")
def test_standard_claims_go_into_userinfo(ada: Subject) -> None:
    payload = contents(Target.USERINFO, ada, Release({"openid", "email"}))

    assert payload == {"sub": ada.id, "email": "ada@example.org", "email_verified": True}


@pytest.mark.spec("OIDC Core", "5.4")
def test_standard_claims_stay_out_of_the_id_token_unless_asked_for(ada: Subject) -> None:
    payload = contents(Target.ID_TOKEN, ada, Release(set(SCOPE_CLAIMS)))

    assert payload == {"sub": ada.id}


@pytest.mark.parametrize("requested", ["id_token", "userinfo", "access_token"])
def test_standard_claims_never_enter_access_tokens(requested: str, ada: Subject) -> None:
    payload = contents(
        Target.ACCESS_TOKEN,
        ada,
        Release(
            set(SCOPE_CLAIMS),
            requested_claims={requested: {"email": None, "name": {"essential": True}}},
        ),
    )

    assert payload == {"sub": ada.id}


@pytest.mark.parametrize("target", Target)
def test_the_facts_that_decide_access_go_into_every_payload(target: Target, ada: Subject) -> None:
    payload = contents(target, ada, Release(MAPPED))

    assert payload == {
        "sub": ada.id,
        "roles": ["analyst"],
        "department": "Finance",
        "projects": ["atlas"],
        "clearance": 2,
    }


@pytest.mark.parametrize("target", Target)
@pytest.mark.parametrize("scope", sorted(MAPPED))
def test_a_scope_that_was_withheld_releases_nothing(
    target: Target, scope: str, ada: Subject
) -> None:
    requested = {target: {scope: {"essential": True}}}

    payload = contents(target, ada, Release(ALL_SCOPES - {scope}, requested_claims=requested))

    assert scope not in payload


@pytest.mark.spec("OIDC Core", "5.5", module="oidcc-claims-essential")
def test_a_claim_asked_for_one_by_one_enters_the_id_token(ada: Subject) -> None:
    payload = contents(
        Target.ID_TOKEN,
        ada,
        Release(
            {"openid", "profile"}, requested_claims={"id_token": {"name": {"essential": True}}}
        ),
    )

    assert payload == {"sub": ada.id, "name": "Ada Lovelace"}


@pytest.mark.spec("OIDC Core", "5.5")
@pytest.mark.parametrize("target", [Target.ID_TOKEN, Target.USERINFO])
def test_asking_for_a_claim_that_no_granted_scope_covers_releases_nothing(
    target: Target, ada: Subject
) -> None:
    payload = contents(
        target,
        ada,
        Release(
            {"openid"}, requested_claims={target: {"email": {"essential": True}, "roles": None}}
        ),
    )

    assert payload == {"sub": ada.id}


@pytest.mark.spec("OIDC Core", "5.5.1")
@pytest.mark.parametrize(
    ("request_", "granted"),
    [
        (None, True),
        ({}, True),
        ({"essential": True}, True),
        ({"value": "ada@example.org"}, True),
        ({"values": ["grace@example.org", "ada@example.org"]}, True),
        ({"value": "grace@example.org"}, False),
        ({"values": ["grace@example.org"]}, False),
        ({"values": []}, False),
        ({"value": None}, False),
        ({"value": "ada@example.org", "values": ["grace@example.org"]}, False),
    ],
)
def test_a_requested_value_has_to_be_the_persons(
    request_: Any, granted: bool, ada: Subject
) -> None:
    payload = contents(
        Target.ID_TOKEN, ada, Release({"email"}, requested_claims={"id_token": {"email": request_}})
    )

    assert ("email" in payload) is granted


@pytest.mark.spec("OIDC Core", "5.5.1")
def test_a_requested_truth_is_not_the_number_one(ada: Subject) -> None:
    payload = contents(
        Target.ID_TOKEN,
        ada,
        Release({"email"}, requested_claims={"id_token": {"email_verified": {"value": 1}}}),
    )

    assert "email_verified" not in payload


@pytest.mark.parametrize("requested", ["id_token", "userinfo"])
def test_a_claim_for_resource_servers_does_not_reach_the_client(
    requested: str, ada: Subject
) -> None:
    ClaimMapping.objects.filter(claim="roles").delete()
    map_claim("roles", "roles", "roles", in_access_token=True, in_userinfo=False)

    payload = contents(
        Target(requested),
        ada,
        Release({"roles"}, requested_claims={requested: {"roles": {"essential": True}}}),
    )

    assert payload == {"sub": ada.id}


@pytest.mark.parametrize("target", Target)
def test_a_mapping_that_goes_nowhere_is_in_no_payload(target: Target, ada: Subject) -> None:
    map_claim("unit", "department", "department", in_access_token=False, in_userinfo=False)

    assert "unit" not in contents(target, ada, Release({"department"}))


@pytest.mark.parametrize("claim", ["sub", "iss", "roles", "department"])
def test_what_the_protocol_says_is_never_overridden(claim: str, ada: Subject) -> None:
    payload = contents(Target.ACCESS_TOKEN, ada, Release(MAPPED), protocol={claim: "protocol"})

    assert payload[claim] == "protocol"


def test_the_callers_protocol_claims_are_not_changed(ada: Subject) -> None:
    protocol = {"iss": "https://op.example.org"}

    contents(Target.ID_TOKEN, ada, Release(MAPPED), protocol=protocol)

    assert protocol == {"iss": "https://op.example.org"}


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id_token", "userinfo", "email", "roles", "value", "values"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(
    target=st.sampled_from(Target),
    scopes=st.sets(st.sampled_from(sorted(ALL_SCOPES))),
    requested=st.dictionaries(st.sampled_from(["id_token", "userinfo", "access_token"]), junk),
)
def test_no_request_releases_more_than_the_granted_scopes(
    target: Target, scopes: set[str], requested: dict[str, Any], ada: Subject
) -> None:
    covered = {claim for scope in scopes for claim in SCOPE_CLAIMS.get(scope, (scope,))}

    payload = contents(target, ada, Release(scopes, requested_claims=requested))

    assert payload.keys() - {"sub"} <= covered


def test_a_payload_costs_no_statement(
    ada: Subject, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    contents(Target.ID_TOKEN, ada, Release(ALL_SCOPES))

    with django_assert_num_queries(0):
        for target in Target:
            contents(target, ada, Release(ALL_SCOPES))
        supported_claims()


def test_a_changed_mapping_counts_at_once(ada: Subject) -> None:
    mapping = ClaimMapping.objects.get(claim="roles")
    before = contents(Target.ID_TOKEN, ada, Release({"roles"}))

    mapping.in_id_token = False
    mapping.save()

    assert before == {"sub": ada.id, "roles": ["analyst"]}
    assert contents(Target.ID_TOKEN, ada, Release({"roles"})) == {"sub": ada.id}


@pytest.mark.spec("OIDC Discovery", "3")
def test_the_discovery_document_names_every_claim_once() -> None:
    map_claim("unit", "department", "department")
    map_claim("txn", "department", "department")

    claims = supported_claims()

    assert len(claims) == len(set(claims))
    assert {"sub", "iss", "auth_time", "acr", "email", "address", "roles", "unit"} <= set(claims)
    assert RESERVED & set(claims) == set(ANNOUNCED)
