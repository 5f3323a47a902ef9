"""What an ID token has to be before it says who somebody is (OIDC Core §3.1.3.7)."""

import hashlib
import hmac
from collections.abc import Callable
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
    if len(token) > LONGEST:
        raise UpstreamRefusedError("too long")
    algorithm, said = _signed(token, find_key)
    _check_audience(said, expected)
    _check_times(said, expected.now)
    if not _is(said.get("nonce"), expected.nonce):
        raise UpstreamRefusedError("another nonce")
    if "events" in said:
        raise UpstreamRefusedError("a logout token (Back-Channel Logout §2.4)")
    if "at_hash" in said and not _is(said["at_hash"], at_hash(expected.access_token, algorithm)):
        raise UpstreamRefusedError("made for another access token (§3.1.3.8)")
    sub = said.get("sub")
    if not isinstance(sub, str) or not 0 < len(sub) <= LONGEST_SUB or not sub.isprintable():
        raise UpstreamRefusedError("no sub")
    return said


def _signed(token: str, find_key: Callable[[str | None], jwk.JWK]) -> tuple[str, dict[str, Any]]:
    """Return by which algorithm it is signed, and what it says."""
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
    if str(header.get("typ", "JWT")).upper() != "JWT" or "crit" in header:
        # RFC 8725 §3.11: what says that it is something else is not an ID token.
        raise UpstreamRefusedError("not the header of an ID token")
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


def _check_audience(said: dict[str, Any], expected: Expected) -> None:
    if not _is(said.get("iss"), expected.issuer):
        raise UpstreamRefusedError("another issuer")
    audience = said.get("aud")
    # §3.1.3.7 rule 3: nobody else is trusted with a token that signs people in here.
    if audience not in (expected.client_id, [expected.client_id]):
        raise UpstreamRefusedError("for another audience")
    if said.get("azp", expected.client_id) != expected.client_id:
        raise UpstreamRefusedError("given to another client")


def _check_times(said: dict[str, Any], now: datetime) -> None:
    seconds = now.timestamp()
    leeway = LEEWAY.total_seconds()
    expires, issued = _number(said, "exp"), _number(said, "iat")
    if expires is None or expires <= seconds - leeway:
        raise UpstreamRefusedError("expired")
    if issued is None or not -leeway <= seconds - issued <= OLDEST.total_seconds():
        raise UpstreamRefusedError("not made now")
    if "nbf" in said and ((begins := _number(said, "nbf")) is None or begins > seconds + leeway):
        raise UpstreamRefusedError("not good yet")


def _number(said: dict[str, Any], name: str) -> float | None:
    value = said.get(name)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def at_hash(access_token: str, algorithm: str) -> str:
    """Return the hash of an access token that an ID token carries (§3.1.3.6)."""
    # EdDSA with Ed25519 hashes by SHA-512 itself.
    digest = HASHES.get(algorithm[-3:], hashlib.sha512)(access_token.encode()).digest()
    return encode_base64url(digest[: len(digest) // 2])


def _is(given: Any, expected: str) -> bool:
    return isinstance(given, str) and hmac.compare_digest(given.encode(), expected.encode())
