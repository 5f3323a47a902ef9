"""Statements made to cost time: each shape nested or repeated as far as the bounds let it."""

from collections.abc import Callable, Iterator

from scopeward_guard.sql._grammar.dialects import Dialect
from scopeward_guard.sql._grammar.effort import reader
from scopeward_guard.sql._grammar.parsing import MAX_NESTING

DEEP = MAX_NESTING - 1
WIDE = ", ".join(f"id AS c{number}" for number in range(600))
DOUBLING = "WITH a0 AS (SELECT * FROM payments)" + "".join(
    f", a{n} AS (SELECT x.*, y.* FROM a{n - 1} x, a{n - 1} y)" for n in range(1, 9)
)


def nested(opening: str, inner: str = "1", closing: str = ")", depth: int = DEEP) -> str:
    return opening * depth + inner + closing * depth


SHAPES: dict[str, Callable[[str], str]] = {
    "call": lambda word: "SELECT " + nested(f"{word}("),
    "second argument": lambda word: "SELECT " + nested(f"{word}(1, "),
    "third argument": lambda word: "SELECT " + nested(f"{word}(id, id, "),
    "first of three": lambda word: "SELECT " + nested(f"{word}(", "1", ", 1, 1)"),
    "order of a group": lambda word: "SELECT " + nested(f"{word}(1) WITHIN GROUP (ORDER BY "),
    "partition": lambda word: "SELECT " + nested(f"{word}(1) OVER (PARTITION BY "),
    "alias": lambda word: "SELECT " + nested(f"{word}(1 AS ", "x"),
    "prefix": lambda word: "SELECT " + f"{word} " * 240 + "1",
    "infix": lambda word: "SELECT 1 " + f"{word} 1 " * 900,
    "brackets": lambda word: "SELECT " + nested(f"(1 {word} "),
    "subscript": lambda word: "SELECT " + nested(f"{word}[", "1", "]", 4),
    "source": lambda word: "SELECT * FROM " + nested(f"{word}(", "SELECT 1"),
    "joined": lambda word: "SELECT * FROM " + nested(f"({word} ", "payments"),
    "clause": lambda word: (
        "SELECT * FROM payments " + nested(f"{word} (SELECT * FROM payments ", "")
    ),
    "condition": lambda word: "SELECT 1 FROM payments WHERE " + nested(f"id {word} ("),
    "type": lambda word: f"SELECT CAST(1 AS {nested(f'{word}(', depth=DEEP - 1)})",
    "parts of a type": lambda word: f"SELECT CAST(1 AS {nested(f'{word}<', 'int', '>', 120)})",
    "list": lambda word: "SELECT " + f"{word}, " * 1900 + "1",
    "no space": lambda word: ("SELECT " + word * 60_000)[:60_000],
    "unclosed": lambda word: "SELECT " + f"{word}(" * DEEP,
}
"""What is built of one word; the parser's own words are put into each."""

