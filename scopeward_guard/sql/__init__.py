"""Which tables and columns one SQL statement touches, and the SQL that touches no others."""

from scopeward_guard.extras import missing_extra

try:
    import sqlglot  # noqa: F401
except ImportError as error:
    raise missing_extra(error, "sql") from error

from scopeward_guard.sql.cache import Derivations
from scopeward_guard.sql.catalogue import Catalogue, CatalogueError, TableName
from scopeward_guard.sql.derivation import Derivation, derive
from scopeward_guard.sql.refusal import SqlRefusedError
from scopeward_guard.sql.rewriting import rewrite

__all__ = [
    "Catalogue",
    "CatalogueError",
    "Derivation",
    "Derivations",
    "SqlRefusedError",
    "TableName",
    "derive",
    "rewrite",
]
