"""Bundles that must not be believed: the one in force stays, and it is said once."""

import json
import logging
from typing import Any

import pytest
from jwcrypto import jwk

from scopeward_guard._base.strict_json import decode_base64url
from tests.guard.drills.conftest import DENIED, NOBODY, PERMIT, READING, UNDECIDED, Drill, document
from tests.guard.provider import NOW, RESOURCE, FakeProvider, forged, new_key, part, signed

TYP = "scopeward-policy+jwt"


def claims_of(provider: FakeProvider, **changes: Any) -> Any:
    return json.loads(decode_base64url(provider.bundle(**changes).split(".")[1]))


def unsigned(provider: FakeProvider) -> str:
    return f"{part({'alg': 'none', 'typ': TYP, 'kid': 'first'})}.{part(claims_of(provider))}."


def with_a_secret(provider: FakeProvider) -> str:
    """Sign with HMAC, the public key as the secret (RFC 8725 §2.1)."""
    public = provider.key.export_to_pem()
    secret = jwk.JWK(kty="oct", k=part(public), kid="first", alg="HS256")
    return signed(secret, claims_of(provider), typ=TYP)


def changed(provider: FakeProvider) -> str:
    header, payload, signature = provider.bundle().split(".")
    return f"{header}.{payload[:-8]}{'A' * 8}.{signature}"


def with_another_revision(provider: FakeProvider) -> str:
    return provider.bundle(document=document(NOBODY + READING).as_json())


def of_a_newer_provider(provider: FakeProvider) -> str:
    made = document(NOBODY)
    return provider.bundle(
        document={**made.as_json(), "unless": "on Sundays"}, revision="the digest of all of it"
    )


BAD = {
    "unsigned": unsigned,
    "hmac": with_a_secret,
    "changed": changed,
    "another document": with_another_revision,
    "newer document": of_a_newer_provider,
    "unknown key": lambda p: signed(new_key("other"), claims_of(p), typ=TYP),
    "own key": lambda p: forged(
        new_key("mine"), {"alg": "ES256", "typ": TYP, "kid": "mine", "jwk": {}}, claims_of(p)
    ),
    "access token": lambda p: p.token(),
    "typ of a token": lambda p: p.bundle(header={"typ": "at+jwt"}),
    "no typ": lambda p: p.bundle(header={"typ": None}),
    "critical": lambda p: p.bundle(header={"crit": ["b64"], "b64": True}),
    "another audience": lambda p: p.bundle(aud="https://other.example"),
    "two audiences": lambda p: p.bundle(aud=[RESOURCE, "https://other.example"]),
    "no audience": lambda p: p.bundle(aud=None),
    "document for another": lambda p: p.bundle(
        document={**document(NOBODY).as_json(), "audience": "https://other.example"}
    ),
    "another issuer": lambda p: p.bundle(iss="https://evil.example"),
    "no time": lambda p: p.bundle(iat=None),
    "time as text": lambda p: p.bundle(iat=str(int(NOW))),
    "future": lambda p: p.bundle(iat=int(p.now()) + 6),
    "no limit": lambda p: p.bundle(max_age=None),
    "endless": lambda p: p.bundle(max_age="forever"),
    "negative": lambda p: p.bundle(max_age=-1),
    "no document": lambda p: p.bundle(document=None),
    "half a document": lambda p: p.bundle(document={"version": 1}),
    "old document": lambda p: p.bundle(document={**document(NOBODY).as_json(), "version": 2}),
    "no revocations": lambda p: p.bundle(revocations=None),
    "half a deny-list": lambda p: p.bundle(revocations={"grants": []}),
    "list": lambda p: signed(p.key, [1], typ=TYP),
    "member twice": lambda p: signed(p.key, '{"iss": 1, "iss": 2}', typ=TYP),
    "empty": lambda _p: "",
    "html": lambda _p: "<html>",
    "not ascii": lambda _p: "ä.ö.ü",
}


