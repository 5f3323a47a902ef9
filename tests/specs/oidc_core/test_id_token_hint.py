"""`id_token_hint`: whom the application means."""

import pytest

from foundation.directory.models import User
from tests.assertions import assert_code, assert_redirected_error, assert_sent_to_sign_in
from tests.factories import make_grant
from tests.jwt import forged, signed_elsewhere
from tests.provider import Clock
from tests.relying_party import RelyingParty


def elsewhere(rp: RelyingParty) -> RelyingParty:
    """Return the same client with another browser."""
    return RelyingParty(rp.client, rp.secret)


@pytest.mark.spec("OIDC Core", "3.1.2.1", module="oidcc-id-token-hint", hole=2)
def test_hint_about_the_signed_in_person_is_answered_silently(
    rp: RelyingParty, person: User
) -> None:
    tokens = rp.obtain_tokens(person)

    response = rp.authorize(prompt="none", id_token_hint=tokens["id_token"])

    assert_code(response)


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_expired_hint_is_accepted(rp: RelyingParty, person: User, clock: Clock) -> None:
    tokens = rp.obtain_tokens(person)
    clock.advance(hours=2)

    response = rp.authorize(prompt="none", id_token_hint=tokens["id_token"])

    assert_code(response)


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_hint_about_another_person_asks_to_sign_in(
    rp: RelyingParty, person: User, other_person: User
) -> None:
    hint = elsewhere(rp).obtain_tokens(other_person)["id_token"]
    rp.obtain_tokens(person)

    response = rp.authorize(id_token_hint=hint)

    assert_sent_to_sign_in(response)


@pytest.mark.spec("OIDC Core", "3.1.2.6")
def test_hint_about_another_person_with_prompt_none_answers_login_required(
    rp: RelyingParty, person: User, other_person: User
) -> None:
    hint = elsewhere(rp).obtain_tokens(other_person)["id_token"]
    rp.obtain_tokens(person)

    response = rp.authorize(id_token_hint=hint, prompt="none")

    assert_redirected_error(response, "login_required")


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_no_code_is_issued_when_another_than_the_hinted_person_signs_in(
    rp: RelyingParty, person: User, other_person: User
) -> None:
    hint = elsewhere(rp).obtain_tokens(other_person)["id_token"]
    make_grant(person=person, client=rp.client, scopes=["openid"])

    response = rp.sign_in(person, rp.authorize(scope="openid", id_token_hint=hint))

    assert_redirected_error(response, "login_required")


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_hint_of_another_client_is_refused(
    rp: RelyingParty, other_rp: RelyingParty, person: User
) -> None:
    rp.obtain_tokens(person)
    hint = other_rp.obtain_tokens(person)["id_token"]

    response = rp.authorize(prompt="none", id_token_hint=hint)

    assert_redirected_error(response, "invalid_request")


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_hint_signed_by_a_foreign_key_is_refused(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person)

    response = rp.authorize(id_token_hint=signed_elsewhere(tokens["id_token"]))

    assert_redirected_error(response, "invalid_request")


@pytest.mark.spec("OIDC Core", "3.1.2.1", module="oidcc-idtoken-unsigned")
def test_unsigned_hint_is_refused(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person)

    response = rp.authorize(id_token_hint=forged(tokens["id_token"], header={"alg": "none"}))

    assert_redirected_error(response, "invalid_request")


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_access_token_is_no_hint(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person)

    response = rp.authorize(id_token_hint=tokens["access_token"])

    assert_redirected_error(response, "invalid_request")


@pytest.mark.spec("OIDC Core", "3.1.2.1")
@pytest.mark.parametrize("hint", ["x", "a.b.c", "eyJ.e.x", "..", "ada", "ü.ü.ü", "." * 5_000])
def test_malformed_hint_is_refused(rp: RelyingParty, hint: str) -> None:
    response = rp.authorize(id_token_hint=hint)

    assert_redirected_error(response, "invalid_request")
