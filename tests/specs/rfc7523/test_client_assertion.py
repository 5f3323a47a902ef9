"""private_key_jwt: whose signature counts, for whom, until when, and once."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpResponse
from jwcrypto import jwk

from foundation.base.models import UsedOnce
from foundation.base.signatures import published
from foundation.directory.models import Client, User
from tests.assertions import assert_oauth_error
from tests.client_keys import (
    ASSERTION_TYPE,
    KINDS,
    asserted,
    claims_of,
    client_key,
    key_set_of,
    signed,
)
from tests.factories import make_machine, make_relying_party
from tests.relying_party import RelyingParty

ISSUER = "http://localhost:8000"
OF_THE_CLIENT = {"grant_type": "client_credentials"}
KEYS = "https://app.example.org/keys.json"

pytestmark = pytest.mark.usefixtures("provider")


def make_signing(**metadata: Any) -> RelyingParty:
    keys = {"jwks": key_set_of(client_key())} if "jwks_uri" not in metadata else {}
    client, secret = make_machine(
        **{"token_endpoint_auth_method": "private_key_jwt", **keys, **metadata}
    )
    assert secret is None
    return RelyingParty(client, secret)


@pytest.fixture
def machine() -> RelyingParty:
    return make_signing()


def sent(machine: RelyingParty, assertion: str, **form: Any) -> HttpResponse:
    """Ask for a token with this assertion."""
    said = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}
    return machine.post("/token", {**OF_THE_CLIENT, **said, **form}, authorization="")


def asked(machine: RelyingParty, **changed: Any) -> HttpResponse:
    """Ask for a token with an assertion whose claims are changed as told."""
    return sent(machine, signed(client_key(), claims_of(machine.client.client_id, **changed)))


@pytest.mark.spec("RFC 7523", "2.2", module="fapi2-security-profile-final-happy-flow")
@pytest.mark.parametrize("algorithm", KINDS)
def test_a_signature_of_the_clients_key_authenticates_it(algorithm: str) -> None:
    key = client_key(algorithm)
    machine = make_signing(jwks=key_set_of(key))
    claims = claims_of(machine.client.client_id)

    response = sent(machine, signed(key, claims, alg=algorithm))

    assert response.status_code == 200, response.content


@pytest.mark.spec("RFC 7523", "3")
def test_the_client_id_beside_an_assertion_has_to_agree(machine: RelyingParty) -> None:
    name = machine.client.client_id
    good = signed(client_key(), claims_of(name))

    assert_oauth_error(sent(machine, good, client_id="another"), "invalid_client", status=401)
    assert sent(machine, good, client_id=name).status_code == 200


@pytest.mark.spec("RFC 7523", "2.2")
def test_whole_sign_in_works_with_a_key(person: User) -> None:
    rp = make_relying_party(
        token_endpoint_auth_method="private_key_jwt", jwks=key_set_of(client_key())
    )

    tokens = rp.obtain_tokens(person, **rp.pushed())

    assert rp.refresh(tokens["refresh_token"]).status_code == 200
    said = rp.post("/revoke", {"token": tokens["access_token"]})
    assert said.status_code == 200


def strangers() -> dict[str, dict[str, Any]]:
    return {
        "another key with the same id": {"key": jwk.JWK.generate(kty="EC", crv="P-256", kid="one")},
        "the key of another algorithm": {"key": client_key("RS256"), "alg": "RS256"},
        "a kid that is not registered": {"kid": "two"},
        "a MAC by the public key": {"key": jwk.JWK(kty="oct", k="A" * 43), "alg": "HS256"},
    }


@pytest.mark.spec(
    "RFC 7523", "3", module="fapi2-security-profile-final-ensure-client-assertion-in-token-endpoint"
)
@pytest.mark.parametrize("case", strangers())
def test_a_signature_of_somebody_else_does_not(machine: RelyingParty, case: str) -> None:
    changed = strangers()[case]
    key = changed.pop("key", client_key())

    response = sent(machine, signed(key, claims_of(machine.client.client_id), **changed))

    assert_oauth_error(response, "invalid_client", status=401)
    assert response.json()["error_description"] == "Client authentication failed."
    assert not UsedOnce.objects.exists()


@pytest.mark.spec(
    "RFC 7523", "3", module="fapi2-security-profile-final-ensure-client-assertion-with-no-sub-fails"
)
@pytest.mark.parametrize(
    "changed",
    [
        {"iss": None}, {"iss": "another"}, {"sub": None}, {"sub": 7}, {"sub": "another"},
        {"aud": None}, {"aud": []}, {"aud": "https://elsewhere.example"}, {"aud": 7},
        {"aud": [ISSUER, "https://elsewhere.example"]}, {"aud": [ISSUER, 7]},
        {"aud": f"{ISSUER}/"}, {"aud": ISSUER.upper()},
        {"jti": None}, {"jti": ""}, {"jti": 7}, {"jti": "x" * 513},
        {"exp": None}, {"exp": "soon"}, {"exp": True}, {"exp": 2**60},
    ],
    ids=str,
)  # fmt: skip
def test_what_it_says_has_to_be_so(machine: RelyingParty, changed: dict[str, Any]) -> None:
    assert_oauth_error(asked(machine, **changed), "invalid_client", status=401)
    assert not UsedOnce.objects.exists()


@pytest.mark.spec(
    "RFC 7523",
    "3",
    module="fapi2-security-profile-final-par-ensure-jwt-client-assertions-nbf-8-seconds-in-the-future-is-accepted",
)
@pytest.mark.parametrize(
    ("claim", "seconds", "is_taken"),
    [
        ("exp", -300, False),  # …with-exp-is-5-minutes-in-past-fails
        ("exp", -35, False),
        ("exp", -5, True),
        ("exp", 3_600, True),
        ("exp", 3_700, False),
        ("nbf", 8, True),
        ("nbf", 65, False),
        ("iat", 8, True),
        ("iat", 65, False),
    ],
)
def test_its_times_are_compared_with_some_leeway(
    machine: RelyingParty, claim: str, seconds: int, is_taken: bool
) -> None:
    response = asked(machine, **{claim: int(time.time()) + seconds})

    assert response.status_code == (200 if is_taken else 401), response.content


@pytest.mark.spec("OIDC Core", "9")
@pytest.mark.parametrize(
    "audience", [ISSUER, f"{ISSUER}/token", [ISSUER], [ISSUER, f"{ISSUER}/par"]]
)
def test_it_is_for_us_under_any_name_of_ours(machine: RelyingParty, audience: Any) -> None:
    assert asked(machine, aud=audience).status_code == 200


@pytest.mark.spec("RFC 7523", "3")
def test_an_assertion_is_used_once(machine: RelyingParty) -> None:
    assertion = signed(client_key(), claims_of(machine.client.client_id))

    assert sent(machine, assertion).status_code == 200
    assert_oauth_error(sent(machine, assertion), "invalid_client", status=401)


@pytest.mark.spec("RFC 7523", "3")
def test_a_jti_may_have_any_character_of_json(machine: RelyingParty) -> None:
    assert asked(machine, jti="\ud800").status_code == 200
    assert_oauth_error(asked(machine, jti="\ud800"), "invalid_client", status=401)


@pytest.mark.spec("RFC 7523", "3")
def test_another_client_may_have_the_same_jti(machine: RelyingParty) -> None:
    other = make_signing()

    assert asked(machine, jti="the-first").status_code == 200
    assert asked(other, jti="the-first").status_code == 200


@pytest.mark.spec("RFC 8725", "3.11")
@pytest.mark.parametrize(
    ("header", "is_taken"),
    [
        ({"typ": "JWT"}, True),
        ({"typ": "client-authentication+jwt"}, True),
        ({"kid": None}, True),
        ({"typ": "at+jwt"}, False),
        ({"typ": "dpop+jwt"}, False),
        ({"crit": ["exp"], "exp": 1}, False),
        ({"jwk": {"kty": "oct"}}, False),
        ({"jku": KEYS}, False),
        ({"kid": 7}, False),
    ],
    ids=str,
)
def test_its_header_says_what_it_is(
    machine: RelyingParty, header: dict[str, Any], is_taken: bool
) -> None:
    claims = claims_of(machine.client.client_id)
    if "crit" in header:
        text = _with_header(claims, header)
    else:
        text = signed(client_key(), claims, **header)

    assert sent(machine, text).status_code == (200 if is_taken else 401)


def _with_header(claims: dict[str, Any], header: dict[str, Any]) -> str:
    """Jwcrypto signs nothing that it would not verify: the header of another one."""
    one, other = signed(client_key(), claims), signed(client_key(), header)
    return ".".join([other.split(".")[1], *one.split(".")[1:]])


@pytest.mark.spec("RFC 7523", "2.2")
@pytest.mark.parametrize("text", ["", "a", "a.b", "a.b.c.d", "é.b.c", "x" * 20_000, "e30.e30.e30"])
def test_what_is_no_jwt_is_refused(machine: RelyingParty, text: str) -> None:
    assert_oauth_error(sent(machine, text), "invalid_client", status=401)


@pytest.mark.spec("RFC 7523", "2.2")
@pytest.mark.parametrize("kind", ["", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"])
def test_another_type_of_assertion_is_refused(machine: RelyingParty, kind: str) -> None:
    form = {**asserted(client_key(), machine.client.client_id), "client_assertion_type": kind}

    response = machine.post("/token", {**OF_THE_CLIENT, **form}, authorization="")

    assert_oauth_error(response, "invalid_request")


@pytest.mark.spec("RFC 6749", "2.3")
@pytest.mark.parametrize("beside", ["Basic YTpi", ""])
def test_an_assertion_beside_a_secret_is_refused(machine: RelyingParty, beside: str) -> None:
    form = {**OF_THE_CLIENT, **asserted(client_key(), machine.client.client_id)}
    secret = {} if beside else {"client_secret": "a-secret"}

    response = machine.post("/token", {**form, **secret}, authorization=beside)

    assert_oauth_error(response, "invalid_request")


def test_a_client_with_a_key_cannot_use_a_secret(machine: RelyingParty) -> None:
    form = {"client_id": machine.client.client_id, "client_secret": "a-secret"}

    response = machine.post("/token", {**OF_THE_CLIENT, **form}, authorization="")

    assert_oauth_error(response, "invalid_client", status=401)


def test_a_client_with_a_secret_hears_that_its_key_is_not_registered_for_this() -> None:
    client, secret = make_machine(jwks=key_set_of(client_key()))

    response = asked(RelyingParty(client, secret))

    assert_oauth_error(response, "invalid_client", status=401)
    assert "client_secret_basic" in response.json()["error_description"]


@pytest.mark.spec(
    "OIDC Core",
    "9",
    module="fapi2-security-profile-final-ensure-signed-client-assertion-with-RS256-fails",
)
def test_an_algorithm_that_is_registered_is_the_only_one() -> None:
    key = client_key("PS256")
    machine = make_signing(jwks=key_set_of(key), token_endpoint_auth_signing_alg="PS256")
    claims = claims_of(machine.client.client_id)

    assert_oauth_error(
        sent(machine, signed(key, claims, alg="RS256")), "invalid_client", status=401
    )
    assert sent(machine, signed(key, claims, alg="PS256")).status_code == 200


# Keys at an address ------------------------------------------------------------------------------


@pytest.fixture
def publishing(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """Stand in for the address of a client's keys; counts how often it is asked."""
    there: dict[str, Any] = {"keys": (), "asked": 0}

    def asked_there(address: str, _reach: object) -> Any:
        assert address == KEYS
        there["asked"] += 1
        if not there["keys"]:
            raise published.NoKeysError("nobody there")
        return published.parse_key_set(key_set_of(*there["keys"]))

    monkeypatch.setattr(published, "_asked", asked_there)
    published.forget()
    yield there
    published.forget()


