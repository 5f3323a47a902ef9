"""The four walks put together for one statement."""

from sqlglot import exp

from scopeward_guard.sql._grammar.checks import check_parts
from scopeward_guard.sql._grammar.dialects import DUCKDB
from scopeward_guard.sql._grammar.parsing import NOT_ONE_OF_OURS
from scopeward_guard.sql._grammar.refusal import SqlRefusedError
from scopeward_guard.sql._grammar.vocabulary import CHANGES, QUERIES, SURVEYS
from scopeward_guard.sql._resolving.catalogue import Catalogue
from scopeward_guard.sql._resolving.changes import Changes
from scopeward_guard.sql._resolving.expressions import Expressions
from scopeward_guard.sql._resolving.queries import Queries
from scopeward_guard.sql._resolving.scope import NameScope, Outputs
from scopeward_guard.sql._resolving.sources import Sources
from scopeward_guard.sql._resolving.uses import Use


class Resolver:
    """Resolves every name of one statement against the catalogue. Used once."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._can_survey = catalogue.dialect is DUCKDB
        self._expressions = Expressions(catalogue.dialect, self._query)
        self._sources = Sources(catalogue, self._expressions, self._query)
        self._queries = Queries(self._sources, self._expressions, self._change)
        self._changes = Changes(catalogue.dialect, self._sources, self._expressions)

    def statement(self, tree: exp.Expr) -> None:
        """Resolve the whole statement, in place. Raises SqlRefusedError."""
        if isinstance(tree, CHANGES):
            self._change(tree, NameScope())
        elif isinstance(tree, QUERIES):
            self._query(tree, None)
        elif isinstance(tree, SURVEYS) and self._can_survey:
            self._survey(tree)
        else:
            raise SqlRefusedError(NOT_ONE_OF_OURS)

    def _survey(self, tree: exp.Expr) -> None:
        """Resolve SUMMARIZE and DESCRIBE, of a table as of all that is in it."""
        check_parts(tree)
        if isinstance(tree.this, exp.Table):
            tree.set("this", exp.select("*").from_(tree.this, copy=False))
        if not isinstance(tree.this, QUERIES):
            raise SqlRefusedError(NOT_ONE_OF_OURS)
        self._query(tree.this, None)

    def uses(self) -> list[Use]:
        """Return each table of the catalogue as often as the statement names it."""
        return self._sources.uses()

    @property
    def actions(self) -> tuple[str, ...]:
        """What the statement does: `select`, or how it changes data."""
        return tuple(dict.fromkeys(self._changes.actions)) or ("select",)

    def _query(self, node: exp.Expr, scope: NameScope | None) -> Outputs:
        return self._queries.query(node, scope)

    def _change(self, node: exp.Expr, scope: NameScope) -> Outputs:
        return self._changes.change(node, scope, self._queries)
