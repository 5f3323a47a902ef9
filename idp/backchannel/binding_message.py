"""`binding_message` (CIBA Core §7.1): what both sides show, so it must read the same on both.

A code, unless an administrator lets the client write freely: what a client writes reaches people in
our name, by e-mail too, and has to lead nowhere.
"""

import re
import unicodedata

from foundation.base.texts.legible import mixtures
from idp.errors import InvalidBindingMessageError
from scopeward_guard.vocabulary import is_unseen

CODE = re.compile(r"[A-Z0-9-]{4,12}")
"""What two people compare at one glance."""
LONGEST = 64
"""Characters of a free text."""
KINDS = ("L", "N", "P", "Sc", "Sm", "Sk")
"""Letters, digits, punctuation and signs. No controls, no direction marks, no pictures."""
LINK = re.compile(r"://|www\.|\w[.\u3002\uff0e\uff61]\w|\w@\w", re.IGNORECASE)
"""What programs for mail and chat make a link of: addresses, and hosts with a dot."""


def check_binding_message(message: str, *, free_text: bool = False) -> None:
    """CIBA Core §13 `invalid_binding_message`: refuse what could read differently than it is.

    Invisible characters reorder or hide others (U+202E, U+200B); marks that combine pile up; an
    unusual space looks like the usual one. Emoji are drawn differently everywhere.
    """
    if not message or CODE.fullmatch(message):
        return
    if not free_text:
        raise InvalidBindingMessageError("Use a code of 4 to 12 signs: A to Z, 0 to 9 and -.")
    if len(message) > LONGEST:
        raise InvalidBindingMessageError(f"It may have {LONGEST} characters at most.")
    if message != message.strip() or "  " in message:
        raise InvalidBindingMessageError("It may not begin or end with spaces, nor have two.")
    if unicodedata.normalize("NFKC", message) != message or not all(map(_is_plain, message)):
        raise InvalidBindingMessageError("Use letters, digits, punctuation and single spaces.")
    if LINK.search(message):
        raise InvalidBindingMessageError("It may not have an address in it, nor look like one.")
    if any(mixtures(message)):
        raise InvalidBindingMessageError("It may not mix scripts that look alike.")


def _is_plain(sign: str) -> bool:
    if is_unseen(sign):
        return False
    return sign == " " or unicodedata.category(sign).startswith(KINDS)
