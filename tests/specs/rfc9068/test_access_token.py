"""Access tokens in the JWT profile."""

import pytest

from foundation.base import conf
from foundation.directory.models import User
from tests.assertions import assert_claims
from tests.factories import WAREHOUSE, make_relying_party, make_resource_server
from tests.jwt import header_of, payload_of, verified
from tests.relying_party import RelyingParty


@pytest.mark.spec("RFC 9068", "2.2")
def test_access_token_has_the_required_claims(rp: RelyingParty, person: User) -> None:
    payload = verified(rp.obtain_tokens(person)["access_token"])

    assert_claims(
        payload,
        iss=conf.current().issuer,
        aud=conf.current().issuer,
        sub=person.subject,
        client_id=rp.client.client_id,
        scope=rp.client.scope,
    )
    assert payload["exp"] - payload["iat"] == 300
    assert payload["jti"]


@pytest.mark.spec("RFC 9068", "2.1")
def test_access_token_is_typed_and_signed_with_es256(rp: RelyingParty, person: User) -> None:
    header = header_of(rp.obtain_tokens(person)["access_token"])

    assert (header["typ"], header["alg"]) == ("at+jwt", "ES256")


@pytest.mark.spec("RFC 9068", "2.2.1")
def test_access_token_tells_about_the_sign_in(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person)

    access, identity = payload_of(tokens["access_token"]), payload_of(tokens["id_token"])

    for fact in ("auth_time", "acr", "amr"):
        assert access[fact] == identity[fact]


@pytest.mark.spec("RFC 9068", "2.2")
def test_every_access_token_has_an_id_of_its_own(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person)
    refreshed = rp.refresh(tokens["refresh_token"]).json()

    assert payload_of(tokens["access_token"])["jti"] != payload_of(refreshed["access_token"])["jti"]


@pytest.mark.spec("RFC 9068", "2.2")
def test_audience_is_one_and_not_a_list(rp: RelyingParty, person: User) -> None:
    payload = payload_of(rp.obtain_tokens(person)["access_token"])

    assert isinstance(payload["aud"], str)


@pytest.mark.spec("RFC 9068", "2.2.3.1")
def test_access_token_carries_the_roles_that_were_granted(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person, scope="openid roles department", allow={"roles"})

    payload = payload_of(tokens["access_token"])

    assert payload["roles"] == ["analyst"]
    assert "department" not in payload


@pytest.mark.spec("RFC 9068", "5")
def test_personal_details_stay_out_of_the_access_token(rp: RelyingParty, person: User) -> None:
    payload = payload_of(rp.obtain_tokens(person)["access_token"])

    assert {"name", "email", "phone_number", "address", "nonce", "at_hash"}.isdisjoint(payload)


@pytest.mark.spec("RFC 9068", "2.2.3")
def test_access_token_has_no_scope_that_was_withheld(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person, scope="openid email phone", allow={"phone"})

    assert payload_of(tokens["access_token"])["scope"] == "openid phone"


@pytest.mark.spec("RFC 9068", "4")
@pytest.mark.parametrize("fact", ["scope", "aud", "sub", "client_id"])
def test_opaque_token_stands_for_the_same_facts(provider: None, person: User, fact: str) -> None:
    warehouse = RelyingParty(*make_resource_server(scopes=["query"]))
    shared = {"resources": (WAREHOUSE,), "scope": "openid query"}
    jwt_rp = make_relying_party(**shared)
    opaque_rp = make_relying_party(**shared, access_token_format="opaque")

    as_jwt = warehouse.introspect(
        jwt_rp.obtain_tokens(person, resource=WAREHOUSE)["access_token"]
    ).json()
    as_opaque = warehouse.introspect(
        opaque_rp.obtain_tokens(person, resource=WAREHOUSE)["access_token"]
    ).json()

    assert as_jwt.keys() == as_opaque.keys()
    if fact != "client_id":
        assert as_jwt[fact] == as_opaque[fact]


@pytest.mark.spec("RFC 9068", "6")
def test_opaque_token_reveals_nothing(provider: None, person: User) -> None:
    rp = make_relying_party(access_token_format="opaque")

    token = rp.obtain_tokens(person)["access_token"]

    assert "." not in token
    assert len(token) == 43
