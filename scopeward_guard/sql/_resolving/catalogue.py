"""The catalogue: every table and column a statement may name. What is not in it does not exist."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Self

from scopeward_guard._base.errors import GuardError
from scopeward_guard.sql._grammar.dialects import DIALECTS, Dialect, is_system
from scopeward_guard.sql._grammar.refusal import SqlRefusedError, quoted


class CatalogueError(GuardError, ValueError):
    """The catalogue itself cannot be used; the message says which part of it."""


class TableName(NamedTuple):
    """A table or view where the catalogue puts it, spelled as the catalogue spells it."""

    schema: str
    table: str

    def __str__(self) -> str:
        """Return `schema.table`."""
        return f"{self.schema}.{self.table}"


class Catalogue:
    """Tables by schema, for one dialect. Immutable; share it between threads.

    In: the dialect's name (`postgres`, `duckdb`) and {schema: {table: [column, …]}}. A view is a
    table of its own here: whoever may read it is not asked about the tables behind it.
    Raises CatalogueError.
    """

    def __init__(self, dialect: str, schemas: Mapping[str, Mapping[str, Sequence[str]]]) -> None:
        if dialect not in DIALECTS:
            raise CatalogueError(f"The dialect must be one of {', '.join(sorted(DIALECTS))}.")
        self.dialect: Dialect = DIALECTS[dialect]
        self._columns: dict[TableName, dict[str, str]] = {}
        self._by_key: dict[tuple[str, str], TableName] = {}
        self._by_table: dict[str, list[TableName]] = defaultdict(list)
        self._by_text: dict[str, TableName] = {}
        for schema, tables in _mapping(schemas, "schemas").items():
            for table, columns in _mapping(tables, f"schema {schema!r}").items():
                self._add(TableName(schema, table), columns)
        content = json.dumps([dialect, schemas], sort_keys=True, ensure_ascii=False)
        self.revision = hashlib.sha256(content.encode()).hexdigest()
        """Changes with every change of the content."""

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Read `{"dialect": …, "schemas": {schema: {table: [columns]}}}`; see the class."""
        try:
            content = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise CatalogueError("The catalogue is not JSON in UTF-8.") from error
        if not isinstance(content, dict) or "schemas" not in content:
            raise CatalogueError("The catalogue must be an object with “dialect”, “schemas”.")
        return cls(str(content.get("dialect")), content["schemas"])

    def columns(self, table: TableName) -> dict[str, str]:
        """Return the table's columns in order: how they compare -> how they are spelled."""
        return self._columns[table]

    def find(self, schema: str | None, table: str) -> TableName:
        """Return the one table that is meant; raises SqlRefusedError for none and for several."""
        if is_system(schema or "", table):
            raise SqlRefusedError(f"{quoted(table)} belongs to the database system.")
        key = self.dialect.key(table)
        if schema is None:
            found = self._by_table.get(key, [])
        else:
            one = self._by_key.get((self.dialect.key(schema), key))
            found = [one] if one else []
        shown = quoted(table if schema is None else f"{schema}.{table}")
        if not found:
            raise SqlRefusedError(f"There is no table {shown} in the catalogue.")
        if len(found) > 1:
            raise SqlRefusedError(f"The table {shown} is in more than one schema; write which.")
        return _sayable(found[0])

    def named(self, text: str) -> TableName:
        """Return the table that `schema.table` names, spelled as here. Raises SqlRefusedError."""
        found = self._by_text.get(text)
        if found is None:
            raise SqlRefusedError(f"There is no table {quoted(text)} in the catalogue.")
        return found

    def _add(self, name: TableName, columns: Any) -> None:
        if not isinstance(columns, list | tuple):
            raise CatalogueError(f"The columns of {name} must be a list.")
        if not all(isinstance(column, str) and column for column in columns):
            raise CatalogueError(f"The columns of {name} must be names.")
        by_key = {self.dialect.key(column): column for column in columns}
        place = (self.dialect.key(name.schema), self.dialect.key(name.table))
        if len(by_key) != len(columns) or place in self._by_key:
            raise CatalogueError(f"{name} has, or is, a name that is there twice.")
        self._columns[name] = by_key
        self._by_key[place] = name
        self._by_table[place[1]].append(name)
        self._by_text[str(name)] = name


def _mapping(value: Any, what: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping) or not all(isinstance(key, str) and key for key in value):
        raise CatalogueError(f"The catalogue's {what} must be an object of names.")
    return value


def _sayable(name: TableName) -> TableName:
    """Refuse what `schema.table` could not say: `a.b`.`c` and `a`.`b.c` would read the same."""
    if "." in name.schema or "." in name.table:
        raise SqlRefusedError(
            f"The name {quoted(str(name))} has a dot in it, which no scope can say."
        )
    return name
