"""Which tables and columns one SQL statement touches, and the SQL that touches no others."""

from scopeward_guard.extras import missing_extra

try:
    import sqlglot  # noqa: F401
except ImportError as error:
    raise missing_extra(error, "sql") from error

from scopeward_guard.sql.cache import Derivations
from scopeward_guard.sql.catalogue import Catalogue, InvalidCatalogue, TableName
from scopeward_guard.sql.derivation import Derivation, derive
from scopeward_guard.sql.refusal import Refused
from scopeward_guard.sql.rewriting import rewrite

__all__ = [
    "Catalogue",
    "Derivation",
    "Derivations",
    "InvalidCatalogue",
    "Refused",
    "TableName",
    "derive",
    "rewrite",
]
