"""The provider's keys: rollover, outages, and documents that are not what they should be."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from jwcrypto import jwk

from scopeward_guard._base.errors import MalformedError, UnavailableError
from scopeward_guard._guard.guard import Guard
from scopeward_guard._provider.jwks import MAX_KEYS, parse_jwks
from scopeward_guard._provider.refreshed import Refreshed
from tests.guard.conftest import MakeGuard, bearing, refusal
from tests.guard.provider import FakeProvider, new_key, signed

ALL = frozenset({"ES256", "RS256", "EdDSA"})


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Source:
    """What a `Refreshed` loads from; everything that it spawns waits in `spawned`."""

    def __init__(self, **times: float) -> None:
        self.clock, self.loads, self.is_down = Clock(), 0, False
        self.spawned: list[Any] = []
        times = {"fresh_for": 100, "stale_for": 1000, "pause": 10} | times
        self.document = Refreshed(self.load, clock=self.clock, spawn=self.spawned.append, **times)

    def load(self) -> int:
        self.loads += 1
        if self.is_down:
            raise UnavailableError
        return self.loads


def test_new_key_is_fetched_when_its_first_token_comes(
    make_guard: MakeGuard, provider: FakeProvider
) -> None:
    guard = make_guard(keys_pause=0)
    guard.authenticate(bearing(provider.token()))
    provider.key = new_key("second")
    provider.published.append(provider.key)

    assert guard.authenticate(bearing(provider.token())).subject == "ada"


def test_invented_key_ids_do_not_become_requests(guard: Guard, provider: FakeProvider) -> None:
    guard.authenticate(bearing(provider.token()))

    for n in range(50):
        token = signed(new_key(f"invented-{n}"), provider.claims())
        assert refusal(lambda t=token: guard.authenticate(bearing(t))) == (401, "invalid_token")

    assert provider.asked["/jwks"] <= 2


def test_withdrawn_key_is_not_used_after_the_next_fetch(
    make_guard: MakeGuard, provider: FakeProvider
) -> None:
    guard = make_guard(keys_pause=0)
    old = provider.token()
    guard.authenticate(bearing(old))
    provider.key = new_key("second")
    provider.published = [provider.key]
    guard.authenticate(bearing(provider.token()))

    assert refusal(lambda: guard.authenticate(bearing(old))) == (401, "invalid_token")


def test_unreachable_provider_is_not_the_tokens_fault(guard: Guard, provider: FakeProvider) -> None:
    provider.is_down = True

    assert refusal(lambda: guard.authenticate(bearing(provider.token()))) == (
        503,
        "temporarily_unavailable",
    )


@pytest.mark.spec("RFC 8414", "3.3")
def test_metadata_of_another_issuer_are_not_used(guard: Guard, provider: FakeProvider) -> None:
    provider.issuer = "https://evil.example"

    status, _ = refusal(lambda: guard.authenticate(bearing(provider.token())))

    assert status == 503


@pytest.mark.parametrize(
    "uri", ["http://id.example/jwks", "file:///etc/passwd", "https://a@b/", 7, "", None]
)
def test_keys_come_over_https_only(
    uri: Any, guard: Guard, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = {**provider.metadata(), "jwks_uri": uri}
    monkeypatch.setattr(provider, "metadata", lambda: document)

    status, _ = refusal(lambda: guard.authenticate(bearing(provider.token())))

    assert status == 503
    assert provider.asked["/jwks"] == 0


def test_fresh_document_is_used_as_it_is() -> None:
    source = Source()

    assert [source.document.current() for _ in range(5)] == [1] * 5
    assert source.spawned == []


def test_stale_document_is_used_while_one_thread_fetches_it() -> None:
    source = Source()
    source.document.current()
    source.clock.now = 101

    assert [source.document.current() for _ in range(5)] == [1] * 5
    assert len(source.spawned) == 1

    source.spawned[0]()
    assert source.document.current() == 2


def test_stale_document_outlives_a_provider_that_is_down_for_a_while() -> None:
    source = Source()
    source.document.current()
    source.is_down, source.clock.now = True, 500

    assert source.document.current() == 1
    source.spawned.pop()()
    assert source.document.current() == 1
    assert source.spawned == []


def test_document_that_is_too_old_is_not_used() -> None:
    source = Source()
    source.document.current()
    source.is_down, source.clock.now = True, 1001

    with pytest.raises(UnavailableError):
        source.document.current()


def test_failure_does_not_replace_what_is_known() -> None:
    source = Source()
    source.document.current()
    source.is_down, source.clock.now = True, 50

    assert source.document.newer() == 1


def test_provider_that_is_down_is_not_asked_by_every_request() -> None:
    source = Source()
    source.is_down = True

    for _ in range(20):
        with pytest.raises(UnavailableError):
            source.document.current()

    assert source.loads == 1


def test_callers_that_arrive_together_share_one_fetch() -> None:
    together = threading.Barrier(8)
    source = Source()

    def arrive(_: int) -> int:
        together.wait()
        return source.document.newer()

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(arrive, range(8)))

    assert results == [1] * 8
    assert source.loads == 1


def test_thread_that_cannot_be_started_does_not_block_the_next() -> None:
    source = Source()
    document = Refreshed(
        source.load, fresh_for=1, stale_for=100, pause=1, clock=source.clock, spawn=no_thread
    )
    document.current()
    source.clock.now = 50

    assert document.current() == 1
    assert document.newer() == 2


def no_thread(_work: object) -> None:
    raise RuntimeError("can't start new thread")


def public(key: jwk.JWK, **changes: Any) -> dict[str, Any]:
    members = {**key.export_public(as_dict=True), **changes}
    return {name: value for name, value in members.items() if value is not None}


@pytest.mark.spec("RFC 7517", "5")
@pytest.mark.parametrize(
    "changes",
    [
        {"use": "enc"},
        {"key_ops": ["sign"]},
        {"key_ops": "verify"},
        {"kid": None},
        {"kid": ""},
        {"kid": 1},
        {"kid": "x" * 257},
        {"alg": "RS256"},
        {"alg": "HS256"},
        {"alg": "none"},
        {"alg": ["ES256"]},
        {"kty": "oct", "k": "AAAA"},
        {"kty": "RSA"},
        {"crv": "P-384"},
        {"crv": "secp256k1"},
        {"x": None},
        {"x": 5},
        {"x": "AAAA"},
        {"x": "****"},
        {"x": "A" * 100_000},
        {"x": "A" * 43},  # a coordinate, but of no point on the curve (RFC 8725 §3.4)
        {"d": "AAAA"},
    ],
    ids=str,
)
def test_key_that_cannot_be_trusted_is_passed_over(changes: dict[str, Any]) -> None:
    good, bad = new_key("good"), new_key("bad")

    keys = parse_jwks({"keys": [public(bad, **changes), public(good)]}, allowed=ALL)

    assert list(keys) == ["good"]


def test_weak_rsa_key_is_passed_over() -> None:
    weak = jwk.JWK.generate(kty="RSA", size=1024, kid="weak", use="sig")

    assert parse_jwks({"keys": [public(weak)]}, allowed=ALL) == {}


def test_two_keys_with_one_id_are_both_passed_over() -> None:
    keys = [public(new_key("same")), public(new_key("same"))]

    assert parse_jwks({"keys": keys}, allowed=ALL) == {}


@pytest.mark.parametrize("document", [{}, {"keys": {}}, {"keys": [{}] * (MAX_KEYS + 1)}])
def test_document_that_is_no_jwks_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(MalformedError):
        parse_jwks(document, allowed=ALL)


@pytest.mark.parametrize("entry", [None, 1, "key", [], {}, {"kty": ["EC"]}, {"kty": {}}])
def test_entry_that_is_no_key_is_passed_over(entry: Any) -> None:
    assert list(parse_jwks({"keys": [entry, public(new_key("good"))]}, allowed=ALL)) == ["good"]
