"""Opening a token family: written with the code that it is opened by, or redeemed at once."""

import secrets
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from consent.grants.selectors import grants_at
from foundation.base import conf
from foundation.base.prepared.guarded import GuardedInsert, WrittenRow
from foundation.base.secrets import digest
from idp.models import AuthorizationCode, RefreshToken
from idp.tokens.families.store import LostRaceError

SHARED = (
    *("user", "application", "grant", "scope", "resource", "sid", "auth_time", "acr", "amr"),
    *("cnf", "requested_claims", "authorization_details", "expires"),
)
"""Columns that are the same in both rows."""
OF_THE_FAMILY = {
    "token_family": "family",
    "handle": "handle",
    "ends_at": "ends_at",
    "rotations": "none",
    "token": "nothing",
    "token_checksum": "nothing",
    "created": "now",
    "updated": "now",
}
OF_THE_CODE = {
    "code": "code",
    "redirect_uri": "redirect_uri",
    "nonce": "nonce",
    "code_challenge": "code_challenge",
    "code_challenge_method": "code_challenge_method",
    "claims": "nothing",
    "created": "now",
    "updated": "now",
}
_OPEN = GuardedInsert(
    (uuid.UUID, int),
    lambda grant, version: grants_at(version).filter(pk=grant),
    first=WrittenRow(RefreshToken, {**{name: name for name in SHARED}, **OF_THE_FAMILY}),
    second=WrittenRow(AuthorizationCode, {**{name: name for name in SHARED}, **OF_THE_CODE}),
    link="family",
)


def open_family(*, facts: Mapping[str, Any], code: Mapping[str, Any], now: datetime) -> str:
    """Write a code and the family it will open; return the code.

    `facts` are the columns that both rows share, with the objects that they point at. The family
    is of the version of the grant that was read: raises `LostRaceError` when it has changed since,
    or the grant or the person is gone, and `django.db.IntegrityError` when the client is. On
    PostgreSQL one statement, on SQLite two.
    """
    value = secrets.token_urlsafe(32)
    grant = facts["grant"]
    keys = {name: facts[name].pk for name in ("user", "application", "grant")}
    columns = {**facts, **keys, **code, "code": digest(value), "family": uuid.uuid4()}
    if not _OPEN.insert((grant.pk, grant.version), {**columns, **_beginning(now)}):
        raise LostRaceError
    return value


def open_unnamed(*, facts: Mapping[str, Any], now: datetime) -> RefreshToken:
    """Write a family that no code opens: whoever writes it redeems it. Raises `IntegrityError`."""
    columns = _beginning(now)
    return RefreshToken.objects.create(
        **facts,
        token="",
        handle=columns["handle"],
        expires=columns["expires"],
        ends_at=columns["ends_at"],
    )


def _beginning(now: datetime) -> dict[str, Any]:
    settings = conf.current()
    return {
        "now": now,
        "nothing": "",
        "none": 0,
        "handle": secrets.token_hex(16),
        "expires": now + timedelta(seconds=settings.code_lifetime),
        "ends_at": now + timedelta(seconds=settings.refresh_token_family_lifetime),
    }
