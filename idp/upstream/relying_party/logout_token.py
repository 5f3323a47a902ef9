"""What a logout token has to be before it ends sessions (Back-Channel Logout 1.0 §2.4, §2.6)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from jwcrypto import jwk

from foundation.base.used_once import use_once
from foundation.directory.upstream.models import UpstreamProvider
from idp.upstream.relying_party.errors import UpstreamRefusedError
from idp.upstream.relying_party.id_token import (
    OLDEST,
    check_issuer_and_audience,
    check_times,
    is_name,
    signed,
)

EVENT = "http://schemas.openid.net/event/backchannel-logout"
TYPES = ("JWT", "logout+jwt")
LONGEST_JTI = 255
PURPOSE = "logout token"
KEPT = OLDEST + timedelta(minutes=2)
"""Older ones are refused as such."""


class LoggedOut(NamedTuple):
    """Who was signed out there: an account, one session, or one session of an account."""

    sub: str
    sid: str


def accept(
    provider: UpstreamProvider,
    token: str,
    find_key: Callable[[str | None], jwk.JWK],
    now: datetime,
) -> LoggedOut:
    """Return who was signed out, once; raises `UpstreamError`."""
    _algorithm, said = signed(token, find_key, TYPES)
    check_issuer_and_audience(said, provider.issuer, provider.client_id)
    check_times(said, now)
    if "nonce" in said:
        # §2.4: so that no ID token is taken for one.
        raise UpstreamRefusedError("a nonce")
    events = said.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(EVENT), dict):
        raise UpstreamRefusedError("not the event of a logout")
    found = LoggedOut(_name(said, "sub"), _name(said, "sid"))
    if not any(found):
        raise UpstreamRefusedError("neither sub nor sid")
    jti = said.get("jti")
    if not isinstance(jti, str) or not 0 < len(jti) <= LONGEST_JTI:
        raise UpstreamRefusedError("no jti")
    if not use_once(PURPOSE, f"{provider.pk}\n{jti}", until=now + KEPT):
        raise UpstreamRefusedError("used already")
    return found


def _name(said: dict[str, Any], claim: str) -> str:
    if claim not in said:
        return ""
    if not is_name(said[claim]):
        raise UpstreamRefusedError(f"{claim} is malformed")
    return str(said[claim])