@pytest.mark.spec("OIDC Core", "10.1.1")
def test_keys_are_fetched_from_their_address_and_kept(publishing: dict[str, Any]) -> None:
    publishing["keys"] = (client_key(),)
    machine = make_signing(jwks_uri=KEYS)

    assert [asked(machine).status_code for _ in range(3)] == [200, 200, 200]
    assert publishing["asked"] == 1


@pytest.mark.spec("OIDC Core", "10.1.1")
def test_a_new_key_is_fetched_but_not_at_every_strange_kid(
    publishing: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    publishing["keys"] = (client_key(),)
    machine, new = make_signing(jwks_uri=KEYS), client_key(kid="new")
    claims = claims_of(machine.client.client_id)
    assert asked(machine).status_code == 200
    publishing["keys"] = (client_key(), new)

    assert sent(machine, signed(new, claims)).status_code == 401
    assert publishing["asked"] == 1
    monkeypatch.setattr(published, "PAUSE", 0.0)
    assert sent(machine, signed(new, claims)).status_code == 200


def test_an_address_where_nobody_is_refuses_and_rests(publishing: dict[str, Any]) -> None:
    machine = make_signing(jwks_uri=KEYS)

    assert [asked(machine).status_code for _ in range(3)] == [401, 401, 401]
    assert publishing["asked"] == 1


def test_keys_that_are_taken_back_do_not_count_any_more(machine: RelyingParty) -> None:
    assert asked(machine).status_code == 200
    client = Client.objects.get(pk=machine.client.pk)
    client.jwks = key_set_of(client_key(kid="two"))
    client.save()

    assert asked(machine).status_code == 401
