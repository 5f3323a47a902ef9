"""JWT access tokens (RFC 9068, RFC 8725): from text to a principal, or refused."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Protocol

from cryptography.exceptions import InvalidSignature

from scopeward_guard.errors import BadTokenError, MalformedError
from scopeward_guard.jwks import VerifyingKey
from scopeward_guard.principal import Expectation, Principal, principal_from
from scopeward_guard.strict_json import decode_base64url, parse_object

MAX_TOKEN_CHARACTERS = 16_384
MAX_HEADER_CHARACTERS = 1_024

TYPES = frozenset({"at+jwt", "application/at+jwt"})
"""RFC 9068 §4. An ID token, a logout token or a DPoP proof is none of them."""

UNTRUSTED_HEADERS = frozenset({"crit", "b64", "zip", "jku", "jwk", "x5u", "x5c"})
"""Where to find a key, or how to read the rest, is never up to the token (RFC 8725 §3.10)."""


class KeySource(Protocol):
    """Where keys come from; `jwks.RemoteKeys` is one."""

    def key(self, kid: str) -> VerifyingKey:
        """Return the key; raises `BadTokenError` for an unknown one, or `UnavailableError`."""


class JwtVerifier:
    """Verifies JWT access tokens of one issuer for one resource server."""

    def __init__(
        self, keys: KeySource, expectation: Expectation, *, clock: Callable[[], float]
    ) -> None:
        self._keys, self._expectation, self._clock = keys, expectation, clock

    def verify(self, token: str) -> Principal:
        """Return who presents the token; raises `BadTokenError` or `UnavailableError`."""
        try:
            claims = self._signed_claims(token)
        except MalformedError as error:
            raise BadTokenError(f"not a JWT: {error}") from error
        return principal_from(claims, self._expectation, now=self._clock())

    def _signed_claims(self, token: str) -> dict[str, Any]:
        if len(token) > MAX_TOKEN_CHARACTERS or not token.isascii():
            raise MalformedError("too long, or not ASCII")
        signed, _, signature = token.rpartition(".")
        header, _, payload = signed.partition(".")
        if not header or not payload or not signature or "." in payload:
            raise MalformedError("not three parts")
        kid, algorithm = _read_header(header)
        key = self._keys.key(kid)
        if algorithm != key.algorithm:
            raise BadTokenError("an algorithm that is not the key's")
        try:
            key.check(decode_base64url(signature), signed.encode())
        except (InvalidSignature, ValueError) as error:
            raise BadTokenError("the signature is wrong") from error
        return parse_object(decode_base64url(payload), max_bytes=MAX_TOKEN_CHARACTERS)


@lru_cache(maxsize=64)
def _read_header(part: str) -> tuple[str, str]:
    """Return `kid` and `alg`; the same few headers come with every token of a key."""
    if len(part) > MAX_HEADER_CHARACTERS:
        raise MalformedError("a header this long")
    header: Mapping[str, Any] = parse_object(
        decode_base64url(part), max_bytes=MAX_HEADER_CHARACTERS
    )
    kid, algorithm, typ = header.get("kid"), header.get("alg"), header.get("typ")
    if not isinstance(typ, str) or typ.lower() not in TYPES:
        raise MalformedError("typ is not at+jwt")
    if not isinstance(kid, str) or not isinstance(algorithm, str) or not kid:
        raise MalformedError("no kid or no alg")
    if not UNTRUSTED_HEADERS.isdisjoint(header):
        raise MalformedError("a header that is not honoured")
    return kid, algorithm
