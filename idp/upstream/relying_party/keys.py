"""The keys of a provider (RFC 7517), kept in process for some minutes; a new `kid` is asked for."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.utils import timezone
from jwcrypto import jwk
from jwcrypto.common import JWException

from idp.upstream.relying_party.errors import UpstreamRefusedError
from idp.upstream.relying_party.fetching import fetch

LIFETIME = timedelta(minutes=10)
PAUSE = timedelta(seconds=30)
"""So long an unknown `kid` does not fetch them again: anybody can write one."""
MOST_KEYS = 100
MOST_PROVIDERS = 100
TYPES = frozenset({"RSA", "EC", "OKP"})
"""Never `oct`: a symmetric key in public is none (RFC 8725 §3.1)."""


class Keys(NamedTuple):
    """What was fetched, and when."""

    at: datetime
    by_kid: Mapping[str, jwk.JWK]


_kept: dict[str, Keys] = {}


def key_for(jwks_uri: str, kid: str | None) -> jwk.JWK:
    """Return the key of this id; raises `UpstreamError`. Without an id there has to be only one."""
    keys = _kept.get(jwks_uri)
    now = timezone.now()
    if keys is None or now - keys.at >= LIFETIME:
        keys = _fetched(jwks_uri, now)
    if kid is not None and kid not in keys.by_kid and now - keys.at >= PAUSE:
        # OIDC Core §10.1.1: it may have been rotated.
        keys = _fetched(jwks_uri, now)
    if kid is None:
        if len(keys.by_kid) != 1:
            raise UpstreamRefusedError("no kid, and more than one key")
        return next(iter(keys.by_kid.values()))
    if kid not in keys.by_kid:
        raise UpstreamRefusedError("signed by an unknown key")
    return keys.by_kid[kid]


def forget() -> None:
    """Forget all of them."""
    _kept.clear()


def parse_keys(said: Mapping[str, Any]) -> dict[str, jwk.JWK]:
    """Return the keys for signatures of a JWK set by `kid`; raises `UpstreamRefusedError`."""
    listed = said.get("keys")
    if not isinstance(listed, list) or len(listed) > MOST_KEYS:
        raise UpstreamRefusedError("no JWK set, or a very long one")
    found = {str(each.get("kid", "")): _parsed(each) for each in listed if _verifies(each)}
    if not found:
        raise UpstreamRefusedError("no key to verify signatures with")
    return found


def _fetched(jwks_uri: str, now: datetime) -> Keys:
    keys = Keys(now, parse_keys(fetch(jwks_uri)))
    if len(_kept) >= MOST_PROVIDERS:
        _kept.clear()
    _kept[jwks_uri] = keys
    return keys


def _verifies(each: Any) -> bool:
    """Say whether it is for signatures (RFC 7517 §4.2); what is unknown is passed over (§5)."""
    return isinstance(each, dict) and each.get("kty") in TYPES and each.get("use", "sig") == "sig"


def _parsed(each: Mapping[str, Any]) -> jwk.JWK:
    try:
        return jwk.JWK.from_json(json.dumps(each))
    except (JWException, ValueError, TypeError) as error:
        raise UpstreamRefusedError("a key is malformed") from error
