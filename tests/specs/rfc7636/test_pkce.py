"""Proof Key for Code Exchange: S256, and a wrong proof ends the code."""

import pytest

from foundation.directory.models import User
from foundation.directory.models.client_choices import CodeProtection
from idp.protocol import pkce
from tests.assertions import assert_oauth_error, assert_redirected_error, assert_sent_to_sign_in
from tests.factories import make_relying_party
from tests.relying_party import CHALLENGE, VERIFIER, RelyingParty, answer_of

EXAMPLE_VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
EXAMPLE_CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
NO_PKCE = {"code_challenge": None, "code_challenge_method": None}


@pytest.mark.spec("RFC 7636", "B")
def test_example_of_the_rfc_proves(provider: None) -> None:
    assert pkce.proves(EXAMPLE_VERIFIER, EXAMPLE_CHALLENGE)


@pytest.mark.spec("RFC 7636", "4.5", module="oidcc-ensure-request-with-valid-pkce-succeeds")
def test_right_verifier_gets_the_tokens(rp: RelyingParty, person: User) -> None:
    response = rp.exchange(rp.obtain_code(person), code_verifier=VERIFIER)

    assert response.status_code == 200


@pytest.mark.spec("RFC 7636", "4.4")
def test_challenge_is_in_no_answer(rp: RelyingParty, person: User) -> None:
    answer = rp.go_through(person)
    tokens = rp.exchange(answer_of(answer)["code"])

    assert tokens.status_code == 200
    assert CHALLENGE.decode() not in f"{answer.headers}{answer.content!r}{tokens.content!r}"


@pytest.mark.spec(
    "RFC 7636", "4.6", module="fapi2-security-profile-final-incorrect-pkce-code-verifier-rejected"
)
@pytest.mark.parametrize(
    "verifier",
    ["w" * 43, VERIFIER[:-1], VERIFIER + "x", VERIFIER.upper(), CHALLENGE.decode(), "short", "ü"],
)
def test_wrong_verifier_is_an_invalid_grant(rp: RelyingParty, person: User, verifier: str) -> None:
    code = rp.obtain_code(person)

    response = rp.exchange(code, code_verifier=verifier)

    assert_oauth_error(response, "invalid_grant")


@pytest.mark.spec("RFC 7636", "4.6", hole=13)
@pytest.mark.parametrize("verifier", ["w" * 43, "short", None])
def test_wrong_verifier_burns_the_code(
    rp: RelyingParty, person: User, verifier: str | None
) -> None:
    code = rp.obtain_code(person)

    rp.exchange(code, code_verifier=verifier)

    assert_oauth_error(rp.exchange(code), "invalid_grant")


@pytest.mark.spec(
    "RFC 7636", "4.6", module="fapi2-security-profile-final-ensure-pkce-code-verifier-required"
)
def test_missing_verifier_is_an_invalid_grant(rp: RelyingParty, person: User) -> None:
    response = rp.exchange(rp.obtain_code(person), code_verifier=None)

    assert_oauth_error(response, "invalid_grant")


@pytest.mark.spec("RFC 9700", "2.1.1")
def test_verifier_without_a_challenge_is_an_invalid_grant(provider: None, person: User) -> None:
    rp = make_relying_party(code_protection="nothing")
    code = rp.obtain_code(person, **NO_PKCE)

    response = rp.exchange(code, code_verifier=VERIFIER)

    assert_oauth_error(response, "invalid_grant")


BROUGHT = {
    "both": {},
    "PKCE": {"nonce": None},
    "nonce": NO_PKCE,
    "nonce without openid": {**NO_PKCE, "scope": "profile"},
    "neither": {**NO_PKCE, "nonce": None},
}
ENOUGH = {
    "pkce_or_nonce": {"both", "PKCE", "nonce"},
    "pkce": {"both", "PKCE"},
    "pkce_and_nonce": {"both"},
    "nothing": set(BROUGHT),
}


@pytest.mark.spec("RFC 9700", "2.1.1")
@pytest.mark.parametrize("brought", BROUGHT)
@pytest.mark.parametrize("protection", CodeProtection.values)
def test_confidential_client_brings_what_it_is_registered_for(
    provider: None, protection: str, brought: str
) -> None:
    rp = make_relying_party(code_protection=protection)

    response = rp.authorize(**BROUGHT[brought])

    if brought in ENOUGH[protection]:
        assert_sent_to_sign_in(response)
        return
    assert_redirected_error(response, "invalid_request")
    assert "this client" in answer_of(response)["error_description"]


@pytest.mark.spec("RFC 9700", "2.1.1")
def test_by_default_a_confidential_client_brings_pkce_or_a_nonce(rp: RelyingParty) -> None:
    assert rp.client.code_protection == "pkce_or_nonce"


@pytest.mark.spec("RFC 9700", "2.1.1")
@pytest.mark.parametrize("protection", CodeProtection.values)
def test_public_client_uses_pkce_whatever_it_is_registered_for(
    provider: None, protection: str
) -> None:
    rp = make_relying_party(token_endpoint_auth_method="none")
    rp.client.code_protection = protection
    rp.client.save()

    assert_redirected_error(rp.authorize(**NO_PKCE), "invalid_request")


@pytest.mark.spec("RFC 9700", "4.8.2")
def test_challenge_taken_away_on_the_way_is_noticed_though_a_nonce_would_do(
    rp: RelyingParty, person: User
) -> None:
    code = rp.obtain_code(person, **NO_PKCE)

    assert_oauth_error(rp.exchange(code, code_verifier=VERIFIER), "invalid_grant")


@pytest.mark.spec("RFC 7636", "4.4", module="oidcc-server")
def test_confidential_client_may_be_registered_without_pkce(provider: None, person: User) -> None:
    rp = make_relying_party(code_protection="nothing")
    code = rp.obtain_code(person, **NO_PKCE)

    response = rp.exchange(code, code_verifier=None)

    assert response.status_code == 200


@pytest.mark.spec("RFC 7636", "4.6")
def test_client_registered_without_pkce_is_held_to_the_challenge_it_sends(
    provider: None, person: User
) -> None:
    rp = make_relying_party(code_protection="nothing")
    code = rp.obtain_code(person)

    response = rp.exchange(code, code_verifier=None)

    assert_oauth_error(response, "invalid_grant")


@pytest.mark.spec("RFC 7636", "4.4.1")
@pytest.mark.parametrize("method", ["plain", "s256", "S512", None, "S256 plain"])
def test_challenge_method_other_than_s256_is_refused(rp: RelyingParty, method: str | None) -> None:
    response = rp.authorize(code_challenge_method=method)

    assert_redirected_error(response, "invalid_request")


@pytest.mark.spec("RFC 7636", "4.2")
@pytest.mark.parametrize(
    "challenge", ["short", "x" * 44, "x" * 42 + "=", "x" * 42 + "+", "ü" * 43, VERIFIER]
)
def test_challenge_that_s256_cannot_make_is_refused(rp: RelyingParty, challenge: str) -> None:
    response = rp.authorize(code_challenge=challenge)

    assert_redirected_error(response, "invalid_request")


@pytest.mark.spec("RFC 7636", "4.3")
def test_method_without_a_challenge_is_refused(provider: None) -> None:
    rp = make_relying_party(code_protection="nothing")

    response = rp.authorize(code_challenge=None)

    assert_redirected_error(response, "invalid_request")


@pytest.mark.spec("RFC 7636", "4.3")
def test_challenge_with_its_method_is_accepted(rp: RelyingParty) -> None:
    response = rp.authorize(code_challenge=EXAMPLE_CHALLENGE)

    assert_sent_to_sign_in(response)
