"""Texts from outside, as people can trust them: nothing unseen, no letters that pass for others.

What is spelt out stands in the text itself, between angle brackets: in a page, a mail and a
terminal alike, and in the digest of what was shown.
"""

import re
import unicodedata
from collections.abc import Iterator

from scopeward_guard.vocabulary import is_unseen

TOGETHER = tuple(
    frozenset(scripts)
    for scripts in (
        ("Latin", "Han", "Hiragana", "Katakana"),
        ("Latin", "Han", "Bopomofo"),
        ("Latin", "Han", "Hangul"),
    )
)
"""Scripts that are written in one word (UTS 39 §5.2, "Highly Restrictive")."""
HAN = frozenset({"CJK", "IDEOGRAPHIC", "KANGXI"})
COMMON = frozenset({"MICRO", "MODIFIER", "FEMININE", "MASCULINE", "KATAKANA-HIRAGANA"})
"""First words in the names of letters that belong to every script."""

_WORD = re.compile(r"[^\W\d_](?:\w*[^\W\d_])?")
_BREAK = re.compile(r"[\n\t]")
_PLAIN = re.compile(r"[\n\t -~]*")
_BEGIN, _END = "\u27e8", "\u27e9"


def visible(text: str) -> str:
    """Return the text with what is unseen spelt out, such as `⟨U+202E⟩`, and mixtures named.

    After a word of several scripts stand their names, `⟨Latin + Cyrillic⟩`. Doing it twice changes
    nothing.
    """
    at, read = 0, []
    for place, note in mixtures(text):
        read += [spelt_out(text[at:place]), note]
        at = place
    return "".join((*read, spelt_out(text[at:])))


def in_a_line(text: str) -> str:
    """Return the text as `visible` does, with line feeds and tabs spelt out too."""
    return _BREAK.sub(lambda found: _code(found[0]), visible(text))


def mixtures(text: str) -> Iterator[tuple[int, str]]:
    """Yield where a word of several scripts ends, and what is to be said of it there."""
    for found in _WORD.finditer(text):
        note = _note(found[0])
        if note and not text.startswith(note, found.end()):
            yield found.end(), note


def spelt_out(text: str) -> str:
    """Return the text with every character that is not seen as its code point."""
    if _PLAIN.fullmatch(text):
        return text
    return "".join(_code(sign) if is_unseen(sign) else sign for sign in text)


def scripts_of(word: str) -> tuple[str, ...]:
    """Return the scripts of the letters of a word, in the order of their appearance.

    A script is the first word of a letter's name in Unicode. A letter of another form, such as
    FULLWIDTH or MATHEMATICAL, is of a script of its own: it passes for a plain one too.
    """
    if word.isascii():
        return ("Latin",)
    return tuple(dict.fromkeys(script for sign in word if (script := _script(sign))))


def _script(sign: str) -> str:
    if not unicodedata.category(sign).startswith("L"):
        return ""
    first = unicodedata.name(sign, "Unknown").partition(" ")[0]
    if first in COMMON:
        return ""
    return "Han" if first in HAN else first.title()


def _note(word: str) -> str:
    """Return what is said of a word whose letters may pass for others (UTS 39 §5.1), or nothing."""
    scripts = scripts_of(word)
    if len(scripts) < 2 or any(set(scripts) <= together for together in TOGETHER):
        return ""
    return f"{_BEGIN}{' + '.join(scripts)}{_END}"


def _code(sign: str) -> str:
    return f"{_BEGIN}U+{ord(sign):04X}{_END}"
