"""How passwords are stored: Argon2id (RFC 9106) at the cost that the operator has chosen.

docs/decisions/0019-passwords.md has the reasons for what it is when nobody has.
"""

import time

import structlog
from django.contrib.auth.hashers import Argon2PasswordHasher, PBKDF2PasswordHasher

from foundation.base import conf
from foundation.directory.passwords.at_once import turns

LEAST = {1: 46, 2: 19, 3: 12, 4: 9, 5: 7}
"""MiB that OWASP's Password Storage Cheat Sheet wants at least, by passes; five or more: 7."""
log = structlog.get_logger(__name__)


class Argon2id(Argon2PasswordHasher):
    """Argon2id with one lane: a sign-in takes one core, and others sign in on the others."""

    parallelism = 1

    @property
    def time_cost(self) -> int:  # type: ignore[override]
        """Passes over the memory."""
        return conf.current().password_passes

    @property
    def memory_cost(self) -> int:  # type: ignore[override]
        """KiB."""
        return conf.current().password_memory * 1024

    def encode(self, password: str, salt: str) -> str:
        """Return what is stored of a password; raises TooManyAtOnceError."""
        with turns().taken():
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        """Say whether it is the password; raises TooManyAtOnceError."""
        with turns().taken():
            return super().verify(password, encoded)


class Pbkdf2(PBKDF2PasswordHasher):
    """For people who come from elsewhere with such digests; replaced when they sign in."""

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        """Return what is stored of a password, to verify it too; raises TooManyAtOnceError."""
        with turns().taken():
            return super().encode(password, salt, iterations)


def is_too_cheap() -> bool:
    """Whether a hash costs less than OWASP's least."""
    current = conf.current()
    return current.password_memory < LEAST[min(current.password_passes, max(LEAST))]


def announce() -> None:
    """Make one hash and say in the log what it costs on this machine."""
    hasher, current = Argon2id(), conf.current()
    started = time.perf_counter()
    hasher.encode("measured", hasher.salt())
    log.info(
        "password_hash",
        milliseconds=round((time.perf_counter() - started) * 1000),
        mebibytes=current.password_memory,
        passes=current.password_passes,
        at_once=current.password_hashes_at_once,
    )
