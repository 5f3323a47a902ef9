"""Bearer tokens: what counts as one, and how a bad one is answered."""

import hmac
from urllib.parse import urlencode

import pytest
from django.test import Client as Browser

from foundation.base.keys.ring import key_ring
from foundation.directory.models import User
from tests.assertions import assert_bearer_error, assert_oauth_error
from tests.factories import make_relying_party
from tests.jwt import forged, header_of, key_set, payload_of, signed_elsewhere
from tests.provider import Clock
from tests.relying_party import FORM, RelyingParty


@pytest.mark.spec("RFC 6750", "3.1", hole=8)
@pytest.mark.parametrize(
    "token",
    [
        "eyJ.e.x",
        "ey.ey.ey",
        "eyJhbGciOiJub25lIn0.e30.",
        "eyJhbGciOiJFUzI1NiJ9.W10.AAAA",
        "..",
        ".",
        "x",
        "a.b",
        "a.b.c.d.e",
        "x" * 20_000,
        "é",
        "\x00",
        "a.\x00",
        "eyJ" + "A" * 5_000 + ".e.x",
    ],
)
def test_malformed_bearer_token_is_invalid(rp: RelyingParty, token: str) -> None:
    response = rp.userinfo(token)

    assert_bearer_error(response, "invalid_token", status=401)


@pytest.mark.spec("RFC 6750", "3")
@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic eDp5", "Token abc", "x"])
def test_request_without_a_bearer_token_is_unauthorized(
    rp: RelyingParty, header: str | None
) -> None:
    extra = {} if header is None else {"HTTP_AUTHORIZATION": header}

    response = Browser().get("/userinfo", **extra)

    assert_oauth_error(response, "invalid_token", status=401)
    assert response["WWW-Authenticate"] == 'Bearer realm="scopeward"'


@pytest.mark.spec("RFC 6750", "2")
@pytest.mark.parametrize("other", ["same", "x"])
def test_token_in_the_header_and_in_the_form_is_an_invalid_request(
    rp: RelyingParty, person: User, other: str
) -> None:
    token = rp.obtain_tokens(person)["access_token"]
    form = urlencode({"access_token": token if other == "same" else other})

    response = Browser().post(
        "/userinfo", form, content_type=FORM, HTTP_AUTHORIZATION=f"Bearer {token}"
    )

    assert_oauth_error(response, "invalid_request")


@pytest.mark.spec(
    "RFC 6750",
    "2.1",
    module="fapi2-security-profile-final-access-token-type-header-case-sensitivity",
)
def test_scheme_is_recognised_in_any_case(rp: RelyingParty, person: User) -> None:
    header = f"bEARER {rp.obtain_tokens(person)['access_token']}"

    response = Browser().get("/userinfo", HTTP_AUTHORIZATION=header)

    assert response.status_code == 200


@pytest.mark.spec("RFC 6750", "2.3")
@pytest.mark.parametrize("method", ["get", "post"])
def test_token_in_the_address_is_never_looked_at(
    rp: RelyingParty, person: User, method: str
) -> None:
    token = rp.obtain_tokens(person)["access_token"]

    response = getattr(Browser(), method)(
        f"/userinfo?access_token={token}", content_type="application/x-www-form-urlencoded"
    )

    assert response.status_code == 401


@pytest.mark.spec("OIDC Core", "16.11", hole=7)
@pytest.mark.parametrize("algorithm", ["ES256", "RS256"])
def test_id_token_is_no_bearer_token(provider: None, person: User, algorithm: str) -> None:
    rp = make_relying_party(id_token_signed_response_alg=algorithm)
    tokens = rp.obtain_tokens(person)

    response = rp.userinfo(tokens["id_token"])

    assert_bearer_error(response, "invalid_token", status=401)


@pytest.mark.spec("RFC 6750", "3.1")
@pytest.mark.parametrize("name", ["refresh_token"])
def test_refresh_token_is_no_bearer_token(rp: RelyingParty, person: User, name: str) -> None:
    tokens = rp.obtain_tokens(person)

    response = rp.userinfo(tokens[name])

    assert_bearer_error(response, "invalid_token", status=401)


@pytest.mark.spec("RFC 6750", "3.1")
def test_code_is_no_bearer_token(rp: RelyingParty, person: User) -> None:
    response = rp.userinfo(rp.obtain_code(person))

    assert_bearer_error(response, "invalid_token", status=401)


