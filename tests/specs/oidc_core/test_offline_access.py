"""`offline_access`: a refresh token only when the person agreed to it."""

import pytest

from foundation.directory.models import User
from tests.assertions import assert_oauth_error
from tests.factories import make_relying_party
from tests.relying_party import RelyingParty


@pytest.mark.spec("OIDC Core", "11", module="oidcc-refresh-token")
def test_offline_access_gives_a_refresh_token(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person, scope="openid offline_access")

    assert rp.refresh(tokens["refresh_token"]).status_code == 200


@pytest.mark.spec("OIDC Core", "11", module="oidcc-refresh-token")
def test_offline_access_with_prompt_consent_gives_a_refresh_token(
    rp: RelyingParty, person: User
) -> None:
    tokens = rp.obtain_tokens(person, scope="openid offline_access", prompt="consent")

    assert "refresh_token" in tokens


@pytest.mark.spec("OIDC Core", "11")
def test_no_refresh_token_is_given_without_offline_access(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person, scope="openid profile")

    assert "refresh_token" not in tokens


@pytest.mark.spec("OIDC Core", "11")
def test_no_refresh_token_is_given_when_offline_access_was_withheld(
    rp: RelyingParty, person: User
) -> None:
    tokens = rp.obtain_tokens(person, scope="openid profile offline_access", allow={"profile"})

    assert "refresh_token" not in tokens
    assert tokens["scope"] == "openid profile"


@pytest.mark.spec("OIDC Core", "11")
def test_offline_access_is_ignored_for_a_client_that_may_not_refresh(
    provider: None, person: User
) -> None:
    rp = make_relying_party(grant_types=("authorization_code",))

    tokens = rp.obtain_tokens(person, scope="openid offline_access")

    assert "refresh_token" not in tokens
    assert tokens["scope"] == "openid"


@pytest.mark.spec("OIDC Core", "11")
def test_client_that_may_not_refresh_any_more_is_unauthorized(
    rp: RelyingParty, person: User
) -> None:
    tokens = rp.obtain_tokens(person)
    rp.client.grant_types = ["authorization_code"]
    rp.client.save()

    response = rp.refresh(tokens["refresh_token"])

    assert_oauth_error(response, "unauthorized_client")


@pytest.mark.spec("OIDC Core", "11")
def test_refresh_token_outlives_the_sign_in(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person)
    rp.logout(id_token_hint=tokens["id_token"])

    response = rp.refresh(tokens["refresh_token"])

    assert response.status_code == 200
