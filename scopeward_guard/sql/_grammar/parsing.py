"""From text to one tree of bounded size, or a refusal. Nothing recursive runs before the bounds."""

from itertools import pairwise
from typing import Final

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from scopeward_guard.sql._grammar.dialects import Dialect
from scopeward_guard.sql._grammar.effort import (
    SPARE_STEPS,
    STEPS_PER_TOKEN,
    TOO_MUCH,
    allow,
    reader,
    tokens_of,
)
from scopeward_guard.sql._grammar.refusal import SqlRefusedError

MAX_BYTES: Final = 64 * 1024
MAX_TOKENS: Final = 4_000
MAX_NESTING: Final = 32
MAX_ARRAY_NESTING: Final = 4
"""The parser reads `ARRAY[…]` twice per level, so its time doubles with each."""
MAX_SUBSCRIPTS: Final = 100
"""The parser's time grows with the square of a chain of subscripts."""
NODES_PER_TOKEN: Final = 4
"""The parser makes copies of some arguments. Plain SQL has at most three nodes for a word."""
MAX_WAITING_JOINS: Final = 6
MAX_DEPTH: Final = 200
MAX_SIGNS: Final = 16
"""Prefix operators in a row: the parser goes one level deeper for each."""

BRACKETS = (TokenType.L_BRACKET, TokenType.R_BRACKET)
PAIRS = (
    (TokenType.L_PAREN, TokenType.R_PAREN),
    (TokenType.L_BRACE, TokenType.R_BRACE),
    (TokenType.CASE, TokenType.END),
)
OPENERS = frozenset({
    TokenType.SELECT, TokenType.WITH, TokenType.L_PAREN, TokenType.FROM, TokenType.TABLE,
    TokenType.INSERT, TokenType.UPDATE, TokenType.DELETE, TokenType.MERGE, TokenType.VALUES,
    TokenType.SUMMARIZE, TokenType.DESCRIBE,
})  # fmt: skip
"""How a statement may begin. The parser takes others for opaque commands, and logs their text."""

ENDS = frozenset({TokenType.VAR, TokenType.IDENTIFIER, TokenType.R_PAREN, TokenType.R_BRACKET})
"""What may stand to the left of an operator."""

PREFIXES = frozenset({TokenType.NOT, TokenType.DASH, TokenType.PLUS, TokenType.TILDE})
NOT_ONE_OF_OURS = "Only SELECT, INSERT, UPDATE, DELETE and MERGE can be asked for."
TOO_DEEP = "The statement is nested too deeply."


ODDITIES = (ValueError, TypeError, AttributeError, LookupError)
"""How code made for honest text fails on other text."""


def parse(statement: str, dialect: Dialect, max_tokens: int = MAX_TOKENS) -> exp.Expr:
    """Return the tree of the one statement in the text. Raises SqlRefusedError."""
    check_text(statement)
    try:
        tokens = tokens_of(statement, dialect)
        check_tokens(tokens, max_tokens)
        library = reader(dialect)
        allow(library, STEPS_PER_TOKEN * len(tokens))
        text = numbered(statement, tokens)
        trees = library.parser().parse(
            tokens if text is statement else tokens_of(text, dialect), text
        )
    except RecursionError as error:
        raise SqlRefusedError(TOO_DEEP) from error
    except (SqlglotError, *ODDITIES) as error:
        raise SqlRefusedError("The statement cannot be read as SQL.") from error
    if len(trees) > 1 and trees[-1] is None:
        trees.pop()
    if len(trees) != 1 or trees[0] is None:
        raise SqlRefusedError("Exactly one statement is needed.")
    tree = trees[0]
    check_size(tree, SPARE_STEPS + NODES_PER_TOKEN * len(tokens))
    return tree


def numbered(statement: str, tokens: list[Token]) -> str:
    """Write each `?` as `$1`, `$2`, …: generated SQL may put its parts in another order."""
    if "?" not in statement:
        return statement
    around = zip([None, *tokens], tokens, [*tokens[1:], None], strict=False)
    places = [token.start for before, token, after in around if _is_parameter(before, token, after)]
    if not places:
        return statement
    if any(token.token_type == TokenType.PARAMETER for token in tokens):
        raise SqlRefusedError("Parameters are either all “?” or all numbered.")
    pieces = []
    for number, (start, end) in enumerate(zip(places, [*places[1:], None], strict=True), 1):
        pieces.append(f"${number}{statement[start + 1 : end]}")
    return statement[: places[0]] + "".join(pieces)


