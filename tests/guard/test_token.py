"""JWT access tokens: what is accepted, and everything that only looks like it."""

import base64
import json
from typing import Any

import pytest
from jwcrypto import jwk, jwt

from scopeward_guard._challenges.challenge import Challenge
from scopeward_guard._challenges.refused import RefusedError
from scopeward_guard._guard.guard import Guard
from tests.guard.conftest import MakeGuard, bearing, refusal
from tests.guard.provider import NOW, FakeProvider, forged, new_key, part, signed

INVALID = (401, "invalid_token")


@pytest.mark.spec("RFC 9068", "4")
def test_good_token_gives_the_principal(guard: Guard, provider: FakeProvider) -> None:
    principal = guard.authenticate(bearing(provider.token(department="finance")))

    assert principal.subject == "ada"
    assert principal.scopes == {"payments:read", "profile"}
    assert principal.claims["department"] == "finance"
    assert principal.family == "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize("kind", ["EC", "RSA", "OKP"])
def test_each_kind_of_key_verifies_what_the_reference_signed(
    kind: str, guard: Guard, provider: FakeProvider
) -> None:
    provider.key = new_key("k", kind)
    provider.published = [provider.key]

    assert guard.authenticate(bearing(provider.token())).subject == "ada"


def test_warm_token_asks_the_provider_nothing(guard: Guard, provider: FakeProvider) -> None:
    guard.authenticate(bearing(provider.token()))
    before = provider.asked.total()

    for _ in range(5):
        guard.authenticate(bearing(provider.token(jti="another.one")))

    assert provider.asked.total() == before


@pytest.mark.spec("RFC 7515", "5.2")
def test_what_is_remembered_of_a_signature_holds_for_nothing_else(
    guard: Guard, provider: FakeProvider
) -> None:
    good, other = provider.token(), provider.token(sub="grace")
    guard.authenticate(bearing(good))
    guard.authenticate(bearing(good))
    signed_part, signature = other.rpartition(".")[0], good.rpartition(".")[2]

    mixed = bearing(f"{signed_part}.{signature}")
    for _ in range(2):
        assert refusal(lambda: guard.authenticate(mixed)) == INVALID
    assert guard.authenticate(bearing(other)).subject == "grace"


@pytest.mark.spec("RFC 9068", "4")
@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example"},
        {"iss": "https://id.example/"},
        {"iss": "https://İd.example"},
        {"aud": "https://other.example"},
        {"aud": "https://warehouse.example/"},
        {"aud": "HTTPS://warehouse.example"},
        {"aud": "https://warehouse.example\u200b"},
        {"aud": "https://warehouse\ud800.example"},
        {"aud": ["https://warehouse.example", "https://other.example"]},
        {"aud": []},
        {"aud": {"https://warehouse.example": True}},
        {"aud": None},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"jti": None},
        {"client_id": None},
        {"exp": None},
        {"exp": int(NOW) - 6},
        {"exp": str(int(NOW) + 300)},
        {"exp": True},
        {"exp": 10**400},
        {"exp": -1},
        {"exp": 2**53},
        {"iat": None},
        {"iat": int(NOW) + 6},
        {"nbf": int(NOW) + 6},
        {"scope": ["payments:read"]},
        {"acr": 3},
        {"authorization_details": {"type": "x"}},
        {"authorization_details": ["x"]},
        {"cnf": "thumbprint"},
    ],
    ids=str,
)
def test_wrong_claim_refuses_the_token(
    changes: dict[str, Any], guard: Guard, provider: FakeProvider
) -> None:
    token = provider.token(**changes)

    assert refusal(lambda: guard.authenticate(bearing(token))) == INVALID


def test_clocks_may_differ_by_the_leeway(guard: Guard, provider: FakeProvider) -> None:
    token = provider.token(exp=int(NOW) - 4, iat=int(NOW) + 5, nbf=int(NOW) + 5)

    assert guard.authenticate(bearing(token)).subject == "ada"


@pytest.mark.spec("RFC 8725", "3.11")
@pytest.mark.parametrize(
    "typ", ["JWT", "jwt", None, "", "dpop+jwt", "logout+jwt", "at+jwtx", 1, ["at+jwt"]]
)
def test_token_of_another_type_is_refused(typ: Any, guard: Guard, provider: FakeProvider) -> None:
    """An ID token has the same issuer and the same key."""
    token = signed(provider.key, provider.claims(), typ=typ)

    assert refusal(lambda: guard.authenticate(bearing(token))) == INVALID