@pytest.mark.spec("RFC 8725", "3.1")
@pytest.mark.parametrize("algorithm", ["none", "NONE", "None", "", None, ["ES256"], {"x": 1}])
def test_token_with_the_algorithm_none_is_refused(
    rp: RelyingParty, person: User, algorithm: object
) -> None:
    token = rp.obtain_tokens(person)["access_token"]

    response = rp.userinfo(forged(token, header={"alg": algorithm}))

    assert_bearer_error(response, "invalid_token", status=401)


@pytest.mark.spec("RFC 8725", "2.1")
def test_public_key_is_no_secret_for_hs256(rp: RelyingParty, person: User) -> None:
    token = rp.obtain_tokens(person)["access_token"]
    public_pem = key_set().get_key(_kid(token)).export_to_pem()
    unsigned = forged(token, header={"alg": "HS256"}).rpartition(".")[0]
    signature = hmac.new(public_pem, unsigned.encode(), "sha256").digest()

    response = rp.userinfo(forged(token, header={"alg": "HS256"}, signature=signature))

    assert_bearer_error(response, "invalid_token", status=401)


@pytest.mark.spec("RFC 8725", "3.1")
def test_algorithm_must_be_that_of_the_key(rp: RelyingParty, person: User) -> None:
    token = rp.obtain_tokens(person)["access_token"]
    rsa_kid = key_ring().signer("RS256").kid

    response = rp.userinfo(forged(token, header={"kid": rsa_kid}, signature=b"x" * 256))

    assert_bearer_error(response, "invalid_token", status=401)


@pytest.mark.spec("RFC 8725", "3.11", hole=7)
@pytest.mark.parametrize("typ", ["JWT", "", None, "AT+JWT ", "logout+jwt"])
def test_type_in_the_header_must_be_that_of_an_access_token(
    rp: RelyingParty, person: User, typ: str | None
) -> None:
    signer = key_ring().signer("ES256")
    payload = payload_of(rp.obtain_tokens(person)["access_token"])

    response = rp.userinfo(signer.sign(payload, typ=typ))  # type: ignore[arg-type]

    assert_bearer_error(response, "invalid_token", status=401)


@pytest.mark.spec("RFC 7515", "10.3")
@pytest.mark.parametrize(
    "header",
    [
        {"jwk": {"kty": "EC"}},
        {"jku": "https://evil.example/jwks"},
        {"kid": "../../etc/passwd"},
        {"kid": None},
        {"kid": ["x"]},
        {"kid": {"a": 1}},
    ],
)
def test_key_named_by_the_token_itself_is_not_trusted(
    rp: RelyingParty, person: User, header: dict[str, object]
) -> None:
    token = rp.obtain_tokens(person)["access_token"]

    response = rp.userinfo(forged(token, header=header, signature=b"x" * 64))

    assert_bearer_error(response, "invalid_token", status=401)


@pytest.mark.spec("RFC 7515", "5.2")
def test_token_signed_elsewhere_is_refused(rp: RelyingParty, person: User) -> None:
    token = rp.obtain_tokens(person)["access_token"]

    response = rp.userinfo(signed_elsewhere(token))

    assert_bearer_error(response, "invalid_token", status=401)


@pytest.mark.spec("RFC 7515", "5.2")
def test_token_with_a_changed_payload_is_refused(
    rp: RelyingParty, other_rp: RelyingParty, person: User
) -> None:
    mine, other = rp.obtain_tokens(person), other_rp.obtain_tokens(person, scope="openid")
    header, _, signature = other["access_token"].split(".")
    mixed = f"{header}.{mine['access_token'].split('.')[1]}.{signature}"

    response = rp.userinfo(mixed)

    assert_bearer_error(response, "invalid_token", status=401)


@pytest.mark.spec("RFC 6750", "3.1")
def test_expired_token_is_invalid(rp: RelyingParty, person: User, clock: Clock) -> None:
    token = rp.obtain_tokens(person)["access_token"]
    clock.advance(seconds=301)

    response = rp.userinfo(token)

    assert_bearer_error(response, "invalid_token", status=401)


@pytest.mark.spec("RFC 6750", "2.2")
def test_token_in_a_json_body_is_not_looked_at(rp: RelyingParty, person: User) -> None:
    token = rp.obtain_tokens(person)["access_token"]

    response = Browser().post("/userinfo", {"access_token": token}, content_type="application/json")

    assert response.status_code == 400


def _kid(token: str) -> str:
    return str(header_of(token)["kid"])