def _is_parameter(before: Token | None, token: Token, after: Token | None) -> bool:
    """Tell a parameter from the operator of PostgreSQL that asks for a key: `attrs ? 'colour'`."""
    if token.token_type != TokenType.PLACEHOLDER:
        return False
    has_left = before is not None and before.token_type in ENDS
    return not (has_left and after is not None and after.token_type == TokenType.STRING)


def check_text(statement: str) -> None:
    """Refuse text that no server would take, or that is longer than MAX_BYTES."""
    try:
        size = len(statement.encode())
    except UnicodeEncodeError as error:
        raise SqlRefusedError("The statement is not valid Unicode.") from error
    if size > MAX_BYTES:
        raise SqlRefusedError(f"The statement is longer than {MAX_BYTES} bytes.")
    if "\0" in statement:
        raise SqlRefusedError("The statement contains a null character.")


def check_tokens(tokens: list[Token], max_tokens: int) -> None:
    """Refuse what the recursive parser could not read in bounded time and depth."""
    if len(tokens) > max_tokens:
        raise SqlRefusedError(f"The statement has more than {max_tokens} words and signs.")
    kinds = [token.token_type for token in tokens]
    if kinds.count(TokenType.L_BRACKET) > MAX_SUBSCRIPTS:
        raise SqlRefusedError(f"The statement has more than {MAX_SUBSCRIPTS} subscripts.")
    if TokenType.SEMICOLON in kinds[:-1]:
        raise SqlRefusedError("Exactly one statement is needed.")
    if not kinds or kinds[0] not in OPENERS:
        raise SqlRefusedError(NOT_ONE_OF_OURS)
    _check_nesting(kinds)
    _check_joins(kinds)


def _check_joins(kinds: list[TokenType]) -> None:
    """Refuse many joins that wait for their ON: the parser tries both readings of each."""
    if kinds.count(TokenType.JOIN) <= MAX_WAITING_JOINS:
        return
    waiting = [0]
    for before, kind in pairwise([TokenType.SEMICOLON, *kinds]):
        if kind == TokenType.L_PAREN:
            waiting.append(0)
        elif kind == TokenType.R_PAREN and len(waiting) > 1:
            waiting.pop()
        elif kind == TokenType.JOIN and before != TokenType.CROSS:
            waiting[-1] += 1
        elif kind in {TokenType.ON, TokenType.USING} and before != TokenType.DISTINCT:
            waiting[-1] = max(0, waiting[-1] - 1)
        if waiting[-1] > MAX_WAITING_JOINS:
            raise SqlRefusedError("Too many joins have no condition yet.")


def _check_nesting(kinds: list[TokenType]) -> None:
    is_deep = _is_deeper(kinds, BRACKETS, MAX_ARRAY_NESTING)
    if is_deep or any(_is_deeper(kinds, pair, MAX_NESTING) for pair in PAIRS):
        raise SqlRefusedError(TOO_DEEP)
    if sum(map(kinds.count, PREFIXES)) <= MAX_SIGNS:
        return
    signs = 0
    for kind in kinds:
        signs = signs + 1 if kind in PREFIXES else 0
        if signs > MAX_SIGNS:
            raise SqlRefusedError(TOO_DEEP)


def _is_deeper(kinds: list[TokenType], pair: tuple[TokenType, TokenType], most: int) -> bool:
    """Whether one kind of bracket nests deeper; a closing one too many counts for nothing."""
    opening, closing = pair
    if kinds.count(opening) <= most:
        return False
    depth = deepest = 0
    for kind in kinds:
        if kind == opening:
            depth += 1
            deepest = max(deepest, depth)
        elif kind == closing:
            depth = max(0, depth - 1)
    return deepest > most


def check_size(tree: exp.Expr, max_nodes: int) -> None:
    """Refuse a tree with a path longer than MAX_DEPTH, so that what walks it may recurse."""
    level: list[exp.Expr] = [tree]
    nodes = 0
    for _ in range(MAX_DEPTH):
        nodes += len(level)
        if nodes > max_nodes:
            raise SqlRefusedError(TOO_MUCH)
        level = [child for node in level for child in node.iter_expressions()]
        if not level:
            return
    raise SqlRefusedError(TOO_DEEP)
