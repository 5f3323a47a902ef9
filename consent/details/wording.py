"""A detail in words. Its values come from a client and must not be able to bend the sentence."""

import unicodedata
from collections.abc import Mapping
from typing import Any

import rfc8785
from django.utils.translation import gettext, override

from consent.models.details_schema import PLACEHOLDER

LONGEST_VALUE = 200
HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Unicode categories that show nothing, or turn the direction of what follows."""


def in_words(sentence: str, data: Mapping[str, Any], locale: str | None) -> str:
    """Return the sentence with each `{member}` replaced by its value in the detail."""
    with override(locale or "en"):
        absent = gettext("(not stated)")
        return PLACEHOLDER.sub(
            lambda found: _value(data[found[1]]) if found[1] in data else absent, sentence
        )


def visible(text: str) -> str:
    """Return the text with a mark in the place of every character that a reader would not see."""
    return "".join(
        "\N{REPLACEMENT CHARACTER}" if unicodedata.category(character) in HIDDEN else character
        for character in text
    )


def _value(value: Any) -> str:
    if isinstance(value, list) and all(isinstance(entry, str) for entry in value):
        text = ", ".join(value)
    elif isinstance(value, str):
        text = value
    else:
        text = rfc8785.dumps(value).decode()
    shown = visible(text)
    return shown if len(shown) <= LONGEST_VALUE else f"{shown[: LONGEST_VALUE - 1]}…"
