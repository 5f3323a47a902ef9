"""Revocation: a client takes back its own tokens, and learns nothing of others'."""

import pytest
from django.test import Client as Browser

from foundation.directory.models import User
from tests.assertions import assert_bearer_error, assert_inactive, assert_oauth_error
from tests.factories import make_relying_party
from tests.relying_party import RelyingParty


@pytest.mark.spec("RFC 7009", "2.1")
def test_revoked_access_token_is_dead_at_once(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person)

    response = rp.revoke(tokens["access_token"])

    assert (response.status_code, response.content) == (200, b"")
    assert_bearer_error(rp.userinfo(tokens["access_token"]), "invalid_token", status=401)
    assert_inactive(rp.introspect(tokens["access_token"]))


@pytest.mark.spec("RFC 7009", "2.1")
def test_revoked_access_token_leaves_the_refresh_token_alone(
    rp: RelyingParty, person: User
) -> None:
    tokens = rp.obtain_tokens(person)

    rp.revoke(tokens["access_token"])

    assert rp.refresh(tokens["refresh_token"]).status_code == 200


@pytest.mark.spec("RFC 7009", "2.1")
def test_revoked_refresh_token_ends_the_access_tokens_beside_it(
    rp: RelyingParty, person: User
) -> None:
    tokens = rp.obtain_tokens(person)

    rp.revoke(tokens["refresh_token"])

    assert_oauth_error(rp.refresh(tokens["refresh_token"]), "invalid_grant")
    assert_inactive(rp.introspect(tokens["access_token"]))


@pytest.mark.spec("RFC 7009", "2.1")
@pytest.mark.parametrize("hint", ["access_token", "refresh_token", "unheard-of", ""])
def test_hint_about_the_type_of_a_token_need_not_be_right(
    rp: RelyingParty, person: User, hint: str
) -> None:
    tokens = rp.obtain_tokens(person)

    rp.revoke(tokens["access_token"], token_type_hint=hint)
    rp.revoke(tokens["refresh_token"], token_type_hint=hint)

    assert_oauth_error(rp.refresh(tokens["refresh_token"]), "invalid_grant")


@pytest.mark.spec("RFC 7009", "2.1")
def test_opaque_access_token_can_be_revoked(provider: None, person: User) -> None:
    rp = make_relying_party(access_token_format="opaque")
    tokens = rp.obtain_tokens(person)

    rp.revoke(tokens["access_token"])

    assert_bearer_error(rp.userinfo(tokens["access_token"]), "invalid_token", status=401)


@pytest.mark.spec("RFC 7009", "2.1")
@pytest.mark.parametrize("name", ["access_token", "refresh_token"])
def test_client_cannot_revoke_the_token_of_another(
    rp: RelyingParty, other_rp: RelyingParty, person: User, name: str
) -> None:
    tokens = rp.obtain_tokens(person)

    response = other_rp.revoke(tokens[name])

    assert response.status_code == 200
    assert rp.userinfo(tokens["access_token"]).status_code == 200
    assert rp.refresh(tokens["refresh_token"]).status_code == 200


@pytest.mark.spec("RFC 7009", "2.1")
def test_client_cannot_revoke_the_opaque_token_of_another(
    other_rp: RelyingParty, person: User
) -> None:
    rp = make_relying_party(access_token_format="opaque")
    tokens = rp.obtain_tokens(person)

    other_rp.revoke(tokens["access_token"])

    assert rp.userinfo(tokens["access_token"]).status_code == 200


@pytest.mark.spec("RFC 7009", "2.2")
@pytest.mark.parametrize("token", ["unknown", "a.b", "a.b.c", "eyJ.e.x", "..", "x" * 5_000, "ü"])
def test_unknown_token_counts_as_revoked(rp: RelyingParty, token: str) -> None:
    response = rp.revoke(token)

    assert response.status_code == 200


@pytest.mark.spec("RFC 7009", "2.2")
def test_token_can_be_revoked_twice(rp: RelyingParty, person: User) -> None:
    token = rp.obtain_tokens(person)["access_token"]
    rp.revoke(token)

    response = rp.revoke(token)

    assert response.status_code == 200


@pytest.mark.spec("RFC 7009", "2.1")
@pytest.mark.parametrize("token", [None, ""])
def test_missing_token_to_revoke_is_an_invalid_request(rp: RelyingParty, token: str | None) -> None:
    response = rp.post("/revoke", {"token": token})

    assert_oauth_error(response, "invalid_request")


@pytest.mark.spec("RFC 7009", "2.1")
def test_revocation_needs_client_authentication(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person)

    response = rp.post("/revoke", {"token": tokens["access_token"]}, authorization="")

    assert_oauth_error(response, "invalid_client", status=401)
    assert rp.userinfo(tokens["access_token"]).status_code == 200


@pytest.mark.spec("RFC 7009", "2.1")
def test_confidential_client_cannot_revoke_by_its_name_alone(
    rp: RelyingParty, person: User
) -> None:
    tokens = rp.obtain_tokens(person)
    form = {"token": tokens["access_token"], "client_id": rp.client.client_id}

    response = rp.post("/revoke", form, authorization="")

    assert_oauth_error(response, "invalid_client", status=401)


@pytest.mark.spec("RFC 7009", "2.1")
def test_public_client_revokes_its_own_token(provider: None, person: User) -> None:
    rp = make_relying_party(token_endpoint_auth_method="none")
    tokens = rp.obtain_tokens(person)

    rp.revoke(tokens["refresh_token"])

    assert_oauth_error(rp.refresh(tokens["refresh_token"]), "invalid_grant")


@pytest.mark.spec("RFC 7009", "2.1")
@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_revocation_by_other_methods_than_post_is_refused(
    rp: RelyingParty, person: User, method: str
) -> None:
    tokens = rp.obtain_tokens(person)

    response = getattr(Browser(), method)(f"/revoke?token={tokens['access_token']}")

    assert response.status_code == 405
    assert rp.userinfo(tokens["access_token"]).status_code == 200
