"""The rules for OPA against `scopeward_guard`: they let in the same, corner by corner."""

import json
import time
from dataclasses import replace
from typing import Any

import pytest
from jwcrypto import jwk

from scopeward_guard._base.errors import BadTokenError
from scopeward_guard._binding.binding import covers
from scopeward_guard._provider.algorithms import ALGORITHMS
from scopeward_guard._provider.jwks import Keys, parse_jwks
from scopeward_guard._provider.steps import carry_out, waiting
from scopeward_guard._tokens.deny_list import parse_deny_list
from scopeward_guard._tokens.principal import Expectation, Principal
from scopeward_guard._tokens.token import JwtVerifier
from tests.flows.approvals.warehouse import detail_of
from tests.guard.provider import FakeProvider, forged, new_key, part, signed
from tests.members import altered, rehashed
from tests.opa.conftest import timely, told_by
from tests.services.opa import Opa

pytestmark = pytest.mark.opa

CLAIMS: dict[str, dict[str, Any]] = {
    "good": {},
    "only what is required": {"auth_time": None, "scope": None, "grant_id": None, "acr": None},
    "audience in a list": {"aud": ["https://warehouse.example"]},
    "two audiences": {"aud": ["https://warehouse.example", "https://other.example"]},
    "no audience": {"aud": None},
    "empty list of audiences": {"aud": []},
    "audience twice": {"aud": ["https://warehouse.example"] * 2},
    "other audience": {"aud": "https://other.example"},
    "audience with a slash": {"aud": "https://warehouse.example/"},
    "audience in capitals": {"aud": "HTTPS://warehouse.example"},
    "other issuer": {"iss": "https://other.example"},
    "issuer as a list": {"iss": ["https://id.example"]},
    "no issuer": {"iss": None},
    "empty subject": {"sub": ""},
    "subject as a number": {"sub": 7},
    "no client": {"client_id": None},
    "empty jti": {"jti": ""},
    "jti as a number": {"jti": 7},
    "jti of dots": {"jti": "..."},
    "no expiry": {"exp": None},
    "expiry as text": {"exp": "4102444800"},
    "expiry as truth": {"exp": True},
    "expiry as a fraction": {"exp": time.time() + 60.5},
    "expiry in another age": {"exp": 2**53},
    "expired by a minute": {"exp": int(time.time()) - 60},
    "no issuance": {"iat": None},
    "issued in a minute": {"iat": int(time.time()) + 60},
    "issued before time began": {"iat": -1},
    "issued as a list": {"iat": [1]},
    "valid in a minute": {"nbf": int(time.time()) + 60},
    "valid for a minute": {"nbf": int(time.time()) - 60},
    "valid from text": {"nbf": "1"},
    "signed in at text": {"auth_time": "1"},
    "signed in at a fraction": {"auth_time": 1.5},
    "scopes in a list": {"scope": ["payments:read"]},
    "scopes with spaces": {"scope": "  a   b "},
    "grant as a number": {"grant_id": 1},
    "acr as a list": {"acr": ["pwd"]},
    "details as an object": {"authorization_details": {}},
    "details of texts": {"authorization_details": ["all"]},
    "details of anything": {"authorization_details": [{"type": "other"}]},
    "bound to a key": {"cnf": {"jkt": "abc"}},
    "bound to nothing": {"cnf": {}},
    "bound to text": {"cnf": "abc"},
    "odd letters": {"sub": "Ada\u2028 ü 𝄞", "department": "<&>"},
}
HEADERS: dict[str, dict[str, Any]] = {
    "typ in capitals": {"typ": "AT+JWT"},
    "whole media type": {"typ": "application/at+jwt"},
    "typ of an ID token": {"typ": "JWT"},
    "typ of a bundle": {"typ": "opa-bundle+jwt"},
    "no typ": {"typ": None},
    "typ as a number": {"typ": 7},
    "unknown key": {"kid": "other"},
    "no key": {"kid": None},
    "key as a number": {"kid": 1},
    "where the key is": {"jku": "https://evil.example"},
    "critical": {"crit": ["exp"], "exp": 1},
    "compressed": {"zip": "DEF"},
    "anything": {"x": "y"},
}
SINCE = 1_700_000_000
DENIED: dict[str, dict[str, Any]] = {
    "nothing": {},
    "the token": {"tokens": [{"jti": "f.t"}]},
    "another token": {"tokens": [{"jti": "f"}, {"jti": "t"}]},
    "the family": {"families": ["f"]},
    "another family": {"families": ["f.t", "F"]},
    "the grant": {"grants": [{"grant_id": "g", "scopes": None, "before": 2**40}]},
    "the grant before": {"grants": [{"grant_id": "g", "scopes": None, "before": SINCE}]},
    "another grant": {"grants": [{"grant_id": "G", "scopes": None, "before": 2**40}]},
    "its scope": {"grants": [{"grant_id": "g", "scopes": ["x", "a"], "before": 2**40}]},
    "its scope before": {"grants": [{"grant_id": "g", "scopes": ["a"], "before": SINCE}]},
    "another scope": {"grants": [{"grant_id": "g", "scopes": ["x", "A"], "before": 2**40}]},
    "no scope": {"grants": [{"grant_id": "g", "scopes": [], "before": 2**40}]},
    "its second entry": {
        "grants": [
            {"grant_id": "g", "scopes": ["x"], "before": 2**40},
            {"grant_id": "g", "scopes": ["b"], "before": 2**40},
        ]
    },
}
DETAILS: dict[str, dict[str, Any]] = {
    "the same": {},
    "more columns": {"datatypes": ["hr.employees.id", "hr.employees.name", "hr.employees.salary"]},
    "fewer columns": {"datatypes": ["hr.employees.id"]},
    "columns as text": {"datatypes": "hr.employees.id"},
    "odd columns": {"datatypes": ["hr.employees.id", 7, "hr.employees.salary", None]},
    "other digest": {"query_hash": "x"},
    "no digest": {"query_hash": None},
    "digest as a number": {"query_hash": 7},
    "odd digest": {"query_hash": "ü"},
    "other type": {"type": "urn:scopeward:query:2"},
    "other place": {"locations": ["https://other.example"]},
    "more places": {"locations": ["https://warehouse.example", "https://other.example"]},
    "place as text": {"locations": "https://warehouse.example"},
    "other action": {"actions": ["delete"]},
    "more actions": {"actions": ["delete", "select"]},
    "other source": {"identifier": "x"},
    "other algorithm": {"hash_alg": "S512"},
    "other statement": {"statement": "SELECT 1"},
    "more rows": {"max_rows": 101},
    "rows as a fraction": {"max_rows": 100.0},
    "rows as text": {"max_rows": "100"},
    "rows as truth": {"max_rows": True},
    "added by the provider": {"approval_id": "a1", "approvers": ["grace"], "policy_rev": "7"},
}


