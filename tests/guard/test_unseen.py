"""What a reader does not see: one list, for showing and for refusing."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from scopeward_guard._base.unseen import BLANK, IGNORABLE, UNPRINTED, hiding, is_unseen
from scopeward_guard._binding.schemas import QUERY_SCHEMA
from tests.guard.test_queries import detail

VALID = Draft202012Validator(QUERY_SCHEMA)
LINE = hiding("\x00-\x1f")
TEXT = hiding("\x00-\x08", "\x0b-\x0c", "\x0e-\x1f")
"""With tabs, line feeds and carriage returns."""
READ_BY_PEOPLE = {"datatypes", "statement", "parameters", "purpose"}

EVERY_SIGN = "".join(map(chr, range(0x110000)))
SPACES = "".join(map(chr, (0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000)))


@cache
def unseen() -> frozenset[str]:
    return frozenset(filter(is_unseen, EVERY_SIGN))


def signs_of(ranges: tuple[str, ...], text: str = EVERY_SIGN) -> list[str]:
    return re.findall(f"[{''.join(ranges)}]", text)


def patterns(schema: Any) -> Iterator[str]:
    """Yield what texts in a schema may not match."""
    if isinstance(schema, dict):
        if isinstance(schema.get("not"), dict) and schema["not"].get("pattern", "").startswith(
            "[\\u"
        ):
            yield schema["not"]["pattern"]
        for part in schema.values():
            yield from patterns(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from patterns(part)


@pytest.mark.parametrize(
    "sign",
    [
        "\u00ad", "\u034f", "\u061c", "\u115f", "\u1160", "\u17b4", "\u17b5", "\u180e", "\u200b",
        "\u200d", "\u202e", "\u2060", "\u2066", "\u2800", "\u3164", "\ufe00", "\ufe0f", "\ufeff",
        "\uffa0", "\U000e0001", "\U000e0041", "\U000e0100", "\ud800", "\x07", "\r", "\u2028",
        "\ue000", *SPACES,
    ],
    ids=ascii,
)  # fmt: skip
def test_what_is_hidden_blank_or_wide_is_unseen(sign: str) -> None:
    assert is_unseen(sign)


def test_letters_digits_and_signs_of_every_script_are_seen() -> None:
    assert not [sign for sign in " \n\taZ09é日本語العربيةאβЖ한ñ😀€…–'\"" if is_unseen(sign)]
    blank = {sign for sign in unseen() if unicodedata.category(sign)[0] in "LMNPS"}
    assert set(signs_of(IGNORABLE + BLANK, "".join(blank))) == blank
    assert len(blank) < 300


def test_what_is_refused_is_unseen_and_only_wide_spaces_and_unknown_signs_are_shown() -> None:
    refused = set(re.findall(LINE, EVERY_SIGN)) - {"\n", "\t"}

    assert refused <= unseen()
    assert refused >= set(signs_of(IGNORABLE + BLANK + UNPRINTED))
    assert not refused & set(SPACES)


def test_schema_refuses_by_the_one_list_and_in_every_text_that_people_read() -> None:
    found = {
        name: set(patterns(schema))
        for name, schema in QUERY_SCHEMA["properties"].items()
        if any(patterns(schema))
    }

    assert found == {
        "datatypes": {LINE}, "purpose": {LINE}, "statement": {TEXT}, "parameters": {TEXT},
    }  # fmt: skip


@pytest.mark.parametrize("sign", ["\U000e0041", "\u3164", "\u2800", "\ufe0f", "\u202e"], ids=ascii)
@pytest.mark.parametrize("name", sorted(READ_BY_PEOPLE))
def test_hidden_sign_in_a_text_is_refused(name: str, sign: str) -> None:
    values = {"datatypes": [f"a.b.{sign}c"], "parameters": {"id": f"4{sign}2"}}

    assert not VALID.is_valid(detail(**{name: values.get(name, f"SELECT {sign}1")}))


def test_honest_text_of_any_script_is_taken() -> None:
    assert VALID.is_valid(
        detail(statement="SELECT 'Größe 日本語 עברית  😀 5\u00a0€'", purpose="Аудит")
    )
