"""Challenges for passkeys (WebAuthn §13.4.3): nothing is stored when one is made.

A challenge says until when it is good, and is authenticated together with what it is for; asking
for one costs nothing, in any number of tabs. What is stored is that one has been answered.
"""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta

from foundation.base import conf
from foundation.base.clearing import delete_in_batches
from foundation.directory.factors.models import UsedChallenge

LIFETIME = timedelta(minutes=10)
"""For so long a page may lie open before its passkey is used."""
LONGEST = 400
"""Bytes; what is longer was not made here."""
PURPOSE = "passkey challenge"


def make(purpose: str, now: datetime) -> bytes:
    """Return a challenge that is good for one purpose."""
    until = int((now + LIFETIME).timestamp())
    said = f"{secrets.token_urlsafe(18)}.{until}"
    return f"{said}.{_mac(said, purpose)}".encode()


def accept(challenge: bytes, purpose: str, now: datetime) -> bool:
    """Use a challenge up. False for one of another purpose, an old one, and a second time.

    Of any number at the same time one succeeds.
    """
    until = _good_until(challenge, purpose)
    if until is None or until < now:
        return False
    used = UsedChallenge(digest=hashlib.sha256(challenge).hexdigest(), expires_at=until)
    _, is_first = UsedChallenge.objects.get_or_create(
        digest=used.digest, defaults={"expires_at": until}
    )
    return is_first


def clear_expired(now: datetime) -> int:
    """Forget challenges that nobody could use again; return how many."""
    rows = UsedChallenge.objects.filter(expires_at__lte=now - LIFETIME)
    return delete_in_batches(rows, by="expires_at")


def _good_until(challenge: bytes, purpose: str) -> datetime | None:
    if len(challenge) > LONGEST or not challenge.isascii():
        return None
    said, _, mac = challenge.decode().rpartition(".")
    pepper = conf.current().pepper
    if not mac or not pepper.made(mac, PURPOSE, f"{purpose}\n{said}".encode()):
        return None
    return datetime.fromtimestamp(int(said.rpartition(".")[2]), tz=UTC)


def _mac(said: str, purpose: str) -> str:
    return conf.current().pepper.mac(PURPOSE, f"{purpose}\n{said}".encode())
