"""Which tables and columns one SQL statement touches, and the SQL that touches no others."""

from scopeward_guard._base.extras import missing_extra

try:
    import sqlglot  # noqa: F401
except ImportError as error:
    raise missing_extra(error, "sql") from error

from scopeward_guard.sql._grammar.refusal import SqlRefusedError
from scopeward_guard.sql._resolving.cache import Derivations
from scopeward_guard.sql._resolving.catalogue import Catalogue, CatalogueError, TableName
from scopeward_guard.sql._resolving.derivation import Derivation, derive
from scopeward_guard.sql._rewriting.obligations import Condition, all_of, one_of
from scopeward_guard.sql._rewriting.rewriting import rewrite

__all__ = [
    "Catalogue",
    "CatalogueError",
    "Condition",
    "Derivation",
    "Derivations",
    "SqlRefusedError",
    "TableName",
    "all_of",
    "derive",
    "one_of",
    "rewrite",
]
