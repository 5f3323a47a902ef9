"""A statement cut into pieces that a page can colour; together they are the statement.

Characters that are not seen become pieces of their own and are spelt out, and so do the scripts of
a word that mixes them: what an approver reads is what runs.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

import sqlglot
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from foundation.base.texts.legible import mixtures, spelt_out
from scopeward_guard.vocabulary import is_unseen

DIALECT = "postgres"
LONGEST = 64 * 1024
"""Longer statements are shown, but not coloured."""
STRINGS = {
    TokenType.STRING,
    TokenType.HEREDOC_STRING,
    TokenType.RAW_STRING,
    TokenType.NATIONAL_STRING,
    TokenType.BYTE_STRING,
    TokenType.UNICODE_STRING,
}


@dataclass(frozen=True)
class Piece:
    """A part of a statement; `kind` is keyword, string, number, name, comment, hidden or empty."""

    text: str
    kind: str = ""


def pieces(statement: str) -> tuple[Piece, ...]:
    """Return a statement in pieces. What cannot be read as SQL comes back uncoloured."""
    found = _coloured(statement) if len(statement) <= LONGEST else []
    if "".join(piece.text for piece in found) != statement:
        found = [Piece(statement)]
    return tuple(part for piece in _with_notes(found, statement) for part in _with_hidden(piece))


def _coloured(statement: str) -> list[Piece]:
    try:
        tokens = sqlglot.tokenize(statement, read=DIALECT)
    except (SqlglotError, ValueError, RecursionError):
        return []
    return list(_between(statement, tokens))


def _between(statement: str, tokens: list[Token]) -> Iterator[Piece]:
    at, follows_dot = 0, False
    for token in tokens:
        if token.start > at:
            yield _gap(statement[at : token.start])
        yield Piece(statement[max(at, token.start) : token.end + 1], _kind(token, follows_dot))
        at, follows_dot = token.end + 1, token.token_type is TokenType.DOT
    if at < len(statement):
        yield _gap(statement[at:])


def _gap(text: str) -> Piece:
    return Piece(text, "comment" if text.strip() else "")


def _kind(token: Token, follows_dot: bool) -> str:
    if token.token_type in STRINGS:
        return "string"
    if token.token_type is TokenType.NUMBER:
        return "number"
    # After a dot stands a name, even one that is a keyword elsewhere.
    if follows_dot or token.token_type in {TokenType.VAR, TokenType.IDENTIFIER}:
        return "name"
    return "keyword" if token.text.replace(" ", "").isalpha() else ""


def _with_notes(found: Iterable[Piece], statement: str) -> Iterator[Piece]:
    """Yield the pieces with a note after each word that mixes scripts, wherever pieces end."""
    notes, at = deque(mixtures(statement)), 0
    for piece in found:
        end = at + len(piece.text)
        while notes and notes[0][0] <= end:
            place, note = notes.popleft()
            yield Piece(statement[at:place], piece.kind)
            yield Piece(note, "hidden")
            at = place
        yield Piece(statement[at:end], piece.kind)
        at = end


def _with_hidden(piece: Piece) -> Iterator[Piece]:
    for is_hidden, signs in groupby(piece.text, key=is_unseen):
        text = "".join(signs)
        yield Piece(spelt_out(text), "hidden") if is_hidden else Piece(text, piece.kind)
