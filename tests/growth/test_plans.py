"""Whatever is asked for is asked for by index: of tables that are said to be large.

They hold a thousand people and are said to hold a million, so the planner goes about them as it
would. What it reads from end to end then, or counts, would be read or counted there.
"""

from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from consent.models import Grant
from foundation.base.partitions.reading import partitions_of
from foundation.directory.models import User
from idp.tasks import keep_figures, rotate_keys
from tests.admin.conftest import browser_of
from tests.growth.rows import TABLES, grow
from tests.growth.walking import Known, steps
from tests.growth.watching import Watch

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db]
SCALE = 0.0003
TIMES = 1_000
KINDS = 100
"""A column with more values than this has more of them in a larger table, none of them common, and
so has one of which PostgreSQL says that they grow with the table (values below nought)."""
UNCOMMON = ", ".join(f"stakind{n} = stakind{n} * (stakind{n} <> 1)::int" for n in range(1, 6))
SPREAD = f"""
UPDATE pg_statistic SET stadistinct = least(stadistinct, -stadistinct / reltuples), {UNCOMMON}
FROM pg_class WHERE pg_class.oid = starelid AND relname = ANY(%s)
AND (stadistinct > %s OR stadistinct < 0)
"""
SAY = """
UPDATE pg_class SET reltuples = reltuples * %s
WHERE relname = ANY(%s) OR oid IN (
    SELECT indexrelid FROM pg_index JOIN pg_class named ON named.oid = indrelid
    WHERE named.relname = ANY(%s)
)
"""


@pytest.fixture
def grown(settings: Any, tmp_path: Path) -> dict[str, int]:
    """Fill the tables, say that they are large, and return how many rows they are said to have."""
    settings.HISTORY_HEADS_DIR = str(tmp_path / "heads")
    settings.HISTORY_MEMORY = str(tmp_path / "last")
    rotate_keys()
    grow(SCALE)
    keep_figures()
    return said_to_be_large()


def said_to_be_large() -> dict[str, int]:
    tables = [model._meta.db_table for model in TABLES]
    parts = [part for found in partitions_of(connection, tables).values() for part in found]
    with connection.cursor() as cursor:
        cursor.execute(SPREAD, [tables + parts, KINDS])
        cursor.execute(SAY, [TIMES, tables + parts, tables + parts])
        cursor.execute("SELECT relname, reltuples FROM pg_class WHERE relname = ANY(%s)", [tables])
        return {table: int(rows) for table, rows in cursor.fetchall()}


def test_nothing_reads_or_counts_a_large_table(grown: dict[str, int]) -> None:
    root = User.objects.create(username="root.of.growth", is_staff=True, is_superuser=True)
    known = Known.first()
    watch = Watch(grown, longest=float("inf"))

    for step in steps(browser_of(root), browser_of(known.person), known, thorough=False):
        with watch.on(step.name):
            step.go()

    assert len({one.where for one in watch.statements}) > 200
    assert watch.faults() == []
    with watch.on("by hand"):
        Grant.objects.count()
        list(User.objects.filter(title="Countess"))
    counted, read = (one.faults for one in watch.statements[-2:])
    assert counted[0].startswith("aggregate of")
    assert read == ["reads directory_user from end to end"]
