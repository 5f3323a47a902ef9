"""DPoP: tokens that are worth nothing without their key."""

import time
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client as Browser
from jwcrypto import jwk

from foundation.directory.models import User
from tests.assertions import assert_oauth_error
from tests.client_keys import KINDS, client_key
from tests.dpop import proof
from tests.factories import make_machine, make_relying_party, make_resource_server
from tests.jwt import payload_of
from tests.relying_party import RelyingParty, answer_of

pytestmark = [pytest.mark.usefixtures("provider"), pytest.mark.django_db]
OFFLINE = "openid profile offline_access"


@pytest.fixture
def machine() -> RelyingParty:
    return RelyingParty(*make_machine())


def asked(machine: RelyingParty, sent: str | None = None) -> HttpResponse:
    extra = {} if sent is None else {"HTTP_DPOP": sent}
    return machine.post("/token", {"grant_type": "client_credentials"}, **extra)


def other_key() -> jwk.JWK:
    return client_key(kid="two")


@pytest.mark.spec("RFC 9449", "5", module="fapi2-security-profile-final-happy-flow")
@pytest.mark.parametrize("algorithm", KINDS)
def test_a_token_is_bound_to_the_key_of_the_proof(machine: RelyingParty, algorithm: str) -> None:
    key = client_key(algorithm)

    answer = asked(machine, proof("/token", key=key, header_alg=algorithm)).json()

    assert answer["token_type"] == "DPoP"
    assert payload_of(answer["access_token"])["cnf"] == {"jkt": key.thumbprint()}


@pytest.mark.spec("RFC 9449", "5")
def test_without_a_proof_it_is_a_bearers(machine: RelyingParty) -> None:
    answer = asked(machine).json()

    assert answer["token_type"] == "Bearer"
    assert "cnf" not in payload_of(answer["access_token"])


@pytest.mark.spec(
    "RFC 9449", "5.2", module="fapi2-security-profile-final-ensure-holder-of-key-required"
)
def test_a_client_that_is_registered_for_it_needs_a_proof() -> None:
    machine = RelyingParty(*make_machine(dpop_bound_access_tokens=True))

    assert_oauth_error(asked(machine), "invalid_dpop_proof")
    assert asked(machine, proof("/token")).status_code == 200


WRONG: dict[str, dict[str, Any]] = {
    "no jti": {"jti": None}, "an empty jti": {"jti": ""}, "a long jti": {"jti": "x" * 513},
    "no htm": {"htm": None}, "another method": {"htm": "GET"}, "in lower case": {"htm": "post"},
    "no htu": {"htu": None}, "another address": {"htu": "http://localhost:8000/par"},
    "another host": {"htu": "http://elsewhere.example/token"}, "a number": {"htu": 7},
    "a broken address": {"htu": "http://localhost:x/token"},
    "an endless iat": {"iat": 10**400}, "one before all": {"iat": -(10**400)},
    "an endless exp": {"exp": 10**400}, "an endless nbf": {"nbf": 10**400},
    "no iat": {"iat": None}, "iat in words": {"iat": "now"}, "iat is true": {"iat": True},
    "another typ": {"header_typ": "JWT"}, "no typ": {"header_typ": None},
    "no key": {"header_jwk": None}, "a key in words": {"header_jwk": "key"},
    "a private key": {"header_jwk": client_key().export_private(as_dict=True)},
    "another key": {"header_jwk": client_key(kid="three").export_public(as_dict=True)},
    "a key of another kind": {"header_jwk": client_key("EdDSA").export_public(as_dict=True)},
}  # fmt: skip


@pytest.mark.spec("RFC 9449", "4.3", module="fapi2-security-profile-final-dpop-negative-tests")
@pytest.mark.parametrize("case", WRONG)
def test_a_proof_that_is_not_right_is_refused(machine: RelyingParty, case: str) -> None:
    assert_oauth_error(asked(machine, proof("/token", **WRONG[case])), "invalid_dpop_proof")


@pytest.mark.spec("RFC 9449", "4.3")
@pytest.mark.parametrize("text", ["a", "a.b.c", "e30.e30.e30", "x" * 10_000])
def test_what_is_no_proof_is_refused(machine: RelyingParty, text: str) -> None:
    assert_oauth_error(asked(machine, text), "invalid_dpop_proof")


@pytest.mark.spec("RFC 9449", "4.3")
def test_two_proofs_are_none(machine: RelyingParty) -> None:
    both = f"{proof('/token')}, {proof('/token')}"

    assert_oauth_error(asked(machine, both), "invalid_dpop_proof")


