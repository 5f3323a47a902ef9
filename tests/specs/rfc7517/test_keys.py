"""The published keys, and their rotation."""

import json

import pytest
from django.test import Client as Browser
from jwcrypto.common import base64url_decode

from foundation.base.keys.models import KeyState
from foundation.base.keys.ring import rotate_due_keys
from foundation.base.models import SigningKey
from foundation.directory.models import User
from tests.jwt import header_of, key_set, verified
from tests.provider import Clock
from tests.relying_party import RelyingParty

PRIVATE = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}


def published() -> list[dict[str, str]]:
    keys: list[dict[str, str]] = Browser().get("/.well-known/jwks.json").json()["keys"]
    return keys


@pytest.mark.spec("RFC 7515", "10.1")
def test_keys_are_long_enough(provider: None) -> None:
    """RFC 7518 §3.3 and §3.4: 2,048 bits of RSA, the curve P-256."""
    keys = {key["kty"]: key for key in published()}

    assert keys.keys() == {"RSA", "EC"}
    assert len(base64url_decode(keys["RSA"]["n"])) >= 2_048 // 8
    assert keys["EC"]["crv"] == "P-256"


@pytest.mark.spec("RFC 7517", "5", module="oidcc-discovery-endpoint-verification")
def test_every_key_says_what_it_is_for(provider: None) -> None:
    for key in published():
        assert {"kty", "kid", "use", "alg"} <= key.keys()
        assert key["use"] == "sig"
        assert "key_ops" not in key  # RFC 7517 §4.2, §4.3: one of the two
        assert header_and_key_agree(key)


def header_and_key_agree(key: dict[str, str]) -> bool:
    return (key["kty"], key["alg"]) in {("EC", "ES256"), ("RSA", "RS256")}


@pytest.mark.spec("RFC 7517", "9.3")
def test_private_members_are_never_published(provider: None) -> None:
    rotate_due_keys(force=True)

    for key in published():
        assert PRIVATE.isdisjoint(key)


@pytest.mark.spec("RFC 7517", "4.5")
def test_key_ids_are_distinct_thumbprints(provider: None) -> None:
    rotate_due_keys(force=True)

    keys = published()

    assert len({key["kid"] for key in keys}) == len(keys)
    assert {key.thumbprint() for key in key_set()["keys"]} == {key["kid"] for key in keys}


@pytest.mark.spec("OIDC Core", "10.1.1", module="oidcc-server-rotate-keys")
def test_rotation_publishes_the_new_keys_and_keeps_the_old(provider: None) -> None:
    before = {key["kid"] for key in published()}

    rotate_due_keys(force=True)

    after = {key["kid"] for key in published()}
    assert before < after
    assert len(after) == 4


@pytest.mark.spec("OIDC Core", "10.1.1", module="oidcc-server-rotate-keys")
def test_tokens_are_signed_by_the_new_key_after_a_rotation(rp: RelyingParty, person: User) -> None:
    before = rp.obtain_tokens(person)
    rotate_due_keys(force=True)

    after = rp.obtain_tokens(person)

    assert header_of(after["id_token"])["kid"] != header_of(before["id_token"])["kid"]
    assert header_of(after["access_token"])["kid"] != header_of(before["access_token"])["kid"]
    assert verified(after["id_token"])["sub"] == person.subject


@pytest.mark.spec("OIDC Core", "10.1.1", module="oidcc-server-rotate-keys")
def test_tokens_of_a_retiring_key_still_verify(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person)
    rotate_due_keys(force=True)

    assert verified(tokens["id_token"])["sub"] == person.subject
    assert rp.userinfo(tokens["access_token"]).status_code == 200


@pytest.mark.spec("OIDC Core", "10.1.1")
def test_next_key_is_published_before_it_signs(provider: None, clock: Clock) -> None:
    clock.advance(days=80)
    rotate_due_keys()

    following = SigningKey.objects.get(state=KeyState.NEXT, algorithm="ES256")

    assert following.kid in {key["kid"] for key in published()}
    assert SigningKey.objects.get(state=KeyState.ACTIVE, algorithm="ES256").kid != following.kid


@pytest.mark.spec("OIDC Core", "10.1.1")
def test_keys_rotate_by_themselves_when_their_time_has_come(provider: None, clock: Clock) -> None:
    clock.advance(days=80)
    rotate_due_keys()
    following = SigningKey.objects.get(state=KeyState.NEXT, algorithm="ES256")
    clock.advance(days=11)

    rotate_due_keys()

    following.refresh_from_db()
    assert following.state == KeyState.ACTIVE


@pytest.mark.spec("OIDC Core", "10.1.1")
def test_nothing_is_rotated_before_its_time(provider: None, clock: Clock) -> None:
    clock.advance(days=70)

    done = rotate_due_keys()

    assert done == []


@pytest.mark.spec("RFC 7517", "5")
def test_retired_key_is_published_no_more(provider: None, clock: Clock) -> None:
    old = SigningKey.objects.get(algorithm="ES256")
    rotate_due_keys(force=True)
    clock.advance(days=2)

    rotate_due_keys()

    old.refresh_from_db()
    assert (old.state, old.private_jwe) == (KeyState.RETIRED, "")
    assert old.kid not in {key["kid"] for key in published()}


@pytest.mark.spec("RFC 7517", "9.2")
def test_private_keys_are_stored_encrypted(provider: None) -> None:
    for row in SigningKey.objects.values():
        assert row["private_jwe"].count(".") == 4
        assert PRIVATE.isdisjoint(row["public_jwk"])
        assert '"d"' not in json.dumps(row["public_jwk"])


@pytest.mark.spec("RFC 7517", "5")
@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_keys_are_only_read(provider: None, method: str) -> None:
    response = getattr(Browser(), method)("/.well-known/jwks.json")

    assert response.status_code == 405


@pytest.mark.spec("RFC 9110", "13.1.2")
def test_whoever_has_the_keys_is_told_that_nothing_changed(provider: None) -> None:
    etag = Browser().get("/.well-known/jwks.json")["ETag"]

    same = Browser().get("/.well-known/jwks.json", HTTP_IF_NONE_MATCH=etag)
    rotate_due_keys(force=True)
    changed = Browser().get("/.well-known/jwks.json", HTTP_IF_NONE_MATCH=etag)

    assert (same.status_code, same.content) == (304, b"")
    assert changed.status_code == 200