WHOLE = {
    "brackets": "SELECT " + "(" * 20000 + "1" + ")" * 20000,
    "unclosed": "SELECT " + "(" * 60000,
    "queries": "SELECT * FROM " + "(SELECT * FROM " * 1500 + "payments" + ") x" * 1500,
    "arrays": "SELECT " + "ARRAY[" * 30 + "1" + "]" * 30,
    "subscripts": "SELECT id" + "[1]" * 5000 + " FROM payments",
    "not": "SELECT " + "NOT " * 10000 + "true",
    "signs": "SELECT " + "- " * 20000 + "1",
    "case": "SELECT " + "CASE WHEN " * 3000 + "1" + " THEN 1 END" * 3000,
    "joins": "SELECT 1 FROM payments p0 "
    + "".join(f"JOIN payments p{n} ON true " for n in range(1, 1500)),
    "waiting joins": "SELECT 1 FROM payments " + "JOIN refunds " * 300,
    "or": "SELECT 1 FROM payments WHERE " + "id=1 OR " * 6000 + "id=1",
    "in": "SELECT id IN (" + "1," * 30000 + "1) FROM payments",
    "unions": "SELECT 1 " + "UNION SELECT 1 " * 4000,
    "casts": "SELECT id" + "::int" * 10000 + " FROM payments",
    "lambda": "SELECT f(" + "x -> " * 10000 + "1)",
    "struct": "SELECT CAST(id AS " + "STRUCT<a " * 3000 + "int" + ">" * 3000 + ")",
    "stars": "WITH a0 AS (SELECT * FROM payments)"
    + "".join(f", a{n} AS (SELECT x.*, y.* FROM a{n - 1} x, a{n - 1} y)" for n in range(1, 40))
    + " SELECT * FROM a39",
    "long": "SELECT '" + "x" * 70000 + "'",
    "natural joins": f"WITH w AS (SELECT {WIDE} FROM refunds) SELECT 1 FROM w w0 "
    + " ".join(f"NATURAL JOIN w w{n}" for n in range(1, 190)),
    "natural joins in brackets": f"WITH w AS (SELECT {WIDE} FROM refunds) SELECT 1 FROM w w0 "
    + " ".join(f"JOIN (SELECT 1 FROM w) v{n} ON true NATURAL JOIN w w{n}" for n in range(1, 90)),
    "using": f"WITH w AS (SELECT {WIDE} FROM refunds) SELECT 1 FROM w w0 "
    + " ".join(f"JOIN w w{n} USING (c1)" for n in range(1, 190)),
    "wide rows": f"WITH w AS (SELECT {WIDE} FROM refunds) SELECT "
    + ", ".join(["count(w.*)"] * 200)
    + " FROM w",
    "doubling stars": DOUBLING + " SELECT " + ", ".join(["(SELECT count(z.*) FROM a8 z)"] * 150),
    "many tables": "SELECT "
    + ", ".join(f"p{n % 190}.id" for n in range(650))
    + " FROM payments p0"
    + "".join(f", payments p{n}" for n in range(1, 190)),
    "unqualified": "SELECT "
    + ", ".join(["total"] * 1500)
    + " FROM refunds"
    + "".join(f", employees p{n}" for n in range(1, 190)),
    "far names": "SELECT "
    + "(SELECT " * 25
    + ", ".join(["total"] * 1900)
    + " FROM hr.twins)" * 25
    + " FROM refunds",
    "parameters": "SELECT " + ", ".join([":a"] * 1300),
    "question marks": "SELECT " + ", ".join("?" * 1900),
    "escapes": "SELECT " + ", ".join(["E'a'"] * 1900),
    "rows": "SELECT * FROM (VALUES " + ",".join(["(1,2)"] * 650) + ") AS v(a,b)",
    "expressions": "WITH " + ", ".join(f"a{n} AS (SELECT 1)" for n in range(480)) + " SELECT 1",
    "subqueries": "SELECT "
    + ", ".join(f"(SELECT max(amount) FROM payments WHERE id = {n})" for n in range(190)),
    "quotes": "SELECT '" + "''" * 30_000 + "'",
    "tags": "SELECT " + "$a" * 30_000,
    "comments": "SELECT 1 " + "/*" * 30_000,
    "lines": "SELECT 1 " + "--\n" * 20_000,
}


def words_of(dialect: Dialect) -> list[str]:
    """Return every word that the parser of the dialect treats in some way of its own."""
    library = reader(dialect)
    words = set(library.tokenizer_class.KEYWORDS)
    for name in dir(library.parser_class):
        table = getattr(library.parser_class, name)
        if isinstance(table, dict | set | frozenset):
            words.update(word for key in table for word in _spelled(key))
    return sorted(words)


def _spelled(key: object) -> Iterator[str]:
    """Yield how an entry of one of the parser's tables is written: a word, or a kind of token."""
    for text in (key, getattr(key, "value", None), getattr(key, "name", None)):
        if isinstance(text, str):
            yield text.replace("_", " ") if text is not key else text
