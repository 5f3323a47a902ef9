"""Whether something is somebody's password, in a time that does not tell whose it is not.

A no takes as long whether there is nobody, nobody with a password, or somebody with another one:
one hash in each of the ways that are in use. Usually that is the way of now alone. After its cost
was changed there are people who have not signed in since, whose hashes take another time; from when
this process has met the first of them, a no takes both hashes for everybody, until none is left and
the process starts again.
"""

import secrets
from collections.abc import Sequence

from django.contrib.auth.hashers import (
    BasePasswordHasher,
    get_hasher,
    identify_hasher,
    is_password_usable,
)

MOST_WAYS = 4
"""So many are known; there are more only after three changes within one process."""
_met: dict[str, str] = {}
"""A hash of each way in which hashes were made."""


def is_password(spellings: Sequence[str], encoded: str) -> bool:
    """Say whether one of the spellings is the password. A no takes the time of all of them.

    Raises `TooManyAtOnceError`.
    """
    nobodys = _nobodys()
    hasher = _hasher_of(encoded)
    own = encoded if hasher else nobodys
    _meet(nobodys, own)
    for spelling in spellings:
        if _verified(spelling, own) and hasher:
            return True
        for way, other in list(_met.items()):
            if way != way_of(own):
                _verified(spelling, other)
    return False


def renewed(password: str, encoded: str) -> str | None:
    """Return the password hashed as it is done now; None where it is already.

    The salt stays where it can: it is the same password, and sessions go by the salt. Raises
    `TooManyAtOnceError`.
    """
    hasher, preferred = identify_hasher(encoded), get_hasher()
    if hasher.algorithm != preferred.algorithm:
        return preferred.encode(password, preferred.salt())
    if not preferred.must_update(encoded):
        return None
    again = preferred.encode(password, preferred.decode(encoded)["salt"])
    # A salt that is too short by now has to go.
    return preferred.encode(password, preferred.salt()) if preferred.must_update(again) else again


def salt_of(encoded: str) -> str:
    """Return what every new password changes, and a new cost does not."""
    *_way, salt, _digest = encoded.rsplit("$", 2) if encoded.count("$") >= 2 else ("", encoded, "")
    return salt


def way_of(encoded: str) -> str:
    """Return algorithm and cost as they stand before the salt."""
    return encoded.rsplit("$", 2)[0]


def _meet(nobodys: str, own: str) -> None:
    _met.setdefault(way_of(nobodys), nobodys)
    if len(_met) < MOST_WAYS:
        _met.setdefault(way_of(own), own)


def _nobodys() -> str:
    """Return the hash of a password that nobody knows, made as it is done now."""
    hasher = get_hasher()
    algorithm = str(hasher.algorithm)
    found = _nobodys_of.get(algorithm)
    if found is None or hasher.must_update(found):
        found = hasher.encode(secrets.token_urlsafe(), hasher.salt())
        _nobodys_of[algorithm] = found
    return found


_nobodys_of: dict[str, str] = {}


def _verified(spelling: str, encoded: str) -> bool:
    return identify_hasher(encoded).verify(spelling, encoded)


def _hasher_of(encoded: str) -> BasePasswordHasher | None:
    """Return what made it; None for what is no hash of a password."""
    if not is_password_usable(encoded):
        return None
    try:
        return identify_hasher(encoded)
    except ValueError:
        return None