@pytest.mark.spec("RFC 8725", "3.1")
@pytest.mark.parametrize("make", BAD.values(), ids=BAD)
def test_bad_bundle_leaves_the_policy_in_force(make: Any, drill: Drill):
    assert drill.told() == PERMIT
    held = drill.feed.revision
    drill.publish(NOBODY)
    drill.provider.bundle_sent = make(drill.provider)

    drill.refresh()

    assert drill.told() == PERMIT
    assert drill.feed.revision == held


@pytest.mark.parametrize("make", BAD.values(), ids=BAD)
def test_bad_bundle_as_the_first_permits_nothing(make: Any, drill: Drill):
    drill.provider.bundle_sent = make(drill.provider)

    assert drill.told() == UNDECIDED


def test_bad_bundle_confirms_nothing(drill: Drill):
    drill.told()
    drill.provider.bundle_sent = unsigned(drill.provider)
    drill.later(301)
    drill.refresh()

    assert drill.told() == UNDECIDED


@pytest.mark.parametrize(
    "policies",
    [
        "permit (principal, action, resource);",
        '@id("a") permit (principal, action, resource) when { principal.shoe_size > 1 };',
        '@id("a") permit (principal, action == Action::"fly", resource);',
        '@id("a") @mask("everything") permit (principal, action, resource);',
        '@id("a") permit (principal, action, resource);\n' * 2,
        "permit everything",
    ],
)
def test_policies_that_are_not_valid_replace_nothing(policies: str, drill: Drill):
    drill.told()
    drill.publish(policies)
    drill.refresh()

    assert drill.told() == PERMIT


def test_an_older_bundle_is_no_way_back(drill: Drill):
    drill.told()
    lenient = drill.provider.bundle()
    drill.publish(NOBODY)
    drill.refresh()
    assert drill.told() == DENIED

    drill.provider.bundle_sent = lenient
    drill.refresh()
    assert drill.told() == DENIED

    drill.later(301)
    drill.refresh()
    assert drill.told() == UNDECIDED


def test_a_bad_bundle_is_logged_once(drill: Drill, caplog: pytest.LogCaptureFixture):
    def logged() -> list[str]:
        return [record.message for record in caplog.records if record.levelno == logging.ERROR]

    drill.told()
    drill.provider.bundle_sent = drill.provider.bundle(aud="https://other.example")
    for _ in range(5):
        drill.refresh()
    assert logged() == ["the policy is not renewed: BadTokenError: for another audience"]

    drill.provider.bundle_sent = None
    drill.refresh()
    drill.provider.bundle_sent = drill.provider.bundle(aud="https://other.example")
    drill.refresh()
    assert len(logged()) == 2


@pytest.mark.parametrize(("seconds", "expected"), [(5, DENIED), (6, PERMIT)])
def test_clocks_may_differ_by_the_leeway(seconds: int, expected: tuple[int, str], drill: Drill):
    drill.told()
    drill.publish(NOBODY)
    drill.provider.bundle_sent = drill.provider.bundle(iat=int(drill.provider.now()) + seconds)

    drill.refresh()

    assert drill.told() == expected


def test_a_clock_that_runs_behind_does_not_make_a_bundle_old(drill: Drill):
    drill.provider.bundle_sent = drill.provider.bundle(iat=int(NOW) - 100_000)

    assert drill.told() == PERMIT


def test_keys_may_roll_over_between_two_bundles(drill: Drill):
    drill.told()
    provider = drill.provider
    provider.key = new_key("second")
    provider.published.append(provider.key)
    drill.guard._tokens.keys._document._tried_at = float("-inf")  # the pause is over
    drill.publish(NOBODY)
    drill.refresh()

    assert drill.told(token=provider.token()) == DENIED


def test_a_key_that_was_withdrawn_signs_no_more_policy(drill: Drill):
    drill.told()
    provider = drill.provider
    stolen, provider.key = provider.key, new_key("second")
    provider.published = [provider.key]
    drill.guard._tokens.keys._document._held = None
    drill.guard._tokens.keys._document._tried_at = float("-inf")
    drill.publish(NOBODY)
    claims = claims_of(provider)
    provider.bundle_sent = signed(stolen, claims, typ=TYP)
    held = drill.feed.revision

    drill.refresh()

    assert drill.feed.revision == held
    assert document(READING).revision == held
