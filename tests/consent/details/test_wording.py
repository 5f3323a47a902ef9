"""A sentence for people, which values of a client cannot bend."""

from typing import Any

import pytest

from claims.catalogue.details.catalogue import all_types
from claims.catalogue.details.defaults import DEFAULT_TYPES, QUERY
from claims.catalogue.details.detail import Detail
from claims.catalogue.details.wording import in_parts

pytestmark = pytest.mark.django_db


def sentence(locale: str = "en", **members: Any) -> str:
    return Detail.of(all_types()[QUERY], {**DEFAULT_TYPES[QUERY]["example"], **members}).sentence(
        locale
    )


def test_detail_is_told_with_its_values() -> None:
    assert sentence() == (
        "Run one query (select) on warehouse, and read at most 100 rows of hr.employees.salary."
    )


def test_detail_is_told_in_the_language_of_the_reader() -> None:
    assert sentence("de-AT").startswith("Eine Abfrage (select) auf warehouse")


def test_detail_is_told_in_english_where_nobody_translated_it() -> None:
    assert sentence("fr") == sentence("en")


@pytest.mark.parametrize(
    "hidden",
    ["\u202e", "\u200b", "\u2066", "\x1b", "\n", "\u2028", "\u00ad", "\u3164", "\U000e0041"],
    ids=ascii,
)
def test_characters_that_hide_or_turn_text_are_marked(hidden: str) -> None:
    told = sentence(identifier=f"ware{hidden}house")

    assert hidden not in told
    assert f"ware⟨U+{ord(hidden):04X}⟩house" in told


def test_name_that_passes_for_another_is_marked() -> None:
    assert "wаrehouse⟨Latin + Cyrillic⟩" in sentence(identifier="wаrehouse")


def test_values_are_told_apart_from_the_words_around_them() -> None:
    parts = in_parts("{a} of {b}{c}", {"a": "x", "b": "\u05d0"}, "en")

    assert parts == (("x", True), (" of ", False), ("\u05d0", True), ("(not stated)", True))


def test_value_cannot_bring_placeholders_of_its_own() -> None:
    assert "{max_rows}" in sentence(identifier="{max_rows}")


def test_long_value_is_cut_and_says_so() -> None:
    told = sentence(identifier="w" * 300)

    assert "w" * 199 + "…" in told
    assert "w" * 200 not in told


def test_member_that_is_not_there_is_named_as_missing() -> None:
    entry = all_types()[QUERY]
    data = {"type": QUERY}

    assert "(not stated)" in Detail.of(entry, data).sentence("en")