def guards_answer(fake: FakeProvider, token: str) -> Principal | None:
    """Return who calls, by the guard; its `BearerOnly` belongs to it."""
    expected = Expectation(issuer=fake.issuer, audience=fake.resource)
    try:
        verifier = JwtVerifier(_Published(fake), expected, clock=time.time)
        principal = carry_out(verifier.verify(token), waiting)
    except BadTokenError:
        return None
    return None if principal.confirmation else principal


class _Published:
    def __init__(self, fake: FakeProvider) -> None:
        keys = [key.export_public(as_dict=True) for key in fake.published]
        self._keys: Keys = parse_jwks({"keys": keys}, allowed=frozenset(ALGORITHMS))

    def held(self, kid: str) -> Any:
        return self._keys.get(kid)

    def key(self, kid: str) -> Any:
        if kid not in self._keys:
            raise BadTokenError("signed by an unknown key")
        return self._keys[kid]


def agree(rules: Opa, fake: FakeProvider, token: str) -> bool:
    """Return whether both let the token in; fail when one does and the other does not."""
    principal = guards_answer(fake, token)
    answer = rules.decision({"token": token})
    assert answer["decision"] is (principal is not None), answer
    if principal:
        assert answer["context"]["caller"]["id"] == principal.subject
        assert sorted(rules.decision({"token": token}, "scopeward/scopes/granted")) == sorted(
            principal.scopes
        )
    return principal is not None


@pytest.mark.parametrize("name", CLAIMS)
def test_same_claims_are_accepted(name: str, rules: Opa, fake: FakeProvider) -> None:
    agree(rules, fake, fake.token(**timely(**CLAIMS[name])))


@pytest.mark.parametrize("name", HEADERS)
def test_same_headers_are_accepted(name: str, rules: Opa, fake: FakeProvider) -> None:
    header = {"alg": "ES256", "typ": "at+jwt", "kid": "first", **HEADERS[name]}
    given = {member: value for member, value in header.items() if value is not None}

    agree(rules, fake, forged(fake.key, given, fake.claims(**timely())))