@pytest.mark.spec(
    "RFC 9449",
    "11.1",
    module="fapi2-security-profile-final-ensure-dpopproof-with-iat-10seconds-after-succeeds",
)
@pytest.mark.parametrize(
    ("claim", "seconds", "is_taken"),
    [
        ("iat", -10, True), ("iat", 10, True), ("iat", -65, False), ("iat", 20, False),
        ("exp", 60, True), ("exp", -20, False), ("nbf", -5, True), ("nbf", 20, False),
    ],
)  # fmt: skip
def test_a_proof_is_made_now(
    machine: RelyingParty, claim: str, seconds: int, is_taken: bool
) -> None:
    response = asked(machine, proof("/token", **{claim: int(time.time()) + seconds}))

    assert response.status_code == (200 if is_taken else 400)


@pytest.mark.spec("RFC 9449", "4.3")
@pytest.mark.parametrize(
    "address", ["HTTP://LOCALHOST:8000/token", "http://localhost:8000/token?a=b#c"]
)
def test_addresses_are_compared_in_their_normal_form(machine: RelyingParty, address: str) -> None:
    assert asked(machine, proof("/token", htu=address)).status_code == 200


@pytest.mark.spec("RFC 9449", "4.2")
def test_a_jti_may_have_any_character_of_json(machine: RelyingParty) -> None:
    assert asked(machine, proof("/token", jti="\ud800")).status_code == 200
    assert_oauth_error(asked(machine, proof("/token", jti="\ud800")), "invalid_dpop_proof")


@pytest.mark.spec("RFC 9449", "11.1")
def test_a_proof_is_used_once(machine: RelyingParty) -> None:
    sent = proof("/token")

    assert asked(machine, sent).status_code == 200
    assert_oauth_error(asked(machine, sent), "invalid_dpop_proof")


# The key of a code, and of a refresh token -------------------------------------------------------


def code_for(rp: RelyingParty, person: User, **request: Any) -> str:
    return answer_of(rp.decide(rp.sign_in(person, rp.authorize(**request))))["code"]


@pytest.mark.spec(
    "RFC 9449", "10", module="fapi2-security-profile-final-ensure-dpop-auth-code-binding-success"
)
def test_a_code_that_is_bound_needs_the_key(rp: RelyingParty, person: User) -> None:
    code = code_for(rp, person, dpop_jkt=client_key().thumbprint())

    assert rp.exchange(code, dpop=proof("/token")).json()["token_type"] == "DPoP"


@pytest.mark.spec(
    "RFC 9449",
    "10",
    module="fapi2-security-profile-final-ensure-token-endpoint-fails-with-mismatched-dpop-jkt",
)
@pytest.mark.parametrize("sent", ["another", ""])
def test_a_code_that_is_bound_is_worth_nothing_to_others(
    rp: RelyingParty, person: User, sent: str
) -> None:
    code = code_for(rp, person, dpop_jkt=client_key().thumbprint())
    other = proof("/token", key=other_key()) if sent else ""

    assert_oauth_error(rp.exchange(code, dpop=other), "invalid_grant")
    assert_oauth_error(rp.exchange(code, dpop=proof("/token")), "invalid_grant")


@pytest.mark.spec(
    "RFC 9449",
    "10.1",
    module="fapi2-security-profile-final-ensure-dpopproof-at-par-endpoint-binding-success",
)
def test_a_proof_at_the_par_endpoint_binds_the_code(rp: RelyingParty, person: User) -> None:
    pushed = rp.post("/par", rp.request(), HTTP_DPOP=proof("/par")).json()
    code = code_for(rp, person, **rp.bringing(pushed["request_uri"]))

    assert_oauth_error(rp.exchange(code, dpop=proof("/token", key=other_key())), "invalid_grant")


@pytest.mark.spec(
    "RFC 9449", "10.1", module="fapi2-security-profile-final-ensure-mismatched-dpop-jkt-fails"
)
def test_dpop_jkt_beside_another_proof_is_refused(rp: RelyingParty) -> None:
    request = rp.request(dpop_jkt=other_key().thumbprint())

    assert_oauth_error(rp.post("/par", request, HTTP_DPOP=proof("/par")), "invalid_dpop_proof")
    assert_oauth_error(rp.post("/par", request, HTTP_DPOP=proof("/token")), "invalid_dpop_proof")


@pytest.mark.spec("RFC 9449", "10")
@pytest.mark.parametrize("jkt", ["short", "x" * 44, "=" * 43])
def test_dpop_jkt_is_a_thumbprint(rp: RelyingParty, jkt: str) -> None:
    assert_oauth_error(rp.push(dpop_jkt=jkt), "invalid_request")


