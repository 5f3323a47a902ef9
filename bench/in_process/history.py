"""Time per append to the history, 200 at once, beside a chain whose head every writer locks.

    DATABASE_URL=… .venv/bin/python bench/in_process/history.py

Migrates the database it is given (a throw-away SQLite file without DATABASE_URL) and fills it, so
never point it at one that matters.
"""

import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "idp.settings")
os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="scopeward-bench-"))

import django

django.setup()

from django.core.management import call_command
from django.db import connection, connections, transaction
from django.utils import timezone

from foundation.journal.acts import Actor, Entry, Kind, link, record
from foundation.journal.archive import archive
from foundation.journal.chain.moments import at_one_moment
from foundation.journal.chain.verification import Verification
from foundation.journal.models import ChainHead

WRITERS = 200
ROWS = 20_000
ROUNDS = 3


def append(kind: Kind = Kind.GRANTED) -> None:
    """Append one act the way the services do."""
    record([Entry(kind=kind, actor=Actor.PERSON, scope="email")])


def append_under_the_lock() -> None:
    """Append and link while holding the head, as a chain without a linker has to."""
    with transaction.atomic():
        ChainHead.objects.select_for_update().first()
        append(Kind.SHOWN)
        link()


def at_once(call: Callable[[], None]) -> float:
    """Return milliseconds per call when all writers start at one moment."""
    barrier = threading.Barrier(WRITERS + 1)

    def run() -> None:
        connection.ensure_connection()
        barrier.wait()
        try:
            call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(WRITERS) as pool:
        for _ in range(WRITERS):
            pool.submit(run)
        barrier.wait()
        started = time.perf_counter()
    return (time.perf_counter() - started) / WRITERS * 1000


def in_turn(call: Callable[[], None]) -> float:
    """Return milliseconds per call, one after another."""
    started = time.perf_counter()
    for _ in range(WRITERS):
        call()
    return (time.perf_counter() - started) / WRITERS * 1000


def fill(rows: int) -> None:
    """Append and link acts as days make them: a screen asked for and shown, answers, tokens."""
    person, grant = uuid4(), uuid4()
    seen: dict[str, Any] = {
        "actor": Actor.PERSON,
        "person": person,
        "grant": grant,
        "locale": "en",
        "acr": "urn:scopeward:acr:1",
        "address": "192.0.2.7",
        "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    }
    day = [
        Entry(kind=Kind.ASKED, scope="openid email profile", **seen),
        Entry(kind=Kind.SHOWN, scope="openid email profile", shown="a" * 64, **seen),
        Entry(kind=Kind.GRANTED, scope="email", text_version=3, detail={"kept": True}, **seen),
    ]
    for number in range(0, rows, 500):
        tokens = [
            Entry(
                kind=Kind.MINTED,
                actor=Actor.CLIENT,
                person=person,
                grant=grant,
                detail={"family": str(uuid4()), "rotation": number + each},
            )
            for each in range(200)
        ]
        record([*day * 100, *tokens])
    link()


def verify() -> None:
    """Check all of it, in this process alone, and print rows per second of its CPU time."""
    best = 0.0
    for _ in range(ROUNDS):
        started = time.process_time()
        check = Verification(heads=Path(os.environ["DATA_DIR"]) / "none")
        with at_one_moment():
            found = list(check.findings())
        best = max(best, check.rows / (time.process_time() - started))
    print(f"checking: {best:.0f} rows per second of CPU, {check.rows} rows", *found)


def move() -> None:
    """Archive all of it, which deletes the rows, and print milliseconds a row."""
    started = time.perf_counter()
    segment = archive(timezone.now(), Path(os.environ["DATA_DIR"]) / f"{uuid4()}.jsonl")
    print(f"archiving: {(time.perf_counter() - started) / segment.acts * 1000:.3f} ms a row")


def main() -> None:
    """Measure and print."""
    call_command("migrate", verbosity=0)
    call_command("rotate_keys")
    append()
    print(f"at once:                        {at_once(append):7.2f} ms each")
    link()
    print(f"at once, each locking the head: {at_once(append_under_the_lock):7.2f} ms each")
    print(f"in turn, linked at once:        {in_turn(append):7.2f} ms each")
    print(f"in turn, linked later:          {in_turn(lambda: append(Kind.SHOWN)):7.2f} ms each")
    link()
    for _ in range(20):
        record([Entry(kind=Kind.SHOWN, actor=Actor.PERSON)] * 500)
    started = time.perf_counter()
    linked = link()
    print(f"linking:  {(time.perf_counter() - started) / linked * 1000:.2f} ms a row")
    fill(ROWS)
    verify()
    move()


if __name__ == "__main__":
    main()
