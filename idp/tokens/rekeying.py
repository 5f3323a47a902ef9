"""Replacing a secret of the servers: what rests on older ones, and what can be made anew.

Every secret that keys digests, MACs or encryption is here, with all that it protects. What cannot
be made anew, because nobody keeps what it was made of, verifies under the older secret that it
names until it is over.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from jwcrypto.common import JWException

from consent.approvals.notices.webhooks import resting_on as webhooks_resting_on
from foundation.base import conf
from foundation.base.configuration.epoch import start_new_epoch
from foundation.base.keyed import Ring, UnknownKeyError, secret_key
from foundation.base.keys.authentic import is_authentic, stamp
from foundation.base.keys.sealing import is_of_an_older_key, seal, unseal
from foundation.base.keys.secret_texts import seal_text, unseal_text
from foundation.base.models import SigningKey
from foundation.directory.factors.models import RecoveryCode
from foundation.directory.models import Client, FailedSignIn, SignInRecord
from foundation.journal.acts import Entry, Kind, author_at_work, link, record_unless_told
from foundation.journal.chain.inspection import rows_linked_by
from idp.models import (
    AccessToken,
    AuthorizationCode,
    BackchannelRequest,
    PushedAuthorizationRequest,
    RefreshToken,
    StoredAuthorizationRequest,
)

Counts = Mapping[str, int]

DIGESTS: tuple[tuple[str, QuerySet[Any], str, str], ...] = (
    ("client secrets", Client.objects.all(), "client_secret", "hmac_sha256$"),
    ("codes", AuthorizationCode.objects.all(), "code", ""),
    ("refresh tokens", RefreshToken.objects.all(), "token_checksum", ""),
    ("opaque access tokens", AccessToken.objects.all(), "token_checksum", ""),
    ("pushed requests", PushedAuthorizationRequest.objects.all(), "reference", ""),
    ("requests without a browser", BackchannelRequest.objects.all(), "reference", ""),
    ("authorization requests", StoredAuthorizationRequest.objects.all(), "browser_digest", ""),
    ("devices", SignInRecord.objects.all(), "device", ""),
    ("failed sign-ins", FailedSignIn.objects.all(), "account", ""),
    ("recovery codes", RecoveryCode.objects.all(), "digest", ""),
    ("sessions", Session.objects.all(), "session_key", ""),
    ("listed browsers", UserSession.objects.all(), "session_key", ""),
)
"""Every column of peppered digests: in words, where it is, what stands before the digest."""


@dataclass(frozen=True)
class Secret:
    """One secret: its keys, and what is done when it is replaced."""

    ring: Callable[[], Ring]
    renew: Callable[[], Counts]
    """Make anew what can be; return how many of what."""
    resting: Callable[[str], Counts]
    """Return how many of what rest on the key with this id."""
    advice: str
    """When the older one can go."""


def rotate(name: str) -> Counts:
    """Make anew what the older secrets made, and write it down; return how many of what.

    `name` is one of `SECRETS`. Safe at any time and twice: what is done already is left alone.
    """
    ring = SECRETS[name].ring()
    with transaction.atomic():
        renewed = SECRETS[name].renew()
        if ring.older:
            record_unless_told(_act(name, ring), secret=name, key=ring.key_id)
    link()
    return renewed


def _act(name: str, ring: Ring) -> Entry:
    return Entry(
        kind=Kind.SECRET_ROTATED,
        actor=author_at_work().actor,
        detail={"secret": name, "key": ring.key_id, "before": list(ring.older_ids)},
    )


def _nothing(*_: object) -> Counts:
    return {}


def _digests_of(key_id: str) -> Counts:
    return {
        words: rows.filter(**{f"{column}__startswith": before + key_id}).count()
        for words, rows, column, before in DIGESTS
    }


def _seal_anew() -> Counts:
    """Seal and stamp the signing keys anew, and the texts that wait to be used once more.

    Rows that are not ours stay what they are.
    """
    ring = conf.current().key_encryption_secret
    start_new_epoch()
    counts = {
        "signing keys": 0,
        "secret texts": 0,
        "authenticator apps": _seal_apps_anew(),
        "sessions": _seal_sessions_anew(),
    }
    for key in SigningKey.objects.select_for_update().exclude(mac__startswith=ring.key_id):
        if is_authentic(key):
            key.private_jwe = key.private_jwe and seal(unseal(key.private_jwe))
            stamp(key)
            key.save(update_fields=["private_jwe", "mac"])
            counts["signing keys"] += 1
    for waiting in BackchannelRequest.objects.select_for_update().exclude(notification=""):
        if is_of_an_older_key(waiting.notification):
            waiting.notification = seal_text(unseal_text(waiting.notification))
            waiting.save(update_fields=["notification"])
            counts["secret texts"] += 1
    return counts


def _seal_apps_anew() -> int:
    """Seal the secrets of authenticator apps anew; what is not ours stays."""
    renewed = 0
    apps = Authenticator.objects.filter(type=Authenticator.Type.TOTP)
    for app in apps.select_for_update().iterator():
        with suppress(JWException, UnknownKeyError):
            if is_of_an_older_key(app.data["secret"]):
                app.data["secret"] = seal_text(unseal_text(app.data["secret"]))
                app.save(update_fields=["data"])
                renewed += 1
    return renewed


def _seal_sessions_anew() -> int:
    """Seal anew what sessions remember; what is not ours, or changed meanwhile, stays."""
    renewed = 0
    for name, data in Session.objects.values_list("session_key", "session_data").iterator():
        with suppress(JWException, UnknownKeyError):
            if is_of_an_older_key(data):
                row = Session.objects.filter(session_key=name, session_data=data)
                renewed += row.update(session_data=seal_text(unseal_text(data)))
    return renewed


def _sealed_under(key_id: str) -> Counts:
    return {"signing keys": SigningKey.objects.filter(mac__startswith=key_id).count()}


def _history_ring() -> Ring:
    found: Ring = settings.HISTORY_SECRET
    return found


SECRETS: Mapping[str, Secret] = {
    "SECRET_KEY": Secret(
        ring=secret_key,
        renew=_nothing,
        resting=lambda key_id: {"webhooks": webhooks_resting_on(key_id)},
        advice="Sessions, links in mail and device cookies name no key: keep the older one for "
        "14 days, after which nobody is signed in by it, or 400 for devices to be recognised. "
        "Webhooks keep their secrets with it until each is given another in the administration.",
    ),
    "TOKEN_PEPPER": Secret(
        ring=lambda: conf.current().pepper,
        renew=_nothing,
        resting=_digests_of,
        advice="Secrets of applications and refresh tokens move over when they are used.",
    ),
    "KEY_ENCRYPTION_SECRET": Secret(
        ring=lambda: conf.current().key_encryption_secret,
        renew=_seal_anew,
        resting=_sealed_under,
        advice="All of it has been made anew.",
    ),
    "HISTORY_SECRET": Secret(
        ring=_history_ring,
        renew=lambda: {"acts linked": link()},
        resting=lambda key_id: {"acts": rows_linked_by(key_id)},
        advice="Acts keep their MACs: keep the older one as long as the acts it wrote.",
    ),
}
"""By the name of the variable that holds it."""
