"""A detail in words. Its values come from a client and must not be able to bend the sentence."""

from collections.abc import Mapping
from itertools import cycle
from typing import Any

from django.utils.translation import gettext, override

from claims.catalogue.models.details_schema import PLACEHOLDER
from foundation.base.texts.legible import in_a_line
from scopeward_guard.vocabulary import canonical

LONGEST_VALUE = 200


def in_words(sentence: str, data: Mapping[str, Any], locale: str | None) -> str:
    """Return the sentence with each `{member}` replaced by its value in the detail."""
    return "".join(text for text, _is_value in in_parts(sentence, data, locale))


def in_parts(
    sentence: str, data: Mapping[str, Any], locale: str | None
) -> tuple[tuple[str, bool], ...]:
    """Return the same in parts, each with whether it is a value: of anybody, in any direction."""
    with override(locale or "en"):
        absent = gettext("(not stated)")
    words = PLACEHOLDER.split(sentence)
    return tuple(
        ((_value(data[word]) if word in data else absent) if is_value else word, is_value)
        for word, is_value in zip(words, cycle((False, True)), strict=False)
        if word
    )


def _value(value: Any) -> str:
    if isinstance(value, list) and all(isinstance(entry, str) for entry in value):
        text = ", ".join(value)
    elif isinstance(value, str):
        text = value
    else:
        text = canonical(value).decode()
    shown = in_a_line(text)
    return shown if len(shown) <= LONGEST_VALUE else f"{shown[: LONGEST_VALUE - 1]}…"
