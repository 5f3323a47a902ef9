"""Challenges for passkeys (WebAuthn §13.4.3): nothing is stored when one is made.

A challenge says until when it is good, and is authenticated together with what it is for; asking
for one costs nothing, in any number of tabs. What is stored is that one has been answered.
"""

import secrets
from datetime import UTC, datetime, timedelta

from foundation.base import conf
from foundation.base.used_once import use_once

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
    return use_once(PURPOSE, challenge.decode(), until=until)


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
