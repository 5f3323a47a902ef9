"""What an expression may be made of: each node is on a list, each part of it is known."""

import re
from collections.abc import Iterator
from typing import Final

from sqlglot import exp

from scopeward_guard.sql._grammar import functions
from scopeward_guard.sql._grammar.refusal import SqlRefusedError, quoted
from scopeward_guard.sql._grammar.vocabulary import PARTS, PLAIN, TYPES, UNITS

MAX_PAD: Final = 1_000

NAMES: dict[type[exp.Expr], tuple[str, ...]] = {
    exp.Alias: ("alias",),
    exp.Collate: ("expression",),
    exp.Kwarg: ("this",),
    exp.PropertyEQ: ("this",),
    exp.Placeholder: ("this",),
    exp.Window: ("alias", "this"),
}
"""Where nodes carry a name of their own, which reads nothing."""


def parts(node: exp.Expr) -> Iterator[exp.Expr]:
    """Yield what an allowed node is made of, without its own name and without `count(*)`'s star."""
    for key, value in node.args.items():
        for child in value if isinstance(value, list) else (value,):
            if not isinstance(child, exp.Expr):
                continue
            if isinstance(child, exp.Identifier | exp.Var) and key in NAMES.get(type(node), ()):
                continue
            if isinstance(node, exp.WindowSpec) and key == "exclude":
                continue
            if isinstance(child, exp.Star) and isinstance(node, exp.Count):
                continue
            yield child


def check_node(node: exp.Expr) -> None:
    """Refuse a node that is on no list."""
    check_parts(node)
    if isinstance(node, exp.Interval) and not isinstance(node.this, exp.Literal | exp.Paren):
        raise SqlRefusedError("INTERVAL takes a literal, or an expression in brackets.")
    if isinstance(node, exp.DataType) and node.this not in TYPES:
        raise SqlRefusedError(f"The type {quoted(node.sql())} is not one to cast to here.")
    _check_sizes(node)
    if isinstance(node, exp.Anonymous) and not isinstance(node.this, str):
        raise SqlRefusedError("The name of a function must not be quoted.")
    if type(node) in PLAIN or functions.is_allowed(node):
        return
    if isinstance(node, exp.Func):
        raise SqlRefusedError(f"The function {quoted(functions.called(node))} is not on the list.")
    raise SqlRefusedError(f"{quoted(type(node).__name__)} is not understood here.")


def check_sample(node: exp.Expr) -> None:
    """Refuse a sample that is not a plain share of the rows."""
    sample = node.args.get("sample")
    if sample is not None:
        check_parts(sample)
        if not isinstance(sample.args.get("percent"), exp.Literal):
            raise SqlRefusedError("A sample is a share in per cent, without a seed.")


def check_parts(node: exp.Expr) -> None:
    """Refuse a node that has a part nobody here looks at."""
    known = PARTS.get(type(node))
    if known is None:
        return
    for key, value in node.args.items():
        if value and key not in known:
            name = f"{type(node).__name__} {key.strip('_')}".upper()
            raise SqlRefusedError(f"{quoted(name)} is not understood here.")


def _check_sizes(node: exp.Expr) -> None:
    """Bound what makes long texts of short ones."""
    if isinstance(node, exp.Pad | exp.Repeat):
        _check_length(node.args.get("times") or node.expression)
    elif isinstance(node, exp.Func) and functions.called(node) in {"format", "printf"}:
        _check_format(next(parts(node), None))


def _check_length(node: exp.Expr) -> None:
    """Bound what `lpad` makes of one letter: a value is held in memory by whoever hands it on."""
    if not (isinstance(node, exp.Literal) and node.name.isdecimal() and int(node.name) <= MAX_PAD):
        raise SqlRefusedError(
            f"A text is padded or repeated by a number that is written there, up to {MAX_PAD}."
        )


def _check_format(node: exp.Expr | None) -> None:
    if not isinstance(node, exp.Literal) or re.search(r"[0-9]{4}|\*|\{[0-9:]*\{", node.name):
        raise SqlRefusedError("The first argument of “format” is a text with widths up to 999.")


def check_word(node: exp.Var) -> None:
    """Refuse a bare word that is neither part of a date nor the ALL of ORDER BY."""
    is_all = node.name.upper() == "ALL" and isinstance(node.parent, exp.Ordered)
    if node.name.upper() not in UNITS and not is_all:
        raise SqlRefusedError(f"The word {quoted(node.name)} is not understood here.")
