"""Characters that a reader does not see, and that change what is read: one list for all of it.

`is_unseen` is for showing, `HIDING` for refusing: a wide space may stand in an honest text, a
joiner between two letters of a name may not.
"""

import unicodedata
from collections.abc import Iterable

IGNORABLE = (
    "\u00ad", "\u034f", "\u061c", "\u115f-\u1160", "\u17b4-\u17b5", "\u180b-\u180f",
    "\u200b-\u200f", "\u202a-\u202e", "\u2060-\u206f", "\u3164", "\ufe00-\ufe0f", "\ufeff",
    "\uffa0", "\ufff0-\ufff8", "\U0001bca0-\U0001bca3", "\U0001d173-\U0001d17a",
    "\U000e0000-\U000e0fff",
)  # fmt: skip
"""Default_Ignorable_Code_Point (Unicode 17, DerivedCoreProperties.txt), as ranges."""
BLANK = ("\u2800", "\ufffc", "\U00013441-\U00013442", "\U00016fe4", "\U0001d159")
"""Signs and letters that are drawn as nothing."""
UNPRINTED = ("\u2028-\u2029", "\ud800-\udfff", "\ufff9-\ufffb")
"""Line and paragraph separators, halves of characters, marks of annotations."""

UNSEEN_CATEGORIES = frozenset({"Cf", "Cc", "Cn", "Co", "Cs", "Zl", "Zp"})
"""Of Unicode: nothing in them is drawn, or nobody knows how."""


def hiding(*controls: str) -> str:
    """Return a class for regular expressions: what hides or reorders, and these control signs.

    Python and JavaScript (with the flag `u`) read it alike.
    """
    ranges = (*controls, "\u007f-\u009f", *IGNORABLE, *BLANK, *UNPRINTED)
    return f"[{''.join(map(_escaped, sorted(ranges)))}]"


def is_unseen(sign: str) -> bool:
    """Return whether a character is not seen as itself: hidden, blank, or a space but U+0020.

    A line feed and a tab are seen.
    """
    if sign in "\n\t" or " " <= sign <= "~":
        return False
    category = unicodedata.category(sign)
    return category in UNSEEN_CATEGORIES or category == "Zs" or sign in _LISTED


def _escaped(part: str) -> str:
    return "-".join(sign if sign > "\uffff" else f"\\u{ord(sign):04X}" for sign in part.split("-"))


def _signs(ranges: Iterable[str]) -> Iterable[str]:
    for part in ranges:
        first, last = part[0], part[-1]
        yield from map(chr, range(ord(first), ord(last) + 1))


_LISTED = frozenset(_signs((*IGNORABLE, *BLANK)))
