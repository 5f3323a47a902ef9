"""Passwords that were found in breaches: looked up in a file of the operator's, without a network.

The file is what Have I Been Pwned publishes: one line for each, `SHA-1:COUNT`, sorted by the hash.
It has about a thousand million lines, so it is not read but searched.
"""

import hashlib
import os
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

DIGITS = 40
"""Of SHA-1 in hexadecimal."""
LONGEST_LINE = 128
"""Bytes; the file has lines of about 50."""


class UnusableListError(Exception):
    """The file is no sorted list of hashes; what is wrong with it is in the text."""


def is_breached(password: str, path: Path) -> bool:
    """Say whether the list holds a password. Reads about 40 lines of it.

    Raises `OSError` and `UnusableListError`.
    """
    hashed = hashlib.sha1(password.encode("utf-8", "surrogatepass"), usedforsecurity=False)
    wanted = hashed.hexdigest().upper().encode()
    with path.open("rb", buffering=0) as file:
        return _find(file, wanted, os.fstat(file.fileno()).st_size)


@lru_cache(maxsize=4)
def why_unusable(path: Path) -> str:
    """Return what is wrong with a list, empty when it can be searched. Looked at once."""
    try:
        with path.open("rb", buffering=0) as file:
            size = os.fstat(file.fileno()).st_size
            lines = [_line_at(file, size * part // 16)[1] for part in range(16)]
    except (OSError, UnusableListError) as error:
        return str(error)
    hashes = [line for line in lines if line]
    return "" if hashes and hashes == sorted(hashes) else "It is empty or not sorted by the hash."


def _find(file: BinaryIO, wanted: bytes, size: int) -> bool:
    """Search between two places of the file: the first line that begins at or after each."""
    low, high = 0, size
    while low < high:
        middle = (low + high) // 2
        after, found = _line_at(file, middle)
        if found == wanted:
            return True
        if not found or found > wanted:
            high = middle
        else:
            low = after
    return False


def _line_at(file: BinaryIO, place: int) -> tuple[int, bytes]:
    """Return the hash of the first line that begins at or after a place, and where it ends.

    No hash where there is none any more.
    """
    begin = max(place - 1, 0)
    file.seek(begin)
    read = file.read(2 * LONGEST_LINE)
    skipped = read.find(b"\n") + 1 if place else 0
    if place and not skipped:
        if len(read) == 2 * LONGEST_LINE:
            raise UnusableListError("It has a line that is too long.")
        return begin + len(read), b""
    line, newline, _ = read[skipped:].partition(b"\n")
    if not line.strip():
        return begin + len(read), b""
    found = line.partition(b":")[0].strip().upper()
    if len(found) != DIGITS or not set(found) <= set(b"0123456789ABCDEF"):
        raise UnusableListError("It has a line that does not begin with a SHA-1 hash.")
    return begin + skipped + len(line) + len(newline), found
