"""Signing keys: made, announced, used, retired, by themselves.

A key is *next* (published in the JWKS, not used yet), then *active* (signs), then *retiring*
(published until the last token it signed has expired), then *retired* (its private half is gone).
The public half stays: documents, and ID tokens that come back as hints, outlive their keys.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone
from jwcrypto import jwk

from foundation.base import conf
from foundation.base.configuration.epoch import start_new_epoch
from foundation.base.configuration.kept import Derived, Kept
from foundation.base.keys.authentic import forged, is_authentic, stamp
from foundation.base.keys.models import KeyState, SigningKey
from foundation.base.keys.sealing import seal, unseal
from foundation.base.keys.signing import Signer, verifier_of
from scopeward_guard.jose import VerifyingKey

log = structlog.get_logger(__name__)

ALGORITHMS = ("ES256", "RS256")
PUBLISHED = (KeyState.NEXT, KeyState.ACTIVE, KeyState.RETIRING)


class NoSigningKeyError(RuntimeError):
    """No active key for an algorithm: run `manage.py rotate_keys`."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """All keys of one epoch: signers by algorithm, verifiers by `kid`, and the JWKS."""

    signers: dict[str, Signer]
    verifiers: dict[str, VerifyingKey]
    """Of the keys in the JWKS: for tokens."""
    lasting_verifiers: dict[str, VerifyingKey]
    """Of retired keys too: for what gives no access."""
    jwks: list[dict[str, str]]

    def signer(self, algorithm: str) -> Signer:
        """Return the active signer; raises `NoSigningKeyError`."""
        try:
            return self.signers[algorithm]
        except KeyError:
            raise NoSigningKeyError(f"no active {algorithm} key: run rotate_keys") from None


def _load() -> KeyRing:
    ring = KeyRing(signers={}, verifiers={}, lasting_verifiers={}, jwks=[])
    for row in _rows.get():
        if not is_authentic(row):
            log.error("signing_key_refused", kid=row.kid, state=row.state)
            continue
        verifier = verifier_of(row.public_jwk, kid=row.kid)
        ring.lasting_verifiers[row.kid] = verifier
        if row.state not in PUBLISHED:
            continue
        ring.verifiers[row.kid] = verifier
        ring.jwks.append(row.public_jwk)
        if row.state == KeyState.ACTIVE:
            ring.signers[row.algorithm] = Signer.from_jwk(
                unseal(row.private_jwe), kid=row.kid, algorithm=row.algorithm
            )
    return ring


_rows = Kept(lambda: tuple(SigningKey.objects.order_by("-created_at", "kid")))
key_ring = Derived(_load).get
"""Return the `KeyRing` in force."""


def generate_key(algorithm: str) -> jwk.JWK:
    """Return a new private key: P-256 for ES256, RSA with 2048 bits for RS256."""
    parameters: dict[str, dict[str, Any]] = {
        "ES256": {"kty": "EC", "crv": "P-256"},
        "RS256": {"kty": "RSA", "size": 2048},
    }
    return jwk.JWK.generate(**parameters[algorithm])


def create_key(algorithm: str, state: KeyState, *, now: datetime) -> SigningKey:
    """Make a key and store it encrypted."""
    key = generate_key(algorithm)
    kid = key.thumbprint()
    public = {**key.export_public(as_dict=True), "kid": kid, "use": "sig", "alg": algorithm}
    row = SigningKey(
        kid=kid,
        algorithm=algorithm,
        public_jwk=public,
        private_jwe=seal(key),
        state=state,
        activated_at=now if state == KeyState.ACTIVE else None,
    )
    stamp(row)
    row.save(force_insert=True)
    return row


def _move(key: SigningKey, state: KeyState, *also: str) -> None:
    key.state = state
    stamp(key)
    key.save(update_fields=["state", "mac", *also])


def rotate_due_keys(*, now: datetime | None = None, force: bool = False) -> list[str]:
    """Do what is due for every algorithm; return one sentence per thing done.

    Safe to run at any time and twice at once: everything happens under one lock. With `force`,
    the next key becomes active now.
    """
    now = now or timezone.now()
    done: list[str] = []
    with transaction.atomic():
        # The epoch row is the lock: whoever rotates holds it until the end.
        start_new_epoch()
        done += _set_aside()
        for algorithm in ALGORITHMS:
            done += _rotate(algorithm, now=now, force=force)
        done += _retire(now=now)
    return done


def _set_aside() -> list[str]:
    """Let rows that nobody of ours wrote stand in no key's way. They stay refused, and visible."""
    done = []
    for key in forged():
        if key.state in PUBLISHED:
            key.state = KeyState.RETIRED
            key.save(update_fields=["state"])
            done.append(f"{key.algorithm}: {key.kid} is not one of ours, and set aside")
    return done


def _rotate(algorithm: str, *, now: datetime, force: bool) -> list[str]:
    settings = conf.current()
    keys = SigningKey.objects.filter(algorithm=algorithm)
    active = keys.filter(state=KeyState.ACTIVE).first()
    if active is None or active.activated_at is None:
        return [f"{algorithm}: {create_key(algorithm, KeyState.ACTIVE, now=now).kid} is active"]
    done = []
    following = keys.filter(state=KeyState.NEXT).first()
    age = (now - active.activated_at).total_seconds()
    announce_at = settings.key_rotation_period - settings.key_announcement_period
    if following is None and (force or age >= announce_at):
        following = create_key(algorithm, KeyState.NEXT, now=now)
        done.append(f"{algorithm}: {following.kid} is announced")
    if following is not None and (force or age >= settings.key_rotation_period):
        active.retiring_at = following.activated_at = now
        _move(active, KeyState.RETIRING, "retiring_at")
        _move(following, KeyState.ACTIVE, "activated_at")
        done.append(f"{algorithm}: {following.kid} is active")
    return done


def _retire(*, now: datetime) -> list[str]:
    """Drop keys whose last token has expired, and a day more for clocks and caches."""
    longest = max(conf.current().access_token_lifetime, conf.current().id_token_lifetime)
    due = now - timedelta(seconds=longest + 86_400)
    done = []
    for key in SigningKey.objects.filter(state=KeyState.RETIRING, retiring_at__lte=due):
        key.private_jwe = ""
        _move(key, KeyState.RETIRED, "private_jwe")
        done.append(f"{key.algorithm}: {key.kid} is retired")
    return done
