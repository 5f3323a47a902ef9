"""A compact JWS (RFC 7515 §3.1) by one of the provider's keys: from text to what was signed."""

from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from cryptography.exceptions import InvalidSignature

from scopeward_guard._base.errors import BadTokenError, MalformedError
from scopeward_guard._base.strict_json import decode_base64url, parse_object
from scopeward_guard._provider.jwks import VerifyingKey

MAX_HEADER_CHARACTERS = 1_024

UNTRUSTED_HEADERS = frozenset({"crit", "b64", "zip", "jku", "jwk", "x5u", "x5c"})
"""Where to find a key, or how to read the rest, is never up to the token (RFC 8725 §3.10)."""


class KeySource(Protocol):
    """Where keys come from; `jwks.RemoteKeys` is one."""

    def held(self, kid: str) -> VerifyingKey | None:
        """Return the key if it is there without waiting."""

    def key(self, kid: str) -> VerifyingKey:
        """Return the key; raises `BadTokenError` for an unknown one, or `UnavailableError`."""


class Signed(NamedTuple):
    """A JWS taken apart, and believed in nothing yet.

    `text` is what was signed: header and payload, as they were sent.
    """

    kid: str
    algorithm: str
    text: str
    payload: str
    signature: str

    def checked(self, key: VerifyingKey) -> dict[str, Any]:
        """Return the JSON object that the key signed.

        Raises `BadTokenError` where the signature is wrong, `MalformedError` for no object.
        """
        if self.algorithm != key.algorithm:
            raise BadTokenError("an algorithm that is not the key's")
        try:
            key.check(decode_base64url(self.signature), self.text.encode())
        except (InvalidSignature, ValueError) as error:
            raise BadTokenError("the signature is wrong") from error
        payload = decode_base64url(self.payload)
        return parse_object(payload, max_bytes=len(payload))


class JwsReader:
    """Reads objects of certain types (RFC 8725 §3.11), up to `max_characters` long."""

    def __init__(self, types: frozenset[str], *, max_characters: int) -> None:
        self._types, self._max = types, max_characters

    def parse(self, text: str) -> Signed:
        """Return the parts; raises `MalformedError` for what has others."""
        header, signed, payload, signature = _parts(text, self._max)
        kid, algorithm = _read_header(header, self._types)
        return Signed(kid, algorithm, signed, payload, signature)


def read_jws(
    text: str, *, max_characters: int, honoured: frozenset[str] = frozenset()
) -> tuple[dict[str, Any], Signed]:
    """Return a JWS's header and its parts, for who judges the header: `typ`, a missing `kid`.

    `honoured` names what is taken from it though it is never up to a token, as the key of a proof
    of possession is. Raises `MalformedError`.
    """
    part, signed, payload, signature = _parts(text, max_characters)
    header = parse_object(decode_base64url(part), max_bytes=max_characters)
    kid, algorithm = header.get("kid", ""), header.get("alg")
    if not isinstance(kid, str) or not isinstance(algorithm, str):
        raise MalformedError("no alg, or a strange kid")
    if not (UNTRUSTED_HEADERS - honoured).isdisjoint(header):
        raise MalformedError("a header that is not honoured")
    return header, Signed(kid, algorithm, signed, payload, signature)


def _parts(text: str, max_characters: int) -> tuple[str, str, str, str]:
    """Return header, what is signed, payload and signature."""
    if len(text) > max_characters or not text.isascii():
        raise MalformedError("too long, or not ASCII")
    signed, _, signature = text.rpartition(".")
    header, _, payload = signed.partition(".")
    if not header or not payload or not signature or "." in payload:
        raise MalformedError("not three parts")
    return header, signed, payload, signature


@lru_cache(maxsize=64)
def _read_header(part: str, types: frozenset[str]) -> tuple[str, str]:
    """Return `kid` and `alg`; the same few headers come with everything that a key signed."""
    if len(part) > MAX_HEADER_CHARACTERS:
        raise MalformedError("a header this long")
    header = parse_object(decode_base64url(part), max_bytes=MAX_HEADER_CHARACTERS)
    kid, algorithm, typ = header.get("kid"), header.get("alg"), header.get("typ")
    if not isinstance(typ, str) or typ.lower() not in types:
        raise MalformedError("typ is another one")
    if not isinstance(kid, str) or not isinstance(algorithm, str) or not kid:
        raise MalformedError("no kid or no alg")
    if not UNTRUSTED_HEADERS.isdisjoint(header):
        raise MalformedError("a header that is not honoured")
    return kid, algorithm
