"""DPoP proofs (RFC 9449 §4): whoever sends a request has the key that it names, now, for this."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from scopeward_guard._base.errors import BadTokenError, MalformedError
from scopeward_guard._base.strict_json import encode_base64url
from scopeward_guard._provider.algorithms import ALGORITHMS, possible_algorithms
from scopeward_guard._provider.jwks import VerifyingKey
from scopeward_guard._provider.jws import Signed, read_jws

TYP = "dpop+jwt"
LONGEST = 8_192
"""Characters."""
OLDEST, AHEAD = 60, 15
"""Seconds: since when a proof may have been made, and how far the client's clock may be ahead."""
LONGEST_JTI = 512
LATEST = 2**53
"""Seconds since 1970; with larger numbers there is no reckoning."""
PORTS = {"https": 443, "http": 80}
THUMBPRINT: Mapping[str, tuple[str, ...]] = {
    "EC": ("crv", "kty", "x", "y"),
    "OKP": ("crv", "kty", "x"),
    "RSA": ("e", "kty", "n"),
}
"""The members that make a key what it is, in their order (RFC 7638 §3.2, RFC 8037 §2)."""
NEVER = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
"""Members of private and symmetric keys: a proof shows a public one (RFC 9449 §4.3 point 7)."""


@dataclass(frozen=True, slots=True)
class ProvenRequest:
    """What a proof has to be about: this request, and the token that comes with it."""

    method: str
    uri: str
    """Without query and fragment."""
    access_token: str = ""


@dataclass(frozen=True, slots=True)
class PossessionProof:
    """A proof whose signature and claims are right; that it was not used before is not known."""

    thumbprint: str
    """Of its key (RFC 7638), as `cnf` names it in `jkt`."""
    jti: str
    expires_at: float
    """Until when it would be accepted again: seconds since 1970."""
    nonce: str


def read_proof(text: str, about: ProvenRequest, *, now: float) -> PossessionProof:
    """Return what a `DPoP` header proves (RFC 9449 §4.3, all but point 11's nonce).

    `now` is in seconds since 1970. Raises `BadTokenError`.
    """
    try:
        header, signed = read_jws(text, max_characters=LONGEST, honoured=frozenset({"jwk"}))
        if header.get("typ") != TYP:
            raise BadTokenError("a proof of another typ")
        jwk: dict[str, Any] = _public(header.get("jwk"))
        claims = signed.checked(_key(jwk, signed))
        thumbprint = thumbprint_of(jwk)
    except (MalformedError, ValueError) as error:
        raise BadTokenError(f"not a proof of possession: {error}") from error
    _check_request(claims, about)
    made_at = _made_at(claims, now)
    jti, nonce = claims.get("jti"), claims.get("nonce", "")
    if not isinstance(jti, str) or not 0 < len(jti) <= LONGEST_JTI or not isinstance(nonce, str):
        raise BadTokenError("a proof without a jti, or with a strange nonce")
    return PossessionProof(thumbprint, jti, made_at + OLDEST, nonce)


def thumbprint_of(jwk: Mapping[str, Any]) -> str:
    """Return the SHA-256 thumbprint of a public key (RFC 7638 §3); raises `MalformedError`."""
    names = THUMBPRINT.get(str(jwk.get("kty")))
    if names is None or not all(isinstance(jwk.get(name), str) for name in names):
        raise MalformedError("a kind of key that is not used here")
    said = json.dumps({name: jwk[name] for name in names}, separators=(",", ":"))
    return _digest(said.encode())


def _public(jwk: Any) -> dict[str, Any]:
    if not isinstance(jwk, dict) or not NEVER.isdisjoint(jwk):
        raise BadTokenError("a proof without a public key")
    return jwk


def _key(jwk: Mapping[str, Any], signed: Signed) -> VerifyingKey:
    if signed.algorithm not in possible_algorithms(jwk):
        raise BadTokenError("a proof whose algorithm is not its key's")
    return VerifyingKey("", signed.algorithm, ALGORITHMS[signed.algorithm](jwk))


def _check_request(claims: Mapping[str, Any], about: ProvenRequest) -> None:
    if claims.get("htm") != about.method:
        raise BadTokenError("a proof for another method")
    uri = claims.get("htu")
    if not isinstance(uri, str) or _normal(uri) != _normal(about.uri):
        raise BadTokenError("a proof for another address")
    if not about.access_token:
        return
    said = claims.get("ath")
    expected = _digest(about.access_token.encode())
    if not isinstance(said, str) or not hmac.compare_digest(said.encode(), expected.encode()):
        raise BadTokenError("a proof for another token")


def _made_at(claims: Mapping[str, Any], now: float) -> float:
    """Return `iat`; a proof that names an end or a beginning of its own keeps to it."""
    made_at = _number(claims, "iat")
    if made_at is None or not -AHEAD <= now - made_at <= OLDEST:
        raise BadTokenError("a proof that was not made now")
    ends, begins = _number(claims, "exp"), _number(claims, "nbf")
    if "exp" in claims and (ends is None or ends <= now - AHEAD):
        raise BadTokenError("a proof that has expired")
    if "nbf" in claims and (begins is None or begins > now + AHEAD):
        raise BadTokenError("a proof that is not valid yet")
    return made_at


def _number(claims: Mapping[str, Any], name: str) -> float | None:
    value = claims.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return value if abs(value) < LATEST else None


def _normal(uri: str) -> tuple[str, str, int | None, str]:
    """RFC 3986 §6.2.2, §6.2.3: case of scheme and host, the default port, an empty path."""
    try:
        parts = urlsplit(uri)
        port = parts.port or PORTS.get(parts.scheme)
    except ValueError as error:
        raise BadTokenError("a proof for no address") from error
    return parts.scheme, (parts.hostname or "").lower(), port, parts.path or "/"


def _digest(data: bytes) -> str:
    return encode_base64url(hashlib.sha256(data).digest())