def test_tokens_that_anybody_could_make_are_refused(rules: Opa, fake: FakeProvider) -> None:
    claims = fake.claims(**timely())
    good = signed(fake.key, claims)
    header, payload, signature = good.split(".")
    public = json.dumps(fake.key.export_public(as_dict=True))
    secret = jwk.JWK(kty="oct", k=part(public.encode()), kid="first", alg="HS256")
    forgeries = [
        signed(new_key("first"), claims),
        signed(secret, claims),
        f"{part({'alg': 'none', 'typ': 'at+jwt', 'kid': 'first'})}.{payload}.",
        forged(fake.key, {"alg": "ES384", "typ": "at+jwt", "kid": "first"}, claims),
        f"{header}.{part({**claims, 'sub': 'mallory'})}.{signature}",
        f"{header}.{payload}.{signature[:-1]}{_next(signature[-1])}",
        f"{header}.{payload}.{signature}=",
        f"{header}.{payload}",
        f"{good}.",
        f" {good}",
        good + "ü",
        "",
    ]

    assert agree(rules, fake, good)
    assert [agree(rules, fake, token) for token in forgeries] == [False] * len(forgeries)


def _next(character: str) -> str:
    """Return the next letter of base64url: another text for the same bytes at the end of one."""
    return {"A": "B", "Q": "R", "g": "h", "w": "x"}[character]


@pytest.mark.parametrize("kind", ["EC", "RSA", "OKP"])
def test_same_algorithms_are_accepted(kind: str, rules: Opa, fake: FakeProvider) -> None:
    other = new_key(f"other-{kind}", kind)
    fake.published.append(other)
    rules.put("scopeward/provider/keys", told_by(fake).as_json()["keys"])

    assert agree(rules, fake, signed(other, fake.claims(**timely())))
    # The algorithm is the key's: another one, with a signature that is good for it, is refused.
    if kind == "RSA":
        assert not agree(rules, fake, signed(other, fake.claims(**timely()), alg="RS512"))
        assert not agree(rules, fake, signed(other, fake.claims(**timely()), alg="PS256"))


@pytest.mark.parametrize("jti", ["f.t", "f", ".t", "f.t.u"])
@pytest.mark.parametrize("name", DENIED)
def test_same_revocations_refuse(name: str, jti: str, rules: Opa, fake: FakeProvider) -> None:
    listed: dict[str, Any] = {"grants": [], "tokens": [], "families": [], **DENIED[name]}
    denied = parse_deny_list({**listed, "revision": "1", "max_age": 10})
    told = told_by(fake)
    rules.put(
        "scopeward/provider/deny_list", replace(told, deny_list=denied).as_json()["deny_list"]
    )

    try:
        for scope in ("a b", "b", "ab", ""):
            token = fake.token(**timely(jti=jti, grant_id="g", scope=scope))
            principal = guards_answer(fake, token)
            assert principal is not None
            accepted = rules.decision({"token": token})["decision"]
            assert accepted is not denied.names(principal), scope
    finally:
        rules.put("scopeward/provider/deny_list", told.as_json()["deny_list"])


@pytest.mark.parametrize("name", DETAILS)
def test_same_details_approve(name: str, rules: Opa, fake: FakeProvider) -> None:
    asked = detail_of(location=fake.resource)
    changed = {**asked, **DETAILS[name]}
    approved = {key: value for key, value in changed.items() if value is not None}
    token = fake.token(**timely(authorization_details=[approved]))

    answer = rules.decision({"token": token, "query": asked}, "scopeward/query/approval")

    assert (answer is not None) is covers(approved, asked)


def test_any_one_change_to_any_member_is_seen_by_both(rules: Opa, fake: FakeProvider) -> None:
    asked = detail_of(location=fake.resource)
    accepted = []
    for what, changed in altered(asked):
        for approved in (changed, rehashed(changed)):
            token = fake.token(**timely(authorization_details=[approved]))
            question = {"token": token, "query": asked}
            answer = rules.decision(question, "scopeward/query/approval")
            assert (answer is not None) is covers(approved, asked), what
            accepted += [what] if answer is not None and approved != asked else []

    assert accepted == ["more in .datatypes", ".datatypes turned round"]


def test_some_are_accepted_and_most_are_not(rules: Opa, fake: FakeProvider) -> None:
    accepted = {
        name
        for name, claims in CLAIMS.items()
        if agree(rules, fake, fake.token(**timely(**claims)))
    }

    assert "good" in accepted
    assert len(accepted) < len(CLAIMS) / 2
