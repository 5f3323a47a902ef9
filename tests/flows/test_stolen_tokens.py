"""What a thief gets from a code or a refresh token: nothing, and not for long."""

import pytest

from foundation.directory.models import User
from tests.assertions import assert_inactive, assert_oauth_error
from tests.factories import make_relying_party
from tests.relying_party import RelyingParty


@pytest.mark.usefixtures("no_refresh_grace")
@pytest.mark.spec("RFC 9700", "4.14.2")
def test_stolen_refresh_token_is_noticed_when_the_client_comes_back(
    rp: RelyingParty, person: User
) -> None:
    tokens = rp.obtain_tokens(person)
    stolen = tokens["refresh_token"]
    thief = rp.refresh(stolen).json()

    assert_oauth_error(rp.refresh(stolen), "invalid_grant")

    assert_oauth_error(rp.refresh(thief["refresh_token"]), "invalid_grant")
    assert_inactive(rp.introspect(thief["access_token"]))
    assert rp.obtain_tokens(person)["refresh_token"]


@pytest.mark.spec("RFC 9700", "4.5")
def test_stolen_code_is_of_no_use_without_the_verifier(provider: None, person: User) -> None:
    rp = make_relying_party(token_endpoint_auth_method="none")
    code = rp.obtain_code(person)

    stolen = rp.exchange(code, code_verifier="the-thief-guesses-a-verifier-of-43-characters")

    assert_oauth_error(stolen, "invalid_grant")
    assert_oauth_error(rp.exchange(code), "invalid_grant")


@pytest.mark.spec("RFC 9700", "4.5")
def test_code_injected_into_another_sign_in_is_refused(rp: RelyingParty, person: User) -> None:
    attacker = RelyingParty(rp.client, rp.secret)
    code = attacker.obtain_code(person, code_challenge="A" * 43)

    response = rp.exchange(code)

    assert_oauth_error(response, "invalid_grant")
