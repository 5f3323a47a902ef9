"""Tokens bound to a key (RFC 9449): with its proof at every door, without it nowhere."""

from typing import Any

import pytest

from scopeward_guard import BearerOnly, ProofOfPossession, SettingError
from scopeward_guard._challenges.refused import RefusedError
from scopeward_guard._challenges.request import PresentedRequest, presented
from scopeward_guard._tokens.sender import MOST_REMEMBERED, RememberedProofs
from tests.client_keys import client_key
from tests.dpop import ath_of, proof
from tests.guard.conftest import MakeGuard, bearing, refusal, settings
from tests.guard.provider import NOW, RESOURCE, FakeProvider

OTHERWISE: dict[str, dict[str, str]] = {
    "certificate": {"x5t#S256": "a"},
    "both": {"jkt": client_key().thumbprint(), "x5t#S256": "a"},
    "empty": {"jkt": ""},
}
WRONG: dict[str, dict[str, Any]] = {
    "another key": {"key": client_key(kid="two")},
    "another token": {"ath": ath_of("another")},
    "no token": {"ath": None},
    "another method": {"method": "POST"},
    "HEAD": {"method": "HEAD"},
    "another server": {"base": "https://elsewhere.example"},
    "another path": {"path": "/salaries"},
    "too old": {"iat": int(NOW) - 61},
    "of the future": {"iat": int(NOW) + 16},
    "no jti": {"jti": None},
    "another typ": {"header_typ": "jwt"},
}
INVALID = (401, "invalid_token")
BOUND = {"jkt": client_key().thumbprint()}


def sending(
    token: str, *proofs: str, scheme: str = "DPoP", path: str = "/payments"
) -> PresentedRequest:
    """Return a request with the token and these `DPoP` headers."""
    headers = [("Authorization", f"{scheme} {token}"), *(("DPoP", each) for each in proofs)]
    return presented("GET", path, "", headers)


def proven(token: str, **changed: Any) -> str:
    """Return a proof for that request."""
    values = {"method": "GET", "base": RESOURCE, "token": token, "iat": int(NOW), **changed}
    return proof(values.pop("path", "/payments"), **values)


@pytest.mark.spec("RFC 9449", "7.1")
@pytest.mark.parametrize("scheme", ["DPoP", "dpop"])
def test_bound_token_is_taken_with_a_proof(
    either: Any, provider: FakeProvider, scheme: str
) -> None:
    token = provider.token(cnf=BOUND)

    principal = either.authenticate(sending(token, proven(token), scheme=scheme))

    assert principal.confirmation == BOUND


@pytest.mark.spec("RFC 9449", "4.3")
@pytest.mark.parametrize("changed", WRONG.values(), ids=WRONG)
def test_proof_of_something_else_is_none(
    either: Any, provider: FakeProvider, changed: dict[str, Any]
) -> None:
    token = provider.token(cnf=BOUND)

    assert refusal(lambda: either.authenticate(sending(token, proven(token, **changed)))) == INVALID


@pytest.mark.spec("RFC 9449", "7.2")
def test_bound_token_is_no_bearers(either: Any, provider: FakeProvider) -> None:
    token = provider.token(cnf=BOUND)
    with_proof = sending(token, proven(token), scheme="Bearer")

    assert refusal(lambda: either.authenticate(bearing(token))) == INVALID
    assert refusal(lambda: either.authenticate(with_proof)) == INVALID


@pytest.mark.spec("RFC 9449", "4.3")
def test_there_is_one_proof(either: Any, provider: FakeProvider) -> None:
    token = provider.token(cnf=BOUND)
    two = sending(token, proven(token), proven(token))

    assert refusal(lambda: either.authenticate(sending(token))) == INVALID
    assert refusal(lambda: either.authenticate(two)) == INVALID


@pytest.mark.spec("RFC 9449", "11.1")
def test_proof_is_taken_once(either: Any, provider: FakeProvider) -> None:
    token = provider.token(cnf=BOUND)
    sent = sending(token, proven(token))

    either.authenticate(sent)
    assert refusal(lambda: either.authenticate(sent)) == INVALID


@pytest.mark.spec("RFC 9449", "7.1")
def test_token_that_is_not_bound_is_not_taken_by_dpop(either: Any, provider: FakeProvider) -> None:
    token = provider.token()

    assert refusal(lambda: either.authenticate(sending(token, proven(token)))) == INVALID


@pytest.mark.spec("RFC 7800", "3.1")
@pytest.mark.parametrize("cnf", OTHERWISE.values(), ids=OTHERWISE)
def test_token_bound_in_another_way_is_refused(
    either: Any, provider: FakeProvider, cnf: dict[str, str]
) -> None:
    token = provider.token(cnf=cnf)

    assert refusal(lambda: either.authenticate(sending(token, proven(token)))) == INVALID


@pytest.mark.spec("RFC 9449", "7.1")
def test_challenge_names_scheme_and_algorithms(
    make_guard: MakeGuard, provider: FakeProvider
) -> None:
    guard = make_guard()
    with pytest.raises(RefusedError) as caught:
        guard.authenticate(bearing(provider.token(cnf=BOUND)))

    header = dict(guard.answer(caught.value.challenge).headers)["WWW-Authenticate"]
    assert header.startswith('DPoP error="invalid_token"')
    assert 'algs="ES256 ' in header


def test_server_with_another_address_says_so(make_guard: MakeGuard, provider: FakeProvider) -> None:
    guard = make_guard(public_url="https://data.example/v1/")
    token = provider.token(cnf=BOUND)

    guard.authenticate(sending(token, proven(token, base="https://data.example/v1")))
    assert refusal(lambda: guard.authenticate(sending(token, proven(token)))) == INVALID


@pytest.mark.parametrize("url", ["http://data.example", "data.example", "https://a@data.example"])
def test_public_url_is_one_that_can_be_safe(url: str) -> None:
    with pytest.raises(SettingError):
        settings(public_url=url)


def test_server_may_take_no_proofs(make_guard: MakeGuard, provider: FakeProvider) -> None:
    guard = make_guard()
    guard._sender_constraint = BearerOnly()
    token, plain = provider.token(cnf=BOUND), provider.token()

    assert refusal(lambda: guard.authenticate(sending(token, proven(token)))) == INVALID
    assert guard.authenticate(bearing(plain)).subject
    assert refusal(lambda: guard.authenticate(sending(plain, proven(plain)))) == INVALID


def test_servers_can_share_what_they_have_seen(
    provider: FakeProvider, make_guard: MakeGuard
) -> None:
    seen: dict[str, float] = {}

    def first_use(name: str, until: float) -> bool:
        return seen.setdefault(name, until) is until

    one, other = (
        ProofOfPossession(RESOURCE, first_use=first_use, clock=provider.now) for _ in "ab"
    )
    token = provider.token(cnf=BOUND)
    sent = sending(token, proven(token))
    principal = make_guard().authenticate(sending(token, proven(token)))

    one.check(principal, sent)
    with pytest.raises(Exception, match="used before"):
        other.check(principal, sent)


def test_what_is_remembered_is_bounded_and_forgotten_when_it_is_too_old() -> None:
    moment = [NOW]
    proofs = RememberedProofs(lambda: moment[0])

    assert all(proofs.first_use(str(number), NOW + 60) for number in range(MOST_REMEMBERED))
    assert not proofs.first_use("one more", NOW + 60)
    moment[0] += 61
    assert proofs.first_use("one more", NOW + 120)