@pytest.mark.spec("RFC 9449", "5")
def test_a_public_clients_refresh_token_is_bound(person: User) -> None:
    rp = make_relying_party(token_endpoint_auth_method="none", scope=OFFLINE)
    first = rp.exchange(code_for(rp, person), dpop=proof("/token")).json()
    refresh = {"refresh_token": first["refresh_token"]}

    assert_oauth_error(rp.refresh(**refresh), "invalid_grant")
    stolen = proof("/token", key=other_key())
    assert_oauth_error(rp.refresh(**refresh, dpop=stolen), "invalid_grant")
    again = rp.refresh(**refresh, dpop=proof("/token")).json()
    assert payload_of(again["access_token"])["cnf"] == {"jkt": client_key().thumbprint()}
    third = rp.refresh(again["refresh_token"], dpop=proof("/token"))
    assert third.status_code == 200


@pytest.mark.spec("RFC 9449", "5", module="fapi2-security-profile-final-refresh-token")
def test_a_confidential_client_may_change_its_key(person: User) -> None:
    rp = make_relying_party(scope=OFFLINE)
    code = code_for(rp, person, dpop_jkt=client_key().thumbprint())
    first = rp.exchange(code, dpop=proof("/token")).json()

    again = rp.refresh(first["refresh_token"], dpop=proof("/token", key=other_key())).json()

    assert payload_of(again["access_token"])["cnf"] == {"jkt": other_key().thumbprint()}


# Using a bound token -----------------------------------------------------------------------------


def tokens_of(rp: RelyingParty, person: User) -> dict[str, Any]:
    return dict(rp.exchange(code_for(rp, person), dpop=proof("/token")).json())


def told(token: str, scheme: str = "DPoP", sent: str | None = None) -> HttpResponse:
    extra = {} if sent is None else {"HTTP_DPOP": sent}
    return Browser().get("/userinfo", HTTP_AUTHORIZATION=f"{scheme} {token}", **extra)


@pytest.mark.spec(
    "RFC 9449",
    "7.1",
    module="fapi2-security-profile-final-access-token-type-header-case-sensitivity",
)
@pytest.mark.parametrize("scheme", ["DPoP", "dpop", "DPOP"])
@pytest.mark.parametrize("token_format", ["jwt", "opaque"])
def test_a_bound_token_is_good_with_its_key(person: User, scheme: str, token_format: str) -> None:
    rp = make_relying_party(access_token_format=token_format)
    token = tokens_of(rp, person)["access_token"]

    response = told(token, scheme, proof("/userinfo", method="GET", token=token))

    assert response.status_code == 200, response.content
    assert response.json()["sub"] == str(person.pk)


@pytest.mark.spec("RFC 9449", "7.2")
@pytest.mark.parametrize(
    "case", ["bearer", "none", "another key", "another token", "no ath", "par"]
)
def test_a_stolen_bound_token_is_worth_nothing(rp: RelyingParty, person: User, case: str) -> None:
    token = tokens_of(rp, person)["access_token"]
    get: dict[str, Any] = {"method": "GET"}
    sent = {
        "bearer": proof("/userinfo", **get, token=token),
        "none": None,
        "another key": proof("/userinfo", **get, token=token, key=other_key()),
        "another token": proof("/userinfo", **get, token=token + "a"),
        "no ath": proof("/userinfo", **get),
        "par": proof("/par", **get, token=token),
    }[case]

    response = told(token, "Bearer" if case == "bearer" else "DPoP", sent)

    assert_oauth_error(response, "invalid_token", status=401)
    challenge = response["WWW-Authenticate"]
    assert challenge.startswith("DPoP ")
    assert "ES256" in challenge


@pytest.mark.spec("RFC 9449", "7.1")
def test_the_proof_of_a_bound_token_is_used_once(rp: RelyingParty, person: User) -> None:
    token = tokens_of(rp, person)["access_token"]
    sent = proof("/userinfo", method="GET", token=token)

    assert told(token, sent=sent).status_code == 200
    assert told(token, sent=sent).status_code == 401


@pytest.mark.spec("RFC 9449", "7.1")
def test_a_token_that_is_not_bound_is_not_better_by_a_proof(rp: RelyingParty, person: User) -> None:
    token = rp.obtain_tokens(person)["access_token"]

    response = told(token, sent=proof("/userinfo", method="GET", token=token))

    assert_oauth_error(response, "invalid_token", status=401)


@pytest.mark.spec("RFC 9449", "6.2")
def test_introspection_tells_of_the_key() -> None:
    server = RelyingParty(*make_resource_server(scopes=("read",)))
    machine = RelyingParty(*make_machine(scope="read", resources=("https://warehouse.example",)))
    token = asked(machine, proof("/token")).json()["access_token"]

    said = server.post("/introspect", {"token": token}).json()

    assert said["cnf"] == {"jkt": client_key().thumbprint()}
    assert said["token_type"] == "DPoP"


@pytest.mark.spec("RFC 9449", "5.1")
def test_discovery_names_the_algorithms_that_are_taken() -> None:
    said = Browser().get("/.well-known/openid-configuration").json()

    assert set(said["dpop_signing_alg_values_supported"]) == set(KINDS)
