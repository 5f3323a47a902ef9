"""Reading everything as it was at one moment, also in several processes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

ONE_MOMENT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
KEEP = "LOCK TABLE journal_act, journal_personalpart IN ACCESS SHARE MODE"
"""Before the moment: a month that is dropped is gone for whoever has not looked at it yet."""


@contextmanager
def at_one_moment(moment: str = "") -> Iterator[None]:
    """See all tables as they are at one moment, whoever goes on writing, whom nobody keeps.

    `moment` is another transaction's on PostgreSQL (`exported_moment`). Inside of a transaction
    that has begun already, this is nothing: it has its moment.
    """
    if connection.in_atomic_block:
        yield
        return
    with _for_reading(), transaction.atomic():
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(ONE_MOMENT)
                if moment:
                    cursor.execute(f"SET TRANSACTION SNAPSHOT '{moment}'")
                else:
                    cursor.execute(KEEP)
            else:
                cursor.execute("SELECT number FROM journal_chainhead")  # the moment of SQLite
        yield


def exported_moment() -> str:
    """Return the name of this transaction's moment, for others to see the same."""
    if connection.vendor != "postgresql":
        return ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_export_snapshot()")
        (moment,) = cursor.fetchone()
    return str(moment)


@contextmanager
def nobody_writes() -> Iterator[None]:
    """Hold the one lock of SQLite's writers, so that what others begin to read is the same."""
    if connection.vendor != "sqlite":
        yield
        return
    lock = connection.copy()
    try:
        with lock.cursor() as cursor:
            cursor.execute("BEGIN IMMEDIATE")
        yield
    finally:
        lock.close()


@contextmanager
def _for_reading() -> Iterator[None]:
    """Begin as one who only reads: by our settings a transaction of SQLite begins as a writer."""
    if connection.vendor != "sqlite":
        yield
        return
    sqlite: Any = connection
    sqlite.ensure_connection()
    usual, sqlite.transaction_mode = sqlite.transaction_mode, "DEFERRED"
    try:
        yield
    finally:
        sqlite.transaction_mode = usual