@pytest.mark.spec("RFC 9068", "4")
@pytest.mark.parametrize("typ", ["at+jwt", "application/at+jwt", "AT+JWT"])
def test_type_is_a_media_type(typ: str, guard: Guard, provider: FakeProvider) -> None:
    token = signed(provider.key, provider.claims(), typ=typ)

    assert guard.authenticate(bearing(token)).subject == "ada"


@pytest.mark.spec("RFC 7515", "4")
def test_unknown_members_of_the_header_are_ignored(guard: Guard, provider: FakeProvider) -> None:
    token = signed(provider.key, provider.claims(), colour="blue", x={"y": [1]})

    assert guard.authenticate(bearing(token)).subject == "ada"


@pytest.mark.spec("RFC 8725", "3.1")
def test_public_key_used_as_a_shared_secret_is_refused(
    guard: Guard, provider: FakeProvider
) -> None:
    secret = base64.urlsafe_b64encode(provider.key.export_to_pem()).decode().rstrip("=")
    shared = jwk.JWK(kty="oct", k=secret)
    token = signed_as(shared, provider.claims(), alg="HS256", kid="first")

    assert refusal(lambda: guard.authenticate(bearing(token))) == INVALID


def signed_as(key: jwk.JWK, claims: dict[str, Any], **header: str) -> str:
    token = jwt.JWT(header={"typ": "at+jwt", **header}, claims=claims)
    token.make_signed_token(key)
    return str(token.serialize())


@pytest.mark.spec("RFC 8725", "3.2")
@pytest.mark.parametrize("alg", ["none", "None", "NONE", "nOnE", ""])
def test_unsigned_token_is_refused(alg: str, guard: Guard, provider: FakeProvider) -> None:
    header = {"alg": alg, "typ": "at+jwt", "kid": "first"}
    for signature in ("", part(b"x")):
        token = f"{part(header)}.{part(provider.claims())}.{signature}"

        assert refusal(lambda t=token: guard.authenticate(bearing(t))) == INVALID


@pytest.mark.parametrize("alg", ["RS256", "ES384", "EdDSA", "PS256", "es256"])
def test_algorithm_is_the_keys_own(alg: str, guard: Guard, provider: FakeProvider) -> None:
    header = {"alg": alg, "typ": "at+jwt", "kid": "first"}
    token = forged(provider.key, header, provider.claims())

    assert refusal(lambda: guard.authenticate(bearing(token))) == INVALID


@pytest.mark.spec("RFC 8725", "3.1")
def test_algorithm_that_is_not_allowed_is_refused(
    make_guard: MakeGuard, provider: FakeProvider
) -> None:
    guard = make_guard(algorithms=("RS256",))
    provider.published.append(new_key("rsa", "RSA"))

    assert refusal(lambda: guard.authenticate(bearing(provider.token()))) == INVALID


@pytest.mark.spec("RFC 8725", "3.10")
@pytest.mark.parametrize(
    "extra",
    [
        {"jku": "https://evil.example/jwks"},
        {"x5u": "https://evil.example/cert"},
        {"x5c": ["MII="]},
        {"crit": ["exp"]},
        {"zip": "DEF"},
        {"b64": False},
    ],
    ids=str,
)
def test_header_that_says_how_to_verify_is_not_honoured(
    extra: dict[str, Any], guard: Guard, provider: FakeProvider
) -> None:
    header = {"alg": "ES256", "typ": "at+jwt", "kid": "first", **extra}
    token = forged(provider.key, header, provider.claims())
    before = {request.url.host for request in provider.requests}

    assert refusal(lambda: guard.authenticate(bearing(token))) == INVALID
    assert {request.url.host for request in provider.requests} - before <= {"id.example"}


@pytest.mark.spec("RFC 7515", "4.1.2")
def test_key_inside_the_token_is_not_used(guard: Guard, provider: FakeProvider) -> None:
    own = new_key("first")
    token = signed(own, provider.claims(), jwk=own.export_public(as_dict=True))

    assert refusal(lambda: guard.authenticate(bearing(token))) == INVALID


