"""The coloured statement is the statement."""

import pytest
from hypothesis import given, strategies as st

from consent.approvals.card.highlight import Piece, pieces
from foundation.base.texts.legible import visible
from scopeward_guard._base.unseen import is_unseen


@given(st.text(max_size=200))
def test_the_pieces_together_are_what_can_be_seen_of_the_statement(statement: str) -> None:
    assert "".join(piece.text for piece in pieces(statement)) == visible(statement)
    assert not any(is_unseen(sign) for piece in pieces(statement) for sign in piece.text)


def test_words_have_their_kinds() -> None:
    found = {piece.text: piece.kind for piece in pieces("SELECT e.name, 'ü', 7 FROM e -- hi")}

    assert found["SELECT"] == "keyword"
    assert found["name"] == "name"
    assert found["'ü'"] == "string"
    assert found["7"] == "number"
    assert found[" -- hi"] == "comment"


@pytest.mark.parametrize(
    "sign", ["\u202e", "\u2066", "\u200b", "\ufeff", "\x07", "\r", "\u3164", "\ufe0f"]
)
def test_what_is_not_seen_is_spelt_out(sign: str) -> None:
    found = [piece for piece in pieces(f"SELECT 1{sign}") if piece.kind == "hidden"]

    assert [piece.text for piece in found] == [f"⟨U+{ord(sign):04X}⟩"]


def test_name_that_passes_for_another_is_marked_where_it_stands() -> None:
    found = [(piece.text, piece.kind) for piece in pieces("SELECT * FROM pаyments")]

    assert found[-2:] == [("pаyments", "name"), ("⟨Latin + Cyrillic⟩", "hidden")]


@pytest.mark.parametrize("statement", ["'never ends", "", "\\", "/* open", "x" * 70_000])
def test_what_cannot_be_read_is_shown_as_it_is(statement: str) -> None:
    assert "".join(piece.text for piece in pieces(statement)) == statement
    assert all(isinstance(piece, Piece) for piece in pieces(statement))
