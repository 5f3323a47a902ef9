"""The library's readers, counted while they work, so that none takes long whatever it is given.

The parser tries one reading after another: `date(date(date(…` doubles its work with each level, and
compiled as it is, it holds the interpreter while it does. The generator writes some arguments
twice. Which constructs do so changes with each version, so the work itself is counted: a step is
taken wherever the parser turns to its dialect, which every expression makes it do, and for every
node that the generator writes. As that is ordinary Python, other threads get their turn there too.
"""

from collections.abc import Callable
from functools import cache
from threading import local
from typing import TYPE_CHECKING, Any, Final

from sqlglot import Dialect as SqlglotDialect, Generator, exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.dialects.postgres import Postgres
from sqlglot.errors import ErrorLevel
from sqlglot.tokenizer_core import Token

from scopeward_guard.sql._grammar.dialects import Dialect
from scopeward_guard.sql._grammar.refusal import SqlRefusedError

if TYPE_CHECKING:
    from sqlglot.tokens import Tokenizer

SPARE_STEPS: Final = 2_000
STEPS_PER_TOKEN: Final = 2
"""Plain SQL takes at most 1.7. A step takes 1.5 µs, and what doubles soon has none left."""

STEPS_PER_NODE: Final = 8
"""Plain SQL takes at most 5: a name is written, and looked at for quotes and escapes."""

MAX_WRITTEN: Final = 256 * 1024
"""Characters of generated SQL: four times what may be sent."""

TOO_MUCH: Final = "The statement takes too long to read; write it with less nesting."


_attribute = object.__getattribute__


class _Counted:
    """Mixed into a dialect: each look at it is a step, and raises SqlRefusedError after the last.

    `steps` are what is left of them.
    """

    def __getattribute__(self, name: str) -> Any:
        own = _attribute(self, "__dict__")
        own["steps"] = steps = own.get("steps", SPARE_STEPS) - 1
        if steps < 0:
            raise SqlRefusedError(TOO_MUCH)
        return _attribute(self, name)


class ScopewardPostgres(Postgres, _Counted):
    """PostgreSQL as the library reads and writes it, counted."""


class ScopewardDuckDB(DuckDB, _Counted):
    """DuckDB as the library reads and writes it, counted."""


_COUNTED: Final[dict[str, type[SqlglotDialect]]] = {
    "postgres": ScopewardPostgres,
    "duckdb": ScopewardDuckDB,
}


class _OfThread(local):
    """The library's tokenizers: making one takes as long as reading a page of text with it."""

    def __init__(self) -> None:
        self.tokenizers: dict[str, Tokenizer] = {}


_of_thread = _OfThread()
Writer = Callable[[Generator, exp.Expr], str]


def reader(dialect: Dialect) -> SqlglotDialect:
    """Return what reads one text of the dialect. Call `allow` before `parser`."""
    return _COUNTED[dialect.name]()


def tokens_of(text: str, dialect: Dialect) -> list[Token]:
    """Return the words and signs of a text; raises what the library raises. Linear in time."""
    tokenizer = _of_thread.tokenizers.get(dialect.name)
    if tokenizer is None:
        tokenizer = reader(dialect).tokenizer()
        _of_thread.tokenizers[dialect.name] = tokenizer
    return tokenizer.tokenize(text)


def allow(library: SqlglotDialect, steps: int) -> None:
    """Let a reader of `reader` take so many steps, besides SPARE_STEPS. After them it refuses."""
    vars(library)["steps"] = SPARE_STEPS + steps


def writer(dialect: Dialect, tree: exp.Expr) -> Generator:
    """Return what writes the tree in the dialect; it raises SqlRefusedError beyond its steps."""
    library = reader(dialect)
    generator = library.generator(identify=True, comments=False, unsupported_level=ErrorLevel.RAISE)
    generator._dispatch = _counted_writers(dialect.name)  # noqa: SLF001 - it has no other door
    allow(library, STEPS_PER_NODE * sum(1 for _ in tree.walk()))
    return generator


@cache
def _counted_writers(dialect: str) -> dict[type[exp.Expr], Writer]:
    writers: dict[type[exp.Expr], Writer] = _COUNTED[dialect]().generator()._dispatch  # noqa: SLF001
    return {node: _counted_writer(write) for node, write in writers.items()}


def _counted_writer(write: Writer) -> Writer:
    def counted(generator: Generator, node: exp.Expr) -> str:
        _ = generator.dialect.INDEX_OFFSET
        text = write(generator, node)
        # A string in a string in a string doubles its quotes with each, in few steps.
        if len(text) > MAX_WRITTEN:
            raise SqlRefusedError(TOO_MUCH)
        return text

    return counted