@pytest.mark.parametrize("kid", [None, "", "../../first", "first\x00", "FIRST", 1, ["first"], {}])
def test_key_id_that_is_not_published_is_refused(
    kid: Any, guard: Guard, provider: FakeProvider
) -> None:
    token = signed(provider.key, provider.claims(), kid=kid)

    assert refusal(lambda: guard.authenticate(bearing(token))) == INVALID


def test_same_key_id_with_another_key_is_refused(guard: Guard, provider: FakeProvider) -> None:
    token = signed(new_key("first"), provider.claims())

    assert refusal(lambda: guard.authenticate(bearing(token))) == INVALID


@pytest.mark.parametrize(
    "payload",
    [
        '{"sub":"ada","sub":"grace"}',
        '{"exp":NaN}',
        '{"exp":Infinity}',
        '["list"]',
        '"text"',
        "null",
        "",
        "{",
        "\ufeff{}",
        '{"exp":' + "9" * 5000 + "}",
        '{"a":' * 3000 + "1" + "}" * 3000,
        b'{"sub":"\xff\xfe"}',
    ],
    ids=lambda payload: str(payload)[:20],
)
def test_payload_that_is_not_plain_json_is_refused(
    payload: str | bytes, guard: Guard, provider: FakeProvider
) -> None:
    token = signed(provider.key, payload)

    assert refusal(lambda: guard.authenticate(bearing(token))) == INVALID


@pytest.mark.spec("RFC 7519", "4")
def test_repeated_members_do_not_hide_another_claim(guard: Guard, provider: FakeProvider) -> None:
    good = json.dumps(provider.claims())
    token = signed(provider.key, good[:-1] + ',"scope":"admin"}')

    assert refusal(lambda: guard.authenticate(bearing(token))) == INVALID


@pytest.mark.spec("RFC 7515", "4")
def test_repeated_header_members_are_refused(guard: Guard, provider: FakeProvider) -> None:
    header = b'{"alg":"none","alg":"ES256","typ":"at+jwt","kid":"first"}'
    token = forged(provider.key, header, provider.claims())

    assert refusal(lambda: guard.authenticate(bearing(token))) == INVALID


def test_oversized_token_is_refused(guard: Guard, provider: FakeProvider) -> None:
    token = provider.token(padding="x" * 20_000)

    assert refusal(lambda: guard.authenticate(bearing(token))) == INVALID


@pytest.mark.parametrize("position", [0, 1, 2])
def test_any_changed_part_is_refused(position: int, guard: Guard, provider: FakeProvider) -> None:
    parts = provider.token().split(".")
    parts[position] = ("A" if parts[position][5] != "A" else "B").join(
        [parts[position][:5], parts[position][6:]]
    )

    assert refusal(lambda: guard.authenticate(bearing(".".join(parts)))) == INVALID


def test_second_spelling_of_a_signature_is_refused(guard: Guard, provider: FakeProvider) -> None:
    """The last character of 64 bytes has four bits without meaning (RFC 4648 §3.5)."""
    token = provider.token()
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    twin = token[:-1] + alphabet[alphabet.index(token[-1]) ^ 1]

    assert refusal(lambda: guard.authenticate(bearing(twin))) == INVALID


@pytest.mark.parametrize("token", ["..", "a..b", ".a.b", "a.b.", "é.a.b", "a.b.c", "=.=.="])
def test_three_parts_that_are_no_jwt_are_refused(
    token: str, guard: Guard, provider: FakeProvider
) -> None:
    status, error = refusal(lambda: guard.authenticate(bearing(token)))

    assert (status, error) in (INVALID, (400, "invalid_request"))
    assert provider.asked["/introspect"] == 0


@pytest.mark.spec("RFC 9449", "7.2")
def test_token_bound_to_a_key_is_not_a_bearer_token(guard: Guard, provider: FakeProvider) -> None:
    token = provider.token(cnf={"jkt": "thumbprint"})

    assert refusal(lambda: guard.authenticate(bearing(token))) == INVALID


def test_caller_is_not_told_why_a_token_is_invalid(guard: Guard, provider: FakeProvider) -> None:
    bodies = {
        guard.answer(refused_challenge(guard, token)).body
        for token in (provider.token(aud="x"), provider.token(sub=None), "a.b.c")
    }

    assert len(bodies) == 1


def refused_challenge(guard: Guard, token: str) -> Challenge:
    with pytest.raises(RefusedError) as caught:
        guard.authenticate(bearing(token))
    return caught.value.challenge
