"""Where a name may look: the sources of one FROM, and the queries around it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from scopeward_guard.sql._grammar.refusal import SqlRefusedError, quoted
from scopeward_guard.sql._resolving.catalogue import TableName

Outputs = tuple[str | None, ...]
"""The column names of a query, None for one that the server names as it likes."""


@dataclass(slots=True, eq=False)
class Source:
    """One item of a FROM: its alias and its columns.

    `table` is set for a table of the catalogue; a query, a CTE or a function has none, because
    what it reads was counted where it is written. `reads` grow as names are resolved, `left_out`
    by what `* EXCLUDE` names.
    """

    alias: str
    columns: dict[str, str]
    table: TableName | None = None
    has_unnamed: bool = False
    is_target: bool = False
    reads: set[str] = field(default_factory=set)
    left_out: set[str] = field(default_factory=set)

    def read(self, column: str) -> None:
        """Count one column."""
        self.reads.add(column)

    def read_whole(self) -> None:
        """Count every column: a star, or the row as a whole. Raises SqlRefusedError for a target.

        A target is not cut down to the catalogue's columns by a derived table, so its whole row
        may hold more than the catalogue knows.
        """
        if self.is_target:
            raise SqlRefusedError("A statement that changes data must name the columns it reads.")
        self.reads.update(self.columns)


def derived(alias: str, outputs: Outputs) -> Source:
    """Return the source that a query makes in a FROM."""
    named = {name: name for name in outputs if name is not None}
    return Source(alias, named, has_unnamed=None in outputs)


class Named(NamedTuple):
    """A common table expression in sight: its columns, and which of the statement's it is."""

    outputs: Outputs
    number: int


@dataclass(slots=True, eq=False)
class NameScope:
    """One query's sources, common table expressions and output names, inside another's."""

    parent: "NameScope | None" = None
    sources: list[Source] = field(default_factory=list)
    ctes: dict[str, Named] = field(default_factory=dict)
    merged: set[str] = field(default_factory=set)
    aliases: set[str] = field(default_factory=set)
    read: set[str] = field(default_factory=set)
    """Names that were counted here already; the sources do not change while they are read."""

    def chain(self) -> Iterator["NameScope"]:
        """Yield this scope and the ones around it, innermost first."""
        scope: NameScope | None = self
        while scope is not None:
            yield scope
            scope = scope.parent

    def cte(self, name: str) -> Named | None:
        """Return the common table expression that a table name means here, if it means one."""
        return next((scope.ctes[name] for scope in self.chain() if name in scope.ctes), None)

    def add(self, source: Source) -> None:
        """Make a source visible. Two of the same name are refused, as the servers do."""
        if any(source.alias == other.alias for other in self.sources):
            raise SqlRefusedError(
                f"Two sources are called {quoted(source.alias)}; give one an alias."
            )
        self.sources.append(source)
        self.read.clear()

    def leave(self, sources: list[Source]) -> None:
        """Make sources invisible again: what was joined by SEMI or ANTI JOIN."""
        self.sources[:] = [source for source in self.sources if source not in sources]
        self.read.clear()

    def merge(self, names: Iterable[str], left: list[Source], right: list[Source]) -> None:
        """Read the columns that USING and NATURAL compare, on both sides."""
        for name in names:
            sides = [[s for s in side if name in s.columns] for side in (left, right)]
            if not all(sides):
                raise SqlRefusedError(f"USING needs the column {quoted(name)} on both sides.")
            self.merged.add(name)
            for source in (*sides[0], *sides[1]):
                source.read(name)

    def read_column(self, name: str) -> None:
        """Count all that an unqualified name can mean; raises SqlRefusedError if it is nothing.

        A column of the innermost query that has one; or, when no column is nearer, the alias of
        a source, which is its whole row; or an output name, whose expression counts anyway.
        """
        if name in self.read:
            return
        understood = False
        for scope in self.chain():
            if scope.reads_column(name):
                self.read.add(name)
                return
            understood = scope.reads_row(name) or understood or name in scope.aliases
        if not understood:
            raise SqlRefusedError(
                f"There is no column {quoted(name)} in the tables of the statement."
            )

    def reads_column(self, name: str) -> bool:
        """Count the column of that name here; tell whether there is one."""
        found = [source for source in self.sources if name in source.columns]
        if len(found) > 1 and name not in self.merged:
            raise SqlRefusedError(f"The column {quoted(name)} is ambiguous; write its table.")
        for source in found:
            source.read(name)
        return bool(found)

    def reads_row(self, alias: str) -> bool:
        """Count the whole rows of the source of that alias; tell whether there is one."""
        found = [source for source in self.sources if source.alias == alias]
        for source in found:
            source.read_whole()
        return bool(found)

    def read_qualified(self, alias: str, name: str) -> None:
        """Count `alias.name`. Raises SqlRefusedError."""
        source = self.source(alias)
        if name not in source.columns:
            raise SqlRefusedError(f"There is no column {quoted(name)} in {quoted(alias)}.")
        source.read(name)

    def source(self, alias: str) -> Source:
        """Return the nearest source of that alias. Raises SqlRefusedError."""
        for scope in self.chain():
            for source in scope.sources:
                if source.alias == alias:
                    return source
        raise SqlRefusedError(f"There is no table {quoted(alias)} in this part of the statement.")
