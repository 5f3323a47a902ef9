"""From a tree to SQL, and from text to a tree that its own SQL reads back as."""

from sqlglot import exp
from sqlglot.errors import UnsupportedError

from scopeward_guard.sql._grammar.canonical import canonicalise, put
from scopeward_guard.sql._grammar.dialects import POSTGRES, Dialect
from scopeward_guard.sql._grammar.effort import writer
from scopeward_guard.sql._grammar.parsing import MAX_TOKENS, ODDITIES, parse
from scopeward_guard.sql._grammar.refusal import SqlRefusedError

ILLEGIBLE = "The statement cannot be written out again as it was read."


def checked_tree(statement: str, dialect: Dialect) -> exp.Expr:
    """Return the tree of the SQL that the statement's own tree generates. Raises SqlRefusedError.

    The server will read generated SQL, so that is what has to be looked at: were the text itself
    analysed, a slip of the generator could make another statement of it.
    """
    tree = parse(statement, dialect)
    canonicalise(tree, dialect)
    written = generate(tree, dialect)
    try:
        # Ours is wordier: names get qualifiers, and `?` is two signs when it has a number.
        again = parse(written, dialect, 2 * MAX_TOKENS)
    except SqlRefusedError as error:
        raise SqlRefusedError(ILLEGIBLE) from error
    canonicalise(again, dialect)
    if generate(again.copy(), dialect) != written:
        raise SqlRefusedError(ILLEGIBLE)
    return again


def generate(tree: exp.Expr, dialect: Dialect) -> str:
    """Return the tree as SQL of the dialect, parameters as they were. Changes the tree."""
    if dialect is POSTGRES:
        for node in list(tree.find_all(exp.Placeholder)):
            if isinstance(node.this, str) and node.this:
                # The generator would write %(name)s, which only one of the drivers understands.
                put(node, exp.Var(this=f":{node.this}"))
    try:
        return writer(dialect, tree).generate(tree, copy=False)
    except (UnsupportedError, *ODDITIES) as error:
        raise SqlRefusedError(ILLEGIBLE) from error
