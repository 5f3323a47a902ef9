"""Introspection: the resource server that a token is for may ask, and the client that holds it."""

import pytest
from django.test import Client as Browser

from consent.grants.services import revoke_grant
from consent.models import Grant
from foundation.base import conf
from foundation.directory.models import User
from tests.assertions import assert_claims, assert_inactive, assert_oauth_error
from tests.factories import WAREHOUSE, make_relying_party, make_resource_server
from tests.provider import Clock
from tests.relying_party import RelyingParty


@pytest.fixture
def warehouse(provider: None) -> RelyingParty:
    return RelyingParty(*make_resource_server(scopes=["query"]))


@pytest.fixture
def desk(warehouse: RelyingParty) -> RelyingParty:
    return make_relying_party(
        resources=(WAREHOUSE,), scope="openid profile roles offline_access query"
    )


@pytest.mark.spec("RFC 7662", "2.2", hole=15)
def test_resource_server_learns_what_is_in_its_token(
    warehouse: RelyingParty, desk: RelyingParty, person: User
) -> None:
    token = desk.obtain_tokens(person, resource=WAREHOUSE)["access_token"]

    answer = warehouse.introspect(token).json()

    assert_claims(
        answer,
        active=True,
        iss=conf.current().issuer,
        aud=WAREHOUSE,
        sub=person.subject,
        client_id=desk.client.client_id,
        username="ada",
        token_type="Bearer",
        roles=["analyst"],
    )
    assert answer["scope"].split() == ["openid", "profile", "roles", "offline_access", "query"]
    assert answer["exp"] - answer["iat"] == 300
    assert answer["jti"]


@pytest.mark.spec("RFC 7662", "4", hole=15)
def test_resource_server_learns_nothing_of_a_token_for_another(
    desk: RelyingParty, person: User
) -> None:
    other = RelyingParty(*make_resource_server(audience="https://other.example"))
    token = desk.obtain_tokens(person, resource=WAREHOUSE)["access_token"]

    response = other.introspect(token)

    assert_inactive(response)


@pytest.mark.spec("RFC 7662", "4", hole=15)
def test_other_client_learns_nothing_of_a_token(
    rp: RelyingParty, other_rp: RelyingParty, person: User
) -> None:
    tokens = rp.obtain_tokens(person)

    assert_inactive(other_rp.introspect(tokens["access_token"]))
    assert_inactive(other_rp.introspect(tokens["refresh_token"]))


@pytest.mark.spec("RFC 7662", "2.2")
def test_client_learns_of_its_own_token_no_facts_about_the_person(
    desk: RelyingParty, person: User
) -> None:
    token = desk.obtain_tokens(person, resource=WAREHOUSE)["access_token"]

    answer = desk.introspect(token).json()

    assert answer["active"] is True
    assert {"roles", "username", "name"}.isdisjoint(answer)


@pytest.mark.spec("RFC 7662", "2.2", hole=15)
def test_client_may_ask_about_its_own_refresh_token(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person, scope="openid offline_access")

    answer = rp.introspect(tokens["refresh_token"], token_type_hint="refresh_token").json()

    assert_claims(
        answer,
        active=True,
        client_id=rp.client.client_id,
        sub=person.subject,
        scope="openid offline_access",
    )


@pytest.mark.spec("RFC 7662", "2.2")
def test_used_refresh_token_is_inactive(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person)
    rp.refresh(tokens["refresh_token"])

    response = rp.introspect(tokens["refresh_token"])

    assert_inactive(response)


@pytest.mark.spec("RFC 7662", "2.2")
def test_asking_about_a_used_refresh_token_revokes_nothing(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person)
    refreshed = rp.refresh(tokens["refresh_token"]).json()

    rp.introspect(tokens["refresh_token"])

    assert rp.refresh(refreshed["refresh_token"]).status_code == 200


@pytest.mark.spec("RFC 7662", "2.2")
def test_opaque_token_tells_the_same_as_a_jwt(warehouse: RelyingParty, person: User) -> None:
    desk = make_relying_party(
        resources=(WAREHOUSE,), scope="openid roles query", access_token_format="opaque"
    )
    token = desk.obtain_tokens(person, resource=WAREHOUSE)["access_token"]

    answer = warehouse.introspect(token).json()

    assert "." not in token
    assert_claims(
        answer, active=True, aud=WAREHOUSE, sub=person.subject, roles=["analyst"], username="ada"
    )


@pytest.mark.spec("RFC 7662", "2.2")
@pytest.mark.parametrize(
    "token", ["unknown", "eyJ.e.x", "..", ".", "a.b", "x" * 5_000, "ü", " ", "a.b.c.d"]
)
def test_unknown_token_is_inactive(rp: RelyingParty, token: str) -> None:
    response = rp.introspect(token)

    assert_inactive(response)


