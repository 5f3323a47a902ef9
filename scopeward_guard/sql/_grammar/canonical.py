"""One spelling for each thing, so that what is checked and what is executed read the same."""

import re

from sqlglot import exp

from scopeward_guard.sql._grammar.dialects import Dialect
from scopeward_guard.sql._grammar.refusal import SqlRefusedError, quoted

_SPELLED = (exp.ByteString, exp.RawString, exp.Literal, exp.Placeholder, exp.Parameter)
PARAMETER = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}\Z")


def canonicalise(tree: exp.Expr, dialect: Dialect) -> None:
    """Fold and quote every name, make every string a plain one. In place.

    Raises SqlRefusedError.
    """
    for node in list(tree.walk()):
        node.comments = None
        node._meta = None  # noqa: SLF001 - places in the text, which every copy would copy
        if isinstance(node, exp.Identifier):
            _canonicalise_name(node, dialect)
        elif isinstance(node, _SPELLED):
            _canonicalise_value(node)


def put(node: exp.Expr, other: exp.Expr) -> None:
    """Put one node in the place of another; `replace` would walk all that stand beside it."""
    parent, key, index = node.parent, node.arg_key, node.index
    if parent is None or key is None:
        raise SqlRefusedError("The statement has a part that is not understood.")
    if index is None:
        parent.args[key] = other
    else:
        parent.args[key][index] = other
    other.parent, other.arg_key, other.index = parent, key, index


def _canonicalise_name(node: exp.Identifier, dialect: Dialect) -> None:
    is_quoted = node.args.get("quoted")
    name = dialect.spelled(node.name, is_quoted=bool(is_quoted))
    if name != node.this:
        node.set("this", name)
    if is_quoted is not True:
        node.set("quoted", True)


def _canonicalise_value(node: exp.Expr) -> None:
    if isinstance(node, exp.ByteString | exp.RawString):
        put(node, exp.Literal.string(node.name))
    elif isinstance(node, exp.Literal):
        _check_literal(node)
    else:
        _check_parameter(node)


def _check_literal(node: exp.Literal) -> None:
    if "\0" in node.name:
        raise SqlRefusedError("A string contains a null character.")
    if not node.is_string and not re.fullmatch(r"[0-9.]+(?:[eE][+-]?[0-9]+)?", node.name):
        raise SqlRefusedError(f"{quoted(node.name)} is not a number.")


def _check_parameter(node: exp.Expr) -> None:
    """Refuse a parameter that is neither a number nor a plain name nor without either (`?`)."""
    name = node.name if node.this else ""
    if name and not re.fullmatch("[0-9]{1,5}", name) and not PARAMETER.match(name):
        raise SqlRefusedError(f"{quoted(name)} cannot be the name of a parameter.")
