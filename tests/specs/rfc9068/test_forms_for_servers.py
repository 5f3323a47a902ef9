"""Access tokens in the form their resource server can read, never to be taken for an ID token."""

from typing import Any

import pytest

from foundation.base import conf
from foundation.directory.models import User
from tests.factories import WAREHOUSE, make_relying_party, make_resource_server
from tests.jwt import header_of, verified
from tests.relying_party import RelyingParty, answer_of

FORMS = [("ES256", "at+jwt"), ("ES256", "JWT"), ("RS256", "at+jwt"), ("RS256", "JWT")]
MAIL = {"access_token_claims": "email email_verified preferred_username"}
PLAIN = {"access_token_signed_response_alg": "RS256", "access_token_typ": "JWT"}


def server(audience: str = WAREHOUSE, **metadata: Any) -> RelyingParty:
    return RelyingParty(*make_resource_server(audience=audience, **metadata))


def desk(**metadata: Any) -> RelyingParty:
    return make_relying_party(resources=(WAREHOUSE,), **metadata)


@pytest.mark.spec("RFC 9068", "2.1")
@pytest.mark.parametrize(("algorithm", "typ"), FORMS)
def test_token_is_made_as_its_resource_server_is_registered(
    provider: None, person: User, algorithm: str, typ: str
) -> None:
    warehouse = server(access_token_signed_response_alg=algorithm, access_token_typ=typ)

    token = desk().obtain_tokens(person, resource=WAREHOUSE)["access_token"]

    assert header_of(token).items() >= {"alg": algorithm, "typ": typ}.items()
    assert verified(token)["aud"] == WAREHOUSE
    assert warehouse.introspect(token).json()["active"] is True


@pytest.mark.spec("RFC 9068", "2.1")
def test_what_is_for_ourselves_stays_at_jwt(provider: None, person: User) -> None:
    server(audience=conf.current().issuer, **PLAIN)
    rp = make_relying_party()

    token = rp.obtain_tokens(person)["access_token"]

    assert header_of(token)["typ"] == "at+jwt"
    assert rp.userinfo(token).status_code == 200


@pytest.mark.spec("RFC 8725", "3.11")
def test_id_token_is_no_access_token_where_both_are_plain_jwts(
    provider: None, person: User
) -> None:
    warehouse, rp = server(**PLAIN), desk(id_token_signed_response_alg="RS256")
    id_token = rp.obtain_tokens(person, resource=WAREHOUSE)["id_token"]

    assert warehouse.introspect(id_token).json() == {"active": False}
    assert rp.introspect(id_token).json() == {"active": False}
    assert rp.userinfo(id_token).status_code == 401


@pytest.mark.spec("RFC 8725", "3.11")
def test_plain_jwt_counts_only_while_its_server_is_registered_for_them(
    provider: None, person: User
) -> None:
    warehouse, rp = server(**PLAIN), desk()
    token = rp.obtain_tokens(person, resource=WAREHOUSE)["access_token"]
    warehouse.client.access_token_typ = "at+jwt"
    warehouse.client.save()

    assert warehouse.introspect(token).json() == {"active": False}


@pytest.mark.spec("RFC 9068", "4")
def test_plain_jwt_for_a_server_opens_no_userinfo(provider: None, person: User) -> None:
    server(**PLAIN)
    rp = desk()

    token = rp.obtain_tokens(person, resource=WAREHOUSE)["access_token"]

    assert rp.userinfo(token).status_code == 401


@pytest.mark.spec("RFC 9068", "2.2.2")
@pytest.mark.parametrize("access_token_format", ["jwt", "opaque"])
def test_server_reads_the_standard_claims_it_is_registered_for(
    provider: None, person: User, access_token_format: str
) -> None:
    mail = server(**MAIL)
    rp = desk(access_token_format=access_token_format)

    token = rp.obtain_tokens(person, scope="openid email profile", resource=WAREHOUSE)

    told = mail.introspect(token["access_token"]).json()
    assert (told["email"], told["email_verified"]) == ("ada@example.org", True)
    assert told["preferred_username"] == told["username"] == "ada"
    assert not told.keys() & {"name", "given_name", "phone_number", "address"}
    assert not rp.introspect(token["access_token"]).json().keys() & {"email", "username"}
    if access_token_format == "jwt":
        assert verified(token["access_token"])["email"] == "ada@example.org"


@pytest.mark.spec("RFC 9068", "2.2.2")
@pytest.mark.parametrize(
    "asked",
    [
        {"scope": "openid profile"},
        {"scope": "openid profile email", "allow": {"profile"}},
        {"scope": "openid", "claims": '{"userinfo": {"email": null}}'},
        {"scope": "openid", "claims": '{"access_token": {"email": {"essential": true}}}'},
    ],
)
def test_server_reads_no_standard_claim_whose_scope_was_not_granted(
    provider: None, person: User, asked: dict[str, Any]
) -> None:
    mail = server(**MAIL)
    token = desk().obtain_tokens(person, resource=WAREHOUSE, **asked)["access_token"]

    assert "email" not in verified(token)
    assert "email" not in mail.introspect(token).json()


@pytest.mark.spec("RFC 9068", "2.2.2")
def test_claim_left_out_reaches_no_server(provider: None, person: User) -> None:
    mail = server(**MAIL)
    rp = desk()
    rp.sign_in(person)
    page = rp.follow(rp.authorize(scope="openid profile", resource=WAREHOUSE))
    sent = rp.submit(
        page, having="decision", decision="allow", scope="profile", claim="profile name"
    )
    token = rp.exchange(answer_of(sent)["code"]).json()["access_token"]

    assert verified(token)["scope"] == "openid profile"
    assert "preferred_username" not in verified(token)
    assert "preferred_username" not in mail.introspect(token).json()


@pytest.mark.spec("RFC 9068", "2.2.2")
def test_other_servers_and_userinfo_tokens_have_no_standard_claims(
    provider: None, person: User
) -> None:
    server(**MAIL)
    server(audience=conf.current().issuer, **MAIL)
    lake = "https://lake.example"
    server(audience=lake)
    rp = make_relying_party(resources=(WAREHOUSE, lake))

    for resource in (lake, None):
        token = rp.obtain_tokens(person, resource=resource)["access_token"]
        assert "email" not in verified(token)
