"""Ordinary statements about a small shop, as people write them; see the folder `corpus`."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from scopeward_guard.sql import Catalogue

FOLDER = Path(__file__).parent / "corpus"
WORDS = {
    "postgres": {
        "{json}": "jsonb",
        "{text_list}": "text[]",
        "{timestamp}": "timestamp",
        "{list_1}": "ARRAY['vip', 't' || (i % 3)]",
    },
    "duckdb": {
        "{json}": "JSON",
        "{text_list}": "text[]",
        "{timestamp}": "timestamp",
        "{list_1}": "['vip', 't' || (i % 3)]",
    },
}


def lines_of(name: str) -> list[str]:
    """Return the statements of one file of the corpus, one of each line."""
    lines = (FOLDER / f"{name}.sql").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("--")]


def questions() -> Iterator[tuple[int, str]]:
    """Yield number and statement of each question in the manner of TPC-DS, in their order."""
    lines = (FOLDER / "tpcds.sql").read_text().splitlines()
    for heading, statement in pairwise(lines):
        if found := re.match(r"-- (\d+) \w", heading):
            yield int(found[1]), statement


def statements_for(dialect: str) -> list[str]:
    """Return all statements that are right in a dialect."""
    return [*lines_of("common"), *lines_of("tpcds"), *lines_of(dialect)]


def table_lines() -> list[str]:
    """Return what makes and fills all tables, before the words of a dialect are put in."""
    return [*lines_of("tables"), *lines_of("tpcds_tables")]


def tables_for(dialect: str) -> Iterator[str]:
    """Yield what makes and fills the tables of the shop."""
    for line in table_lines():
        yield re.sub(r"\{\w+\}", lambda found: WORDS[dialect].get(found[0], found[0]), line)


def catalogue_for(dialect: str) -> Catalogue:
    """Return the shop's catalogue."""
    tables = {}
    for line in table_lines():
        if found := re.match(r"CREATE TABLE (\w+) \((.*)\)$", line):
            fields = re.split(r", (?=[a-z_]+ )", found[2])
            tables[found[1]] = [field.split()[0] for field in fields]
    return Catalogue(dialect, {"shop": tables})
