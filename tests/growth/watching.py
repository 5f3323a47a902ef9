"""What PostgreSQL does for a statement, and what of it must not grow with the tables.

Three rules: no statement reads a big table from end to end, none counts one, and none takes long.
The first two are asked of the plan, so they can be asked without a million rows too.
"""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

BIG = 100_000
"""Rows from which a table is big, and more than which nobody has to wait for."""
LONGEST = 100.0
"""Milliseconds of one statement."""
TAKE_ALL = frozenset({"Aggregate", "Sort", "WindowAgg", "Unique", "SetOp"})
"""Nodes that have to see everything before they give anything."""
LOOKED_AT = ("SELECT", "UPDATE", "DELETE", "WITH", "(SELECT")


@dataclass
class Statement:
    """One statement of one page or task: what it took, and what is wrong with it."""

    where: str
    sql: str
    milliseconds: float
    faults: list[str]
    plan: dict[str, Any] = field(default_factory=dict, repr=False)


class Watch:
    """Takes down every statement while it is open."""

    def __init__(self, big: Mapping[str, int], *, longest: float = LONGEST) -> None:
        """Take the big tables with their rows; each of their partitions has its own.

        `longest`: milliseconds that a statement may take.
        """
        self._longest = longest
        self.statements: list[Statement] = []
        self.where = ""
        self._big = dict(big)

    @contextmanager
    def on(self, where: str) -> Iterator[None]:
        """Watch what a page or a task asks."""
        self.where = where
        with connection.execute_wrapper(self._watch):
            yield

    def faults(self) -> list[str]:
        """Return what is wrong, once for each page and fault."""
        told = (
            f"{one.where}: {fault}: {one.sql}" for one in self.statements for fault in one.faults
        )
        return list(dict.fromkeys(told))

    def _watch(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if many or not sql.lstrip().startswith(LOOKED_AT):
            return execute(sql, params, many, context)
        plan = plan_of(sql, params)
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            took = 1000 * (time.perf_counter() - started)
            if took > self._longest and sql.lstrip().startswith(("SELECT", "WITH")):
                # Once more: it may have been the machine, or the disk.
                plan = plan_of(sql, params, options="ANALYZE, BUFFERS, ")
                took = min(took, plan["Execution Time"])
            faults = list(dict.fromkeys(faults_of(plan["Plan"], self._big)))
            if took > self._longest:
                faults.append(f"took {took:.0f} ms")
            self.statements.append(Statement(self.where, sql, took, faults, plan))


def plan_of(sql: str, params: Any, *, options: str = "") -> dict[str, Any]:
    """Return PostgreSQL's plan."""
    with connection.connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN ({options}FORMAT JSON) {sql}", params or None)
        found = cursor.fetchone()[0]
    plans: list[dict[str, Any]] = json.loads(found) if isinstance(found, str) else found
    return plans[0]


def faults_of(plan: dict[str, Any], big: Mapping[str, int], *, share: float = 1.0) -> Iterator[str]:
    """Yield what reads or counts a big table.

    `share` of its rows is what a node is asked for: above it a LIMIT may end it early.
    """
    kind, below = plan["Node Type"], plan.get("Plans", [])
    read = share * _size(plan.get("Relation Name", ""), big)
    if kind == "Seq Scan" and read > BIG:
        yield f"reads {plan['Relation Name']} from end to end"
    if kind in TAKE_ALL:
        share = 1.0
        if (read := max((_rows(one) for one in below), default=0)) > BIG:
            yield f"{kind.lower()} of {read:,} rows"
    for one in below:
        wanted = min(1.0, plan["Plan Rows"] / (one["Plan Rows"] or 1)) if kind == "Limit" else 1.0
        yield from faults_of(one, big, share=share * wanted)


def _rows(plan: dict[str, Any]) -> int:
    """Return how many rows a node gives, as they were counted or else as they are expected."""
    return int(plan.get("Actual Rows", plan["Plan Rows"]))


def _size(table: str, big: Mapping[str, int]) -> int:
    """Return how many rows a table has, where it is big or a partition; of those some are empty."""
    if table in big:
        return big[table]
    with connection.connection.cursor() as cursor:
        cursor.execute(
            "SELECT reltuples FROM pg_class WHERE relispartition AND relname = %s", [table]
        )
        return max(0, *(int(rows) for (rows,) in cursor.fetchall()), 0)
