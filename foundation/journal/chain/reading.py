"""Rows of the chain, read from the table as the driver gives them: no objects, no queries composed.

What is read is a stretch: the rows from one place in the chain to another, by one statement over
the index of the numbers, so that memory and plan stay the same however long the history is.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django.db import connection

from foundation.journal.chain.canonical import FIRST_HASH, PERSONAL_FIELDS, Members
from foundation.journal.chain.rows import ChainRow

STRETCH = 5_000
"""Rows: some ten megabytes, a tenth of a second."""
BEFORE_ALL = -1
_TEXTS = ("kind", "actor", "scope", "object_kind", "object_key", "locale", "acr")
_POSTGRESQL = {
    "at": """to_char({}.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""",
    **dict.fromkeys(("id", "client_id", "grant_id", "person_id", "erased_in"), "{}.{}::text"),
}
"""Columns that PostgreSQL itself writes as an act says them, so that nobody makes objects first."""
_SQLITE = {"at": "{}.at || ''"}
"""An expression has no type, so the driver leaves the text as it is."""
_decode = json.JSONDecoder().raw_decode
"""The text is what the database wrote: nothing is before it or behind."""
_COLUMNS = (
    ("act", "number id at client_id grant_id text_version detail personal_digest seal hash mac"),
    ("act", " ".join(_TEXTS)),
    ("part", "act_id salt person_id shared_email erased_in erased_mac"),
    ("part", " ".join(PERSONAL_FIELDS)),
)


class ChainPlace(NamedTuple):
    """Somewhere in the chain: behind this row."""

    number: int = 0
    hash: str = FIRST_HASH


def rows_between(after: int, until: int) -> Iterator[ChainRow]:
    """Yield the rows with greater numbers than `after`, up to `until`, in order. One statement."""
    return _rows("act.number > %s AND act.number <= %s ORDER BY act.number", [after, until])


def linked_rows(after: int, until: int) -> Iterator[ChainRow]:
    """Do what `rows_between` does, however many they are: a stretch at a time."""
    for place in places(after, until, STRETCH):
        yield from rows_between(after, place.number)
        after = place.number


def waiting_rows() -> Iterator[ChainRow]:
    """Yield the acts that wait for being linked, oldest first. One statement."""
    return _rows("act.number IS NULL ORDER BY act.at", [])


def rows_in_table() -> int:
    """Return about how many rows of the chain are in the table: what the numbers span."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(number) - min(number) + 1 FROM journal_act")
        (span,) = cursor.fetchone()
    return int(span or 0)


def place_of(number: int) -> ChainPlace | None:
    """Return the place behind the row with this number; None where there is no such row."""
    return _place("number = %s", [number])


def last_place() -> ChainPlace | None:
    """Return the place behind the last row in the table; None without any."""
    return _place("number IS NOT NULL ORDER BY number DESC LIMIT 1", [])


def places(after: int, until: int, every: int) -> Iterator[ChainPlace]:
    """Yield the place behind each `every`th row after `after`, and behind the last one."""
    while after < until:
        condition = f"number > %s AND number <= %s ORDER BY number LIMIT 1 OFFSET {every - 1}"
        place = _place(condition, [after, until]) or _place("number = %s", [until])
        if place is None:
            return
        yield place
        after = place.number


def _place(condition: str, parameters: Sequence[int]) -> ChainPlace | None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT number, hash FROM journal_act WHERE {condition}",  # noqa: S608 - constants
            parameters,
        )
        found = cursor.fetchone()
    return ChainPlace(*found) if found else None


def _rows(condition: str, parameters: Sequence[int]) -> Iterator[ChainRow]:
    on_postgresql = connection.vendor == "postgresql"
    written = _POSTGRESQL if on_postgresql else _SQLITE
    columns = ", ".join(
        written.get(name, "{}.{}").format(table, name)
        for table, names in _COLUMNS
        for name in names.split()
    )
    read = _row if on_postgresql else _row_of_sqlite
    # PostgreSQL hands them over in chunks, and plans for the first ones.
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            f"SELECT {columns} FROM journal_act act LEFT JOIN journal_personalpart part "  # noqa: S608 - constants
            f"ON part.act_id = act.id WHERE {condition}",
            parameters,
        )
        while chunk := cursor.fetchmany(STRETCH):
            for values in chunk:
                yield read(values)


def _row(values: tuple[Any, ...]) -> ChainRow:
    """Return the row: `canonical.act_members` and `personal_members` of what was read."""
    (
        number,
        key,
        at,
        client,
        grant,
        text_version,
        detail,
        personal_digest,
        seal,
        row_hash,
        mac,
        kind,
        actor,
        scope,
        object_kind,
        object_key,
        locale,
        acr,
        part,
        salt,
        person,
        shared_email,
        erased_in,
        erased_mac,
        *said,
    ) = values
    act: Members = {
        "id": key,
        "at": at,
        "kind": kind,
        "actor": actor,
        "client": client if client is None else str(client),
        "grant": grant,
        "scope": scope,
        "object": [object_kind, object_key],
        "text_version": text_version,
        "locale": locale,
        "acr": acr,
        "detail": {} if detail == "{}" else _detail(detail),
        "personal_digest": personal_digest,
    }
    personal: Members | None = None
    if part is not None:
        personal = {"salt": salt, "person": person, **dict(zip(PERSONAL_FIELDS, said, strict=True))}
        if shared_email:
            personal["shared_email"] = shared_email
    chained = (number, act, seal, row_hash, mac)
    return ChainRow(*chained, personal, erased_in, erased_mac or "")


def _row_of_sqlite(values: tuple[Any, ...]) -> ChainRow:
    """Return the row of a table that has neither keys nor times: both are text there."""
    row = _row(values)
    act = row.act
    act["id"], act["grant"] = _key(act["id"]), _key(act["grant"])
    at = act["at"] if len(act["at"]) > len("YYYY-MM-DD HH:MM:SS") else act["at"] + ".000000"
    act["at"] = f"{at[:10]}T{at[11:]}Z"
    if row.personal is not None:
        row.personal["person"] = _key(row.personal["person"])
    return row._replace(erased_in=_key(row.erased_in)) if row.erased_in else row


def _key(text: str | None) -> str | None:
    if text is None:
        return None
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _detail(text: str) -> Any:
    try:
        return _decode(text)[0]
    except ValueError:
        return {"unreadable": text}  # no act has ever said that: it has been changed