@pytest.mark.spec("RFC 7662", "2.2")
@pytest.mark.parametrize("token_format", ["jwt", "opaque"])
def test_expired_token_is_inactive(
    provider: None, person: User, clock: Clock, token_format: str
) -> None:
    rp = make_relying_party(access_token_format=token_format)
    token = rp.obtain_tokens(person)["access_token"]
    clock.advance(seconds=301)

    response = rp.introspect(token)

    assert_inactive(response)


@pytest.mark.spec("RFC 7662", "2.2")
@pytest.mark.parametrize("token_format", ["jwt", "opaque"])
def test_token_of_a_revoked_grant_is_inactive(
    provider: None, person: User, token_format: str
) -> None:
    rp = make_relying_party(access_token_format=token_format)
    token = rp.obtain_tokens(person)["access_token"]
    revoke_grant(Grant.objects.get())

    response = rp.introspect(token)

    assert_inactive(response)


@pytest.mark.spec("RFC 7662", "2.2", hole=9)
@pytest.mark.parametrize("token_format", ["jwt", "opaque"])
def test_token_of_an_inactive_person_is_inactive(
    provider: None, person: User, token_format: str
) -> None:
    rp = make_relying_party(access_token_format=token_format)
    token = rp.obtain_tokens(person)["access_token"]
    person.is_active = False
    person.save()

    response = rp.introspect(token)

    assert_inactive(response)


@pytest.mark.spec("RFC 7662", "2.2")
def test_id_token_is_inactive(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person)

    response = rp.introspect(tokens["id_token"])

    assert_inactive(response)


@pytest.mark.spec("RFC 7662", "2.1", hole=15)
def test_introspection_by_get_is_refused(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person)

    response = Browser().get(f"/introspect?token={tokens['access_token']}")

    assert response.status_code == 405


@pytest.mark.spec("RFC 7662", "2.1", hole=15)
@pytest.mark.parametrize("authorization", ["", "Basic eDp5", "Basic x", "Bearer x"])
def test_introspection_needs_client_authentication(
    rp: RelyingParty, person: User, authorization: str
) -> None:
    tokens = rp.obtain_tokens(person)
    form = {"token": tokens["access_token"]}

    response = rp.post("/introspect", form, authorization=authorization)

    assert_oauth_error(response, "invalid_client", status=401)


@pytest.mark.spec("RFC 7662", "2.1")
def test_access_token_does_not_authenticate_at_introspection(
    rp: RelyingParty, person: User
) -> None:
    token = rp.obtain_tokens(person)["access_token"]

    response = rp.post("/introspect", {"token": token}, authorization=f"Bearer {token}")

    assert_oauth_error(response, "invalid_client", status=401)


@pytest.mark.spec("RFC 7662", "4")
@pytest.mark.parametrize("name", ["access_token", "refresh_token"])
def test_public_client_learns_nothing(provider: None, person: User, name: str) -> None:
    rp = make_relying_party(token_endpoint_auth_method="none")
    tokens = rp.obtain_tokens(person)

    response = rp.introspect(tokens[name])

    assert_oauth_error(response, "invalid_client", status=401)


@pytest.mark.spec("RFC 7662", "2.1", hole=15)
def test_token_in_the_address_of_a_post_is_not_looked_at(rp: RelyingParty, person: User) -> None:
    token = rp.obtain_tokens(person)["access_token"]

    response = rp.post(f"/introspect?token={token}", {})

    assert_oauth_error(response, "invalid_request")


@pytest.mark.spec("RFC 7662", "2.1")
@pytest.mark.parametrize("token", [None, ""])
def test_missing_token_to_introspect_is_an_invalid_request(
    rp: RelyingParty, token: str | None
) -> None:
    response = rp.post("/introspect", {"token": token})

    assert_oauth_error(response, "invalid_request")


@pytest.mark.spec("RFC 7662", "2.2")
def test_answer_of_introspection_is_kept_by_no_cache(rp: RelyingParty) -> None:
    response = rp.introspect("unknown")

    assert response["Cache-Control"] == "no-store"


@pytest.mark.spec("RFC 7662", "2.1")
@pytest.mark.parametrize("query", ["?x", "?a=%zz", "?a=b&&c", "?é=ü", "?token=abc", "?%00"])
def test_query_of_the_address_is_not_looked_at(rp: RelyingParty, query: str) -> None:
    response = rp.post(f"/introspect{query}", {"token": "unknown"})

    assert_inactive(response)


@pytest.mark.spec("RFC 7662", "2.1")
@pytest.mark.parametrize("hint", ["access_token", "refresh_token", "unheard-of", ""])
@pytest.mark.parametrize("name", ["access_token", "refresh_token"])
def test_hint_at_introspection_need_not_be_right(
    rp: RelyingParty, person: User, name: str, hint: str
) -> None:
    token = rp.obtain_tokens(person)[name]

    answer = rp.introspect(token, token_type_hint=hint).json()

    assert answer["active"] is True
