"""Reading a statement anew costs what the statement is, not what the library sets up around it."""

import sys
import threading
from typing import Any

import pytest
from hypothesis import given, strategies as st
from sqlglot.tokenizer_core import TokenType

from bench.in_process.sql import CATALOGUE, CTE_JOIN, SIMPLE
from scopeward_guard.sql import derive
from scopeward_guard.sql._grammar import effort, parsing
from scopeward_guard.sql._grammar.dialects import POSTGRES
from scopeward_guard.sql._grammar.effort import tokens_of
from scopeward_guard.sql._grammar.parsing import MAX_NESTING, MAX_SIGNS, MAX_WAITING_JOINS


@pytest.mark.parametrize(("text", "most"), [(SIMPLE, 1_100), (CTE_JOIN, 4_400)])
def test_reading_calls_no_more_functions_than_it_did(text: str, most: int) -> None:
    derive(text, CATALOGUE)
    count = 0

    def counted(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(counted)
    try:
        derive(text, CATALOGUE)
    finally:
        sys.setprofile(None)

    assert most * 0.7 < count <= most


def test_each_thread_has_one_tokenizer_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    monkeypatch.setattr(effort, "_of_thread", effort._OfThread())
    reader = effort.reader
    monkeypatch.setattr(effort, "reader", lambda name: made.append(1) or reader(name))  # type: ignore[func-returns-value]
    found: list[list[str]] = []

    def read() -> None:
        texts = ("SELECT 1", "SELECT 'a' || :b")
        found.extend([token.text for token in tokens_of(text, POSTGRES)] for text in texts)

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(made) == 2
    assert sorted(found) == sorted([["SELECT", "1"], ["SELECT", "a", "||", ":", "b"]] * 2)


def test_what_could_not_be_read_leaves_nothing_behind() -> None:
    with pytest.raises(Exception, match="Error tokenizing"):
        tokens_of("SELECT 'a", POSTGRES)

    assert [token.text for token in tokens_of("SELECT 1", POSTGRES)] == ["SELECT", "1"]


kinds = st.lists(
    st.sampled_from([
        TokenType.L_PAREN, TokenType.R_PAREN, TokenType.JOIN, TokenType.JOIN, TokenType.ON,
        TokenType.CROSS, TokenType.NOT, TokenType.DASH, TokenType.CASE, TokenType.VAR,
    ]),
    max_size=60,
)  # fmt: skip


@given(kinds, st.integers(0, 3))
def test_counting_first_refuses_what_is_refused_by_looking(kinds: list[Any], most: int) -> None:
    depth = deepest = 0
    for kind in kinds:
        depth = max(0, depth + (kind == TokenType.L_PAREN) - (kind == TokenType.R_PAREN))
        deepest = max(deepest, depth)
    pair = (TokenType.L_PAREN, TokenType.R_PAREN)

    assert parsing._is_deeper(kinds, pair, most) is (deepest > most)


@pytest.mark.parametrize(
    ("text", "most"),
    [
        (lambda n: "SELECT " + "(" * n + "1" + ")" * n, MAX_NESTING),
        (lambda n: "SELECT " + "- " * n + "1", MAX_SIGNS),
        (lambda n: "SELECT 1 FROM a" + " JOIN a" * n + " ON true" * n, MAX_WAITING_JOINS),
    ],
    ids=["brackets", "signs", "joins"],
)
def test_limits_are_where_they_are_said_to_be(text: Any, most: int) -> None:
    parsing.check_tokens(tokens_of(text(most), POSTGRES), parsing.MAX_TOKENS)

    with pytest.raises(parsing.SqlRefusedError):
        parsing.check_tokens(tokens_of(text(most + 1), POSTGRES), parsing.MAX_TOKENS)
