"""References of decisions: what somebody who was refused reads out to whoever can help.

Ten characters of Crockford's base32 in two halves, such as `k7mq2-x9d4r`: 50 random bits, none of
the letters that are taken for digits. A reference opens nothing by itself; who asks decides what
is shown.
"""

import hashlib
import re
import secrets

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_HALF = 5
_TAKEN_FOR_DIGITS = str.maketrans("oil", "011", "- \t")
_TEN = re.compile(rf"[{ALPHABET}]{{{2 * _HALF}}}")


def new_reference() -> str:
    """Return a reference that nobody can guess."""
    return reference_of(secrets.token_bytes(10))


def reference_of(data: bytes) -> str:
    """Return the reference that ten or more bytes make, the same for the same bytes."""
    letters = "".join(ALPHABET[byte % 32] for byte in data[: 2 * _HALF])
    return f"{letters[:_HALF]}-{letters[_HALF:]}"


def read_reference(text: str) -> str | None:
    """Return the reference that somebody typed, however it was copied; None if it is none."""
    letters = text[:64].strip().lower().translate(_TAKEN_FOR_DIGITS)
    return f"{letters[:_HALF]}-{letters[_HALF:]}" if _TEN.fullmatch(letters) else None


def is_sampled(reference: str, one_in: int) -> bool:
    """Return whether a permit with this reference is among the one in `one_in` that are kept.

    The same everywhere: what a guard keeps one in ten of, a provider that keeps one in ten keeps
    all of. 0 keeps none.
    """
    if one_in < 2:
        return one_in == 1
    return int.from_bytes(hashlib.sha256(reference.encode()).digest()[:8]) % one_in == 0
