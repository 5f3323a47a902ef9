"""`binding_message` (CIBA Core §7.1): what both sides show, so it must read the same on both."""

import unicodedata

from idp.errors import InvalidBindingMessageError

LONGEST = 64
"""Characters: it is compared at one glance."""
KINDS = ("L", "N", "P", "Sc", "Sm", "Sk")
"""Letters, digits, punctuation and signs. No controls, no direction marks, no pictures."""


def check_binding_message(message: str) -> None:
    """CIBA Core §13 `invalid_binding_message`: refuse what could read differently than it is.

    Invisible characters reorder or hide others (U+202E, U+200B); marks that combine pile up; an
    unusual space looks like the usual one. Emoji are drawn differently everywhere.
    """
    if len(message) > LONGEST:
        raise InvalidBindingMessageError(f"It may have {LONGEST} characters at most.")
    if message != message.strip() or "  " in message:
        raise InvalidBindingMessageError("It may not begin or end with spaces, nor have two.")
    if unicodedata.normalize("NFC", message) != message or not all(map(_is_plain, message)):
        raise InvalidBindingMessageError("Use letters, digits, punctuation and single spaces.")


def _is_plain(sign: str) -> bool:
    return sign == " " or unicodedata.category(sign).startswith(KINDS)
