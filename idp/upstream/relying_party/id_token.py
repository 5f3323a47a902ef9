"""What an ID token has to be before it says who somebody is (OIDC Core §3.1.3.7)."""

import hashlib
import hmac
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from jwcrypto import jwk, jws
from jwcrypto.common import JWException

from idp.upstream.relying_party.errors import UpstreamRefusedError
from scopeward_guard.vocabulary import MalformedError, encode_base64url, parse_object

HASHES = {"256": hashlib.sha256, "384": hashlib.sha384, "512": hashlib.sha512}
ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)
"""Never `none`, and never a MAC: our own client secret would sign for the provider."""
KEY_TYPES = {"R": "RSA", "P": "RSA", "ES": "EC", "Ed": "OKP"}
LONGEST = 16 * 1024
LEEWAY = timedelta(seconds=60)
OLDEST = timedelta(minutes=10)
"""It was made for this answer a moment ago."""
LONGEST_SUB = 255
LATEST = 2**53
"""Seconds since 1970; with larger numbers there is no reckoning."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What it has to say."""

    issuer: str
    client_id: str
    nonce: str
    access_token: str
    now: datetime


def verified(token: str, expected: Expected, find_key: Callable[[str | None], jwk.JWK]) -> Any:
    """Return the claims; raises `UpstreamRefusedError`, and what `find_key` raises."""
    algorithm, said = signed(token, find_key)
    check_issuer_and_audience(said, expected.issuer, expected.client_id)
    check_times(said, expected.now)
    if not _is(said.get("nonce"), expected.nonce):
        raise UpstreamRefusedError("another nonce")
    if "events" in said:
        raise UpstreamRefusedError("a logout token (Back-Channel Logout §2.4)")
    if "at_hash" in said and not _is(said["at_hash"], at_hash(expected.access_token, algorithm)):
        raise UpstreamRefusedError("made for another access token (§3.1.3.8)")
    if not is_name(said.get("sub")):
        raise UpstreamRefusedError("no sub")
    return said


def is_name(value: Any) -> bool:
    """Say whether something is a `sub` or `sid` as we keep them (OIDC Core §2)."""
    return isinstance(value, str) and 0 < len(value) <= LONGEST_SUB and value.isprintable()


def signed(
    token: str, find_key: Callable[[str | None], jwk.JWK], types: Collection[str] = ("JWT",)
) -> tuple[str, dict[str, Any]]:
    """Return by which algorithm it is signed, and what it says; raises `UpstreamError`.

    `types` are those that its header may name, the first one where it names none.
    """
    if len(token) > LONGEST:
        raise UpstreamRefusedError("too long")
    if token.count(".") != 2:
        raise UpstreamRefusedError("not a JWS in its compact form")
    try:
        parsed = jws.JWS()
        parsed.allowed_algs = sorted(ALGORITHMS)
        parsed.deserialize(token)
        header = parse_object(parsed.objects["protected"].encode(), max_bytes=LONGEST)
    except (JWException, MalformedError, ValueError, KeyError, TypeError) as error:
        raise UpstreamRefusedError("not a JWS in its compact form") from error
    algorithm, kid = header.get("alg"), header.get("kid")
    if algorithm not in ALGORITHMS:
        raise UpstreamRefusedError(f"signed by {algorithm!r}")
    named = str(header.get("typ", "JWT")).upper()
    if named not in {each.upper() for each in types} or "crit" in header:
        # RFC 8725 §3.11: what says that it is something else is not one.
        raise UpstreamRefusedError("the header of something else")
    key = find_key(kid if isinstance(kid, str) else None)
    _check_key(key, algorithm)
    try:
        parsed.verify(key, algorithm)
        return algorithm, parse_object(parsed.payload, max_bytes=LONGEST)
    except (JWException, MalformedError, ValueError, TypeError) as error:
        raise UpstreamRefusedError("the signature is not right") from error


def _check_key(key: jwk.JWK, algorithm: str) -> None:
    """Raise unless the key is one for the algorithm (RFC 8725 §3.1)."""
    said = key.export_public(as_dict=True)
    wanted = next(kind for start, kind in KEY_TYPES.items() if algorithm.startswith(start))
    if said["kty"] != wanted or said.get("alg", algorithm) != algorithm:
        raise UpstreamRefusedError("the key is for something else")


def check_issuer_and_audience(said: Mapping[str, Any], issuer: str, client_id: str) -> None:
    """Raise `UpstreamRefusedError` unless it is of this provider, and for us alone."""
    if not _is(said.get("iss"), issuer):
        raise UpstreamRefusedError("another issuer")
    audience = said.get("aud")
    # §3.1.3.7 rule 3: nobody else is trusted with a token that signs people in here.
    if audience not in (client_id, [client_id]):
        raise UpstreamRefusedError("for another audience")
    if said.get("azp", client_id) != client_id:
        raise UpstreamRefusedError("given to another client")


def check_times(said: Mapping[str, Any], now: datetime) -> None:
    """Raise `UpstreamRefusedError` unless it was made now, and is good still."""
    seconds = now.timestamp()
    leeway = LEEWAY.total_seconds()
    expires, issued = _number(said, "exp"), _number(said, "iat")
    if expires is None or expires <= seconds - leeway:
        raise UpstreamRefusedError("expired")
    if issued is None or not -leeway <= seconds - issued <= OLDEST.total_seconds():
        raise UpstreamRefusedError("not made now")
    if "nbf" in said and ((begins := _number(said, "nbf")) is None or begins > seconds + leeway):
        raise UpstreamRefusedError("not good yet")


def _number(said: Mapping[str, Any], name: str) -> float | None:
    value = said.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return value if abs(value) < LATEST else None


def at_hash(access_token: str, algorithm: str) -> str:
    """Return the hash of an access token that an ID token carries (§3.1.3.6)."""
    # EdDSA with Ed25519 hashes by SHA-512 itself.
    digest = HASHES.get(algorithm[-3:], hashlib.sha512)(access_token.encode()).digest()
    return encode_base64url(digest[: len(digest) // 2])


def _is(given: Any, expected: str) -> bool:
    return isinstance(given, str) and hmac.compare_digest(given.encode(), expected.encode())
