"""Canonical JSON and strict JSON: one writer and one reader, whatever the value."""

import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings, strategies as st

from scopeward_guard.vocabulary import (
    LARGEST_INTEGER,
    MalformedError,
    canonical,
    parse_object,
    parse_value,
)

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats()
    | st.text(st.characters(codec=None), max_size=6)
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@pytest.mark.spec("RFC 8785", "3.2")
@settings(max_examples=100, deadline=None)
@given(value=values)
def test_what_is_written_is_what_rfc_8785_writes(value: Any) -> None:
    try:
        expected = rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, ValueError):
        with pytest.raises(MalformedError):
            canonical(value)
    else:
        assert canonical(value) == expected


@pytest.mark.spec("RFC 8785", "3.2.2")
@pytest.mark.parametrize(
    "value", [2**53, -(2**53), float("nan"), float("inf"), "\ud800", b"x", {1: 2}, {"a": {3}}]
)
def test_what_has_no_canonical_form_is_refused(value: Any) -> None:
    with pytest.raises(MalformedError):
        canonical({"a": [value]})


@pytest.mark.spec("RFC 8259", "4")
@pytest.mark.parametrize(
    "text",
    [
        '{"a":1,"a":1}',
        '[{"a":{"b":1,"b":2}}]',
        "NaN",
        "[Infinity]",
        "",
        "[" * 9999,
        '"\xff"',
        "[1]]",
    ],
)
def test_what_can_be_read_in_two_ways_is_refused(text: str) -> None:
    for parse in (parse_value, parse_object):
        with pytest.raises(MalformedError):
            parse(text.encode("latin-1"), max_bytes=99_999)


@pytest.mark.spec("RFC 7493", "2.2")
@pytest.mark.parametrize("number", [2**53, -(2**53), "1e16", "1e999", "-1e400", "9" * 5000])
def test_numbers_that_others_round_are_refused(number: object) -> None:
    with pytest.raises(MalformedError):
        parse_value(f'{{"a": [{number}]}}'.encode(), max_bytes=9_999)


def test_numbers_that_are_exact_are_read_as_a_database_gives_them_back() -> None:
    read = parse_value(f"[{LARGEST_INTEGER}, 1.0, 1e2, 0.5, -0.0]".encode(), max_bytes=99)

    assert json.dumps(read) == f"[{LARGEST_INTEGER}, 1, 100, 0.5, 0]"


def test_more_than_is_allowed_is_not_read() -> None:
    assert parse_value(b"[1]", max_bytes=3) == [1]
    with pytest.raises(MalformedError, match="too long"):
        parse_value(b"[1] ", max_bytes=3)
