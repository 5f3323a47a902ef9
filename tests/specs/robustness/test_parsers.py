"""The parsers: whatever comes, they answer or raise what they say they raise."""

import base64
import hashlib
from contextlib import suppress
from string import ascii_letters, digits

import pytest
from hypothesis import given, strategies as st
from jwcrypto import jwk, jws

from foundation.base.keys.ring import key_ring
from foundation.base.keys.signing import verifier_of, verify
from foundation.directory.redirects import is_registered
from idp.authorize.request import AuthorizationRequest
from idp.client_authentication.basic import read_basic
from idp.errors import InvalidClientError
from idp.protocol import pkce
from idp.tokens.hints import read_id_token_hint
from scopeward_guard.jose import BadTokenError
from tests.relying_party import basic
from tests.specs.robustness.strategies import authorization, jwt_like, noise, parameters, value

UNRESERVED = ascii_letters + digits + "._~-"
verifiers = st.text(UNRESERVED, min_size=43, max_size=128)
challenges = st.text(ascii_letters + digits + "_-", min_size=43, max_size=43)
surrogates_too = st.text(max_size=60)


@pytest.mark.spec("RFC 7636", "4.6")
@given(verifier=verifiers)
def test_verifier_proves_its_own_challenge_and_no_other(verifier: str) -> None:
    digest = hashlib.sha256(verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    assert pkce.is_challenge(challenge)
    assert pkce.proves(verifier, challenge)
    assert not pkce.proves(verifier[1:] + "x" + verifier[0], challenge)


@pytest.mark.spec("RFC 7636", "4.1")
@given(verifier=surrogates_too, challenge=challenges)
def test_noise_proves_nothing(verifier: str, challenge: str) -> None:
    assert not pkce.proves(verifier, challenge)


@pytest.mark.spec("RFC 6749", "2.3.1")
@given(client_id=noise, secret=noise)
def test_basic_credentials_are_read_as_they_were_written(client_id: str, secret: str) -> None:
    assert read_basic(basic(client_id, secret)) == (client_id, secret)


@pytest.mark.spec("RFC 6749", "2.3.1")
@given(header=authorization | surrogates_too)
def test_header_that_is_not_basic_is_an_invalid_client(header: str) -> None:
    with suppress(InvalidClientError):
        client_id, secret = read_basic(header)
        assert header.lower().startswith("basic ")
        assert isinstance(client_id, str)
        assert isinstance(secret, str)


@pytest.mark.spec("RFC 6749", "3.1")
@given(pairs=parameters)
def test_request_survives_being_stored(pairs: list[tuple[str, str]]) -> None:
    grouped: dict[str, list[str]] = {}
    for key, text in pairs:
        grouped.setdefault(key, []).append(text)
    once = {key: texts[:1] for key, texts in grouped.items()}

    request = AuthorizationRequest.parse(once.items())

    assert AuthorizationRequest.from_json(request.as_json()) == request


@pytest.mark.spec("RFC 6749", "3.1")
@given(pairs=parameters)
def test_every_repeated_parameter_is_noticed(pairs: list[tuple[str, str]]) -> None:
    grouped: dict[str, list[str]] = {}
    for key, text in pairs:
        grouped.setdefault(key, []).append(text)

    request = AuthorizationRequest.parse(grouped.items())

    for key in request.repeated:
        assert len(list(filter(None, grouped[key]))) > 1
    assert "resource" not in request.repeated


@pytest.mark.spec("RFC 9700", "2.1")
@given(uri=value | surrogates_too)
def test_only_a_registered_uri_is_registered(uri: str) -> None:
    registered = ("https://rp.example/callback", "http://127.0.0.1/callback")

    answer = is_registered(uri, registered)

    assert answer == (uri in registered) or uri.startswith("http://127.0.0.1")


@pytest.mark.spec("RFC 8252", "7.3")
@given(port=st.integers(1, 65_535))
def test_every_port_of_a_loopback_address_is_accepted(port: int) -> None:
    registered = ("http://127.0.0.1:3000/callback",)

    assert is_registered(f"http://127.0.0.1:{port}/callback", registered)
    assert not is_registered(f"http://127.0.0.1:{port}/other", registered)


@pytest.mark.spec("RFC 7515", "5.2")
@given(token=jwt_like | surrogates_too)
def test_nothing_verifies_but_what_we_signed(token: str) -> None:
    with pytest.raises(BadTokenError):
        verify(token, typ="at+jwt", verifiers=key_ring().verifiers)


@pytest.mark.spec("RFC 7515", "5.2")
@given(
    payload=st.dictionaries(noise, noise | st.integers(-(2**53), 2**53) | st.booleans()),
    algorithm=st.sampled_from(["ES256", "RS256"]),
)
def test_what_we_signed_verifies_here_and_with_jwcrypto(
    payload: dict[str, object], algorithm: str
) -> None:
    ring = key_ring()
    token = ring.signer(algorithm).sign(payload, typ="at+jwt")

    other = jws.JWS()
    other.deserialize(token)
    (public,) = [key for key in ring.jwks if key["alg"] == algorithm]
    other.verify(jwk.JWK(**public))
    assert verify(token, typ="at+jwt", verifiers=ring.verifiers) == payload


@pytest.mark.spec("RFC 7515", "5.2")
@given(position=st.integers(0, 10_000), algorithm=st.sampled_from(["ES256", "RS256"]))
def test_one_changed_character_spoils_the_signature(position: int, algorithm: str) -> None:
    token = key_ring().signer(algorithm).sign({"sub": "ada"}, typ="at+jwt")
    # The last character of a part may carry bits that no byte uses.
    places = [
        place
        for place, mark in enumerate(token)
        if mark != "." and token[place + 1 : place + 2] not in {".", ""}
    ]
    place = places[position % len(places)]
    other = "A" if token[place] != "A" else "B"

    with pytest.raises(BadTokenError):
        verify(
            token[:place] + other + token[place + 1 :],
            typ="at+jwt",
            verifiers=key_ring().verifiers,
        )


@pytest.mark.spec("RFC 7515", "5.2")
def test_what_is_remembered_of_a_signature_holds_for_nothing_else() -> None:
    ring = key_ring()
    good, other = (ring.signer("ES256").sign({"sub": sub}, typ="at+jwt") for sub in "ab")
    assert verify(good, typ="at+jwt", verifiers=ring.verifiers) == {"sub": "a"}
    mixed = f"{other.rpartition('.')[0]}.{good.rpartition('.')[2]}"

    for _ in range(2):
        with pytest.raises(BadTokenError):
            verify(mixed, typ="at+jwt", verifiers=ring.verifiers)
        with pytest.raises(BadTokenError):
            verify(good, typ="at+jwt", verifiers={})


def test_what_is_remembered_of_a_token_is_nobodys_to_change() -> None:
    ring = key_ring()
    token = ring.signer("ES256").sign({"sub": "a"}, typ="at+jwt")

    verify(token, typ="at+jwt", verifiers=ring.verifiers)["sub"] = "b"

    assert verify(token, typ="at+jwt", verifiers=ring.verifiers) == {"sub": "a"}


@pytest.mark.spec("RFC 7515", "5.2")
def test_a_remembered_token_is_of_its_key_whatever_another_is_called() -> None:
    ring = key_ring()
    signer = ring.signer("ES256")
    token = signer.sign({"sub": "a"}, typ="at+jwt")
    assert verify(token, typ="at+jwt", verifiers=ring.verifiers) == {"sub": "a"}
    other = jwk.JWK.generate(kty="EC", crv="P-256").export_public(as_dict=True)

    with pytest.raises(BadTokenError):
        verify(token, typ="at+jwt", verifiers={signer.kid: verifier_of(other, kid=signer.kid)})


@pytest.mark.spec("OIDC Core", "3.1.2.1")
@given(token=jwt_like | surrogates_too)
def test_noise_is_no_hint(token: str) -> None:
    assert read_id_token_hint(token) is None
