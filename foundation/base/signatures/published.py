"""Keys that others publish at an address: fetched when they are needed, kept for some minutes."""

import time
from collections.abc import Callable
from typing import NamedTuple

from foundation.base.outgoing import Call, OutgoingError, OutgoingReach, call
from foundation.base.signatures.key_sets import KeySet, parse_key_set
from scopeward_guard.vocabulary import MalformedError, parse_object

LIFETIME = 600.0
PAUSE = 30.0
"""Seconds. So long an unknown key id does not fetch them again: anybody can write one."""
LARGEST = 256 * 1024
"""Bytes of a key set."""
MOST_ADDRESSES = 1_000


class NoKeysError(Exception):
    """Nothing that can be used is published there; says why."""


class _Fetched(NamedTuple):
    at: float
    keys: KeySet
    error: str = ""


_kept: dict[str, _Fetched] = {}


def published_keys(
    address: str, reach: OutgoingReach, is_enough: Callable[[KeySet], bool]
) -> KeySet:
    """Return the keys at an address, fetched anew where those that are kept are not enough.

    `is_enough` says whether what is looked for is among them (OIDC Core §10.1.1: keys rotate).
    Raises `NoKeysError`; it too is kept for a while.
    """
    kept = _kept.get(address)
    if kept is None or _is_due(kept, is_enough):
        kept = _fetch(address, reach)
    if kept.error:
        raise NoKeysError(kept.error)
    return kept.keys


def forget() -> None:
    """Forget all of them."""
    _kept.clear()


def _is_due(kept: _Fetched, is_enough: Callable[[KeySet], bool]) -> bool:
    age = time.monotonic() - kept.at
    may_be_old = bool(kept.error) or not is_enough(kept.keys)
    return age >= (PAUSE if may_be_old else LIFETIME)


def _fetch(address: str, reach: OutgoingReach) -> _Fetched:
    try:
        keys, error = _asked(address, reach), ""
    except NoKeysError as refused:
        keys, error = (), str(refused)
    if len(_kept) >= MOST_ADDRESSES:
        _kept.clear()
    _kept[address] = found = _Fetched(time.monotonic(), keys, error)
    return found


def _asked(address: str, reach: OutgoingReach) -> KeySet:
    wanted = {"Accept": "application/jwk-set+json, application/json"}
    what = Call(address, method="GET", headers=wanted, largest_answer=LARGEST)
    try:
        answer = call(what, reach)
        if answer.status != 200:
            raise NoKeysError(f"answered {answer.status}")
        return parse_key_set(parse_object(answer.body, max_bytes=LARGEST))
    except (OutgoingError, MalformedError) as error:
        raise NoKeysError(f"{type(error).__name__}: {error}") from error
