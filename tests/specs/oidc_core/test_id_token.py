"""ID tokens: who signed in, for whom, when; checked with jwcrypto as a client would."""

import base64
import hashlib
import uuid

import pytest

from foundation.base import conf
from foundation.directory.models import User
from idp.clients.metadata import ClientMetadata
from tests.factories import make_relying_party
from tests.jwt import header_of, payload_of, verified
from tests.provider import Clock
from tests.relying_party import RelyingParty

STANDARD = {"name", "email", "phone_number", "address", "preferred_username", "picture"}


@pytest.mark.spec("OIDC Core", "2", module="oidcc-server")
def test_id_token_has_the_required_claims(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person)

    payload = verified(tokens["id_token"])

    assert payload["iss"] == conf.current().issuer
    assert payload["aud"] == rp.client.client_id
    assert payload["sub"] == person.subject
    assert payload["exp"] - payload["iat"] == 600
    assert payload["auth_time"] <= payload["iat"]


@pytest.mark.spec("OIDC Core", "3.1.3.7", module="oidcc-idtoken-signature")
@pytest.mark.parametrize("algorithm", ["ES256", "RS256"])
def test_id_token_is_signed_as_the_client_registered(
    provider: None, person: User, algorithm: str
) -> None:
    rp = make_relying_party(id_token_signed_response_alg=algorithm)

    token = rp.obtain_tokens(person)["id_token"]

    assert (header_of(token)["alg"], header_of(token)["typ"]) == (algorithm, "JWT")
    assert verified(token)["sub"] == person.subject


@pytest.mark.spec("OIDC Core", "15.1", module="oidcc-idtoken-rs256")
def test_client_that_registers_no_algorithm_gets_rs256(provider: None, person: User) -> None:
    default = ClientMetadata(client_name="x").id_token_signed_response_alg
    rp = make_relying_party(id_token_signed_response_alg=default)

    token = rp.obtain_tokens(person)["id_token"]

    assert header_of(token)["alg"] == "RS256"


@pytest.mark.spec("OIDC Core", "2", hole=19)
def test_sub_is_opaque_and_no_row_number(rp: RelyingParty, person: User) -> None:
    payload = payload_of(rp.obtain_tokens(person)["id_token"])

    assert uuid.UUID(payload["sub"]).version == 4
    assert payload["sub"] not in {person.username, person.email}


@pytest.mark.spec("OIDC Core", "2")
def test_sub_survives_a_new_name_and_address(rp: RelyingParty, person: User) -> None:
    before = payload_of(rp.obtain_tokens(person)["id_token"])["sub"]
    person.username, person.email = "countess", "countess@example.org"
    person.save()

    after = payload_of(rp.obtain_tokens(person)["id_token"])["sub"]

    assert after == before


@pytest.mark.spec(
    "OIDC Core",
    "3.1.2.1",
    module="fapi2-security-profile-final-ensure-authorization-request-with-64-char-nonce-success",
)
def test_nonce_comes_back_unchanged(rp: RelyingParty, person: User) -> None:
    nonce = "ñ + & %20 🗝".ljust(64, "x")

    tokens = rp.obtain_tokens(person, nonce=nonce)

    assert verified(tokens["id_token"])["nonce"] == nonce


@pytest.mark.spec(
    "OIDC Core",
    "3.1.2.1",
    module=(
        "oidcc-ensure-request-without-nonce-succeeds-for-code-flow",
        "fapi2-security-profile-final-ensure-authorization-request-without-nonce-success",
    ),
)
def test_id_token_has_no_nonce_when_none_came(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person, nonce=None)

    assert "nonce" not in verified(tokens["id_token"])


@pytest.mark.spec("OIDC Core", "2")
def test_header_of_an_id_token_points_to_no_key(rp: RelyingParty, person: User) -> None:
    header = header_of(rp.obtain_tokens(person)["id_token"])

    assert header.keys() == {"alg", "kid", "typ"}


@pytest.mark.spec("OIDC Core", "3.1.3.6")
def test_at_hash_binds_the_access_token(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person)

    half = hashlib.sha256(tokens["access_token"].encode()).digest()[:16]
    expected = base64.urlsafe_b64encode(half).rstrip(b"=").decode()
    assert verified(tokens["id_token"])["at_hash"] == expected


@pytest.mark.spec("OIDC Core", "5.4", hole=19)
def test_standard_claims_stay_out_of_the_id_token(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person)

    assert STANDARD.isdisjoint(payload_of(tokens["id_token"]))


@pytest.mark.spec("OIDC Core", "3.1.3.3")
def test_request_without_openid_gives_no_id_token(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person, scope="profile email")

    assert "id_token" not in tokens


@pytest.mark.spec("OIDC Core", "12.2", module="oidcc-refresh-token")
def test_refreshed_id_token_is_about_the_same_sign_in(
    rp: RelyingParty, person: User, clock: Clock
) -> None:
    tokens = rp.obtain_tokens(person)
    clock.advance(seconds=60)

    refreshed = rp.refresh(tokens["refresh_token"]).json()

    before, after = verified(tokens["id_token"]), verified(refreshed["id_token"])
    same = ("iss", "sub", "aud", "auth_time", "acr", "amr", "sid")
    assert [after[name] for name in same] == [before[name] for name in same]
    assert after["iat"] > before["iat"]


@pytest.mark.spec("OIDC Core", "12.2", hole=4)
def test_auth_time_stays_when_the_person_signs_in_elsewhere_before_a_refresh(
    rp: RelyingParty, person: User, clock: Clock
) -> None:
    tokens = rp.obtain_tokens(person)
    clock.advance(seconds=60)
    RelyingParty(rp.client, rp.secret).sign_in(person)

    refreshed = rp.refresh(tokens["refresh_token"]).json()

    first, second = payload_of(tokens["id_token"]), payload_of(refreshed["id_token"])
    assert second["auth_time"] == first["auth_time"]


@pytest.mark.spec("OIDC Core", "12.2")
def test_refreshed_id_token_has_no_nonce(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person)

    refreshed = rp.refresh(tokens["refresh_token"]).json()

    assert "nonce" not in payload_of(refreshed["id_token"])


@pytest.mark.spec("OIDC Core", "12.2")
def test_refresh_without_openid_gives_no_id_token(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person)

    refreshed = rp.refresh(tokens["refresh_token"], scope="email offline_access").json()

    assert "id_token" not in refreshed


@pytest.mark.spec("OIDC Core", "3.1.3.1")
def test_whole_sign_in_works_with_the_defaults_of_old_clients(provider: None, person: User) -> None:
    rp = make_relying_party(code_protection="nothing", id_token_signed_response_alg="RS256")
    code = rp.obtain_code(person, code_challenge=None, code_challenge_method=None)

    tokens = rp.exchange(code, code_verifier=None).json()

    assert verified(tokens["id_token"])["sub"] == person.subject
