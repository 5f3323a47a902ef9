"""How the two dialects read names, and where they let a name look."""

from dataclasses import dataclass
from string import ascii_lowercase, ascii_uppercase

from scopeward_guard.sql._grammar.refusal import SqlRefusedError, quoted

ASCII_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)
"""Both servers fold ASCII only; str.lower would make the Kelvin sign a k."""

RESERVED_SCHEMAS = frozenset({"information_schema", "system", "temp"})


@dataclass(frozen=True, slots=True)
class Dialect:
    """The rules of one dialect.

    `quoted_names_fold`: case never matters (DuckDB), not even inside quotes.
    `implicit_lateral`: a subquery in FROM sees what stands to its left without the word LATERAL.
    `aliases_everywhere`: an output name may be used in WHERE, HAVING and beside itself.
    `has_fields`: `a.b` may also be the field b of a column a.
    `max_identifier`: in bytes of UTF-8; the server cuts longer names, so that two become one.
    """

    name: str
    quoted_names_fold: bool
    implicit_lateral: bool
    aliases_everywhere: bool
    has_fields: bool
    max_identifier: int

    def spelled(self, name: str, *, is_quoted: bool) -> str:
        """Return the name the server would take the written one for."""
        if "\0" in name or not name:
            raise SqlRefusedError("A name is empty or contains a null character.")
        if len(name.encode()) > self.max_identifier:
            raise SqlRefusedError(
                f"The name {quoted(name)} is longer than {self.max_identifier} bytes."
            )
        return name if is_quoted or self.quoted_names_fold else name.translate(ASCII_LOWER)

    def key(self, name: str) -> str:
        """Return what two spelled names share when the server takes them for the same."""
        return name.translate(ASCII_LOWER) if self.quoted_names_fold else name


POSTGRES = Dialect(
    "postgres",
    quoted_names_fold=False,
    implicit_lateral=False,
    aliases_everywhere=False,
    has_fields=False,
    max_identifier=63,
)
DUCKDB = Dialect(
    "duckdb",
    quoted_names_fold=True,
    implicit_lateral=True,
    aliases_everywhere=True,
    has_fields=True,
    max_identifier=255,
)
DIALECTS = {dialect.name: dialect for dialect in (POSTGRES, DUCKDB)}


def is_system(schema: str, table: str = "") -> bool:
    """Tell whether a name belongs to the server rather than to the data."""
    schema, table = schema.translate(ASCII_LOWER), table.translate(ASCII_LOWER)
    return (
        schema in RESERVED_SCHEMAS
        or schema.startswith("pg_")
        or table.startswith(("pg_", "sqlite_", "duckdb_"))
    )
