"""private_key_jwt: a short statement that the client signs with a key of its own.

RFC 7523 §3 and OIDC Core §9; RFC 7521 §4.2 says where it is in a request.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings

from foundation.base import conf
from foundation.base.signatures.key_sets import KeySet, candidates, parse_key_set
from foundation.base.signatures.published import NoKeysError, published_keys
from foundation.base.used_once import use_once
from foundation.directory.models import Client
from idp.errors import InvalidClientError
from idp.protocol.paths import BACKCHANNEL, INTROSPECT, PAR, REVOKE, TOKEN
from scopeward_guard.jose import BadTokenError, Signed, VerifyingKey, read_jws
from scopeward_guard.vocabulary import MalformedError, decode_base64url, parse_object

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
TYPES = frozenset({"JWT", "CLIENT-AUTHENTICATION+JWT"})
"""RFC 8725 §3.11: what says that it is something else is none. Mostly they say nothing."""
LONGEST = 16_384
"""Characters."""
LEEWAY = timedelta(seconds=30)
"""Between the client's clock and ours."""
LONGEST_LIFE = timedelta(hours=1)
"""So far ahead its end may be: for so long it is remembered that it was used."""
LONGEST_JTI = 512
LATEST = 2**40
"""Seconds since 1970; of what is later no date can be made."""
PURPOSE = "client assertion"


@dataclass(frozen=True, slots=True)
class ClientAssertion:
    """An assertion taken apart; who it says it is from is not believed yet."""

    signed: Signed
    claims: dict[str, Any]

    @property
    def client_id(self) -> str:
        """Of whom it says it is (RFC 7523 §3 point 2: its `sub`)."""
        subject = self.claims.get("sub")
        return subject if isinstance(subject, str) else ""


def read_assertion(text: str) -> ClientAssertion:
    """Take an assertion apart; raises `InvalidClientError`."""
    try:
        header, signed = read_jws(text, max_characters=LONGEST)
        claims = parse_object(decode_base64url(signed.payload), max_bytes=LONGEST)
    except MalformedError as error:
        raise InvalidClientError("The client assertion is not a signed JWT.") from error
    if str(header.get("typ", "JWT")).upper() not in TYPES:
        raise InvalidClientError("The client assertion's typ says that it is something else.")
    return ClientAssertion(signed, claims)


def is_of(client: Client, assertion: ClientAssertion) -> bool:
    """Say whether one of the client's keys signed it; its keys may have to be fetched."""
    return any(_has_signed(key, assertion.signed) for key in _keys(client, assertion.signed))


def use_assertion(client: Client, assertion: ClientAssertion, now: datetime) -> None:
    """Use up what the client has signed. One statement.

    Raises `InvalidClientError` saying what is wrong with it: only who has the key hears it.
    """
    claims = assertion.claims
    if not claims.get("iss") == claims.get("sub") == client.client_id:
        raise InvalidClientError("iss and sub of the assertion must be the client_id.")
    if not _is_for_us(claims.get("aud")):
        raise InvalidClientError(f"aud of the assertion must be {conf.current().issuer}.")
    until = _good_until(claims, now)
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 0 < len(jti) <= LONGEST_JTI:
        raise InvalidClientError("The assertion needs a jti (OIDC Core §9).")
    if not use_once(PURPOSE, f"{client.client_id}\n{jti}", until=until):
        raise InvalidClientError("This assertion has been used: its jti must be new every time.")


def audiences() -> frozenset[str]:
    """Return who an assertion may be for.

    The issuer alone could not be said by who knows the endpoint only (OIDC Core §9, RFC 9126 §2);
    what names somebody else beside us could be used there (RFC 9700 §2.1).
    """
    issuer = conf.current().issuer
    at = (TOKEN, PAR, BACKCHANNEL, INTROSPECT, REVOKE)
    return frozenset({issuer, *(issuer + path for path in at)})


def _is_for_us(audience: Any) -> bool:
    named = audience if isinstance(audience, list) else [audience]
    known = audiences()
    return bool(named) and all(isinstance(each, str) and each in known for each in named)


def _good_until(claims: dict[str, Any], now: datetime) -> datetime:
    """Return its end (RFC 7523 §3 points 4 to 6); raises `InvalidClientError`."""
    moment, leeway = now.timestamp(), LEEWAY.total_seconds()
    ends = _number(claims, "exp")
    if ends is None or ends <= moment - leeway:
        raise InvalidClientError("The assertion has no exp, or has expired.")
    if ends > moment + LONGEST_LIFE.total_seconds() + leeway:
        raise InvalidClientError("The assertion's exp is more than an hour ahead.")
    for name in ("nbf", "iat"):
        begins = _number(claims, name)
        if name in claims and (begins is None or begins > moment + leeway):
            raise InvalidClientError(f"The assertion's {name} is not a moment that has come.")
    return datetime.fromtimestamp(ends, UTC) + LEEWAY


def _number(claims: dict[str, Any], name: str) -> float | None:
    value = claims.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return float(value) if abs(value) < LATEST else None


def _keys(client: Client, signed: Signed) -> list[VerifyingKey]:
    algorithm = client.token_endpoint_auth_signing_alg
    if algorithm and signed.algorithm != algorithm:
        return []

    def found(keys: KeySet) -> list[VerifyingKey]:
        return candidates(keys, kid=signed.kid, algorithm=signed.algorithm)

    if client.jwks_uri:
        try:
            return found(
                published_keys(client.jwks_uri, settings.OUTGOING, lambda k: bool(found(k)))
            )
        except NoKeysError:
            return []
    return found(_parsed(json.dumps(client.jwks)))


@lru_cache(maxsize=1_024)
def _parsed(jwks: str) -> KeySet:
    try:
        return parse_key_set(json.loads(jwks) or {})
    except MalformedError:
        return ()


def _has_signed(key: VerifyingKey, signed: Signed) -> bool:
    try:
        signed.checked(key)
    except (BadTokenError, MalformedError):
        return False
    return True
