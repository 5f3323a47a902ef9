"""Texts from outside, as they can be stored and as they can be trusted on a screen."""

import unicodedata

LONGEST = 2000


def storable(text: str) -> str:
    """Return a remark without what a database refuses, cut to a length people still read."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()[:LONGEST]


def is_invisible(sign: str) -> bool:
    """Whether a character changes how others read without being seen: direction, zero width."""
    return (
        unicodedata.category(sign) in {"Cf", "Cc", "Cn", "Co", "Cs", "Zl", "Zp"}
        and sign not in "\n\t"
    )


def visible(text: str) -> str:
    """Return the text with every invisible character spelt out, such as `U+202E`."""
    return "".join(
        f"\u27e8U+{ord(sign):04X}\u27e9" if is_invisible(sign) else sign for sign in text
    )
