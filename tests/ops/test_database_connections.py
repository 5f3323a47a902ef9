"""How many connections an installation takes at most: computed, printed, and compared."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from structlog.testing import capture_logs

from idp.front.connections import BESIDE, BESIDE_WORKER, ConnectionPlan, plan, say
from idp.front.kinds import pools_of
from tests.ops.conftest import conf

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.mark.parametrize("changed", [{}, {"page_threads": 9}, {"opa_long_polls": 0}])
def test_every_thread_that_can_hold_one_is_counted(changed: dict[str, int]) -> None:
    own = conf(**changed)
    threads = sum(pool.threads for pool in pools_of(own).values())

    found = plan(own, processes=3, worker_threads=5)

    assert found.process == threads + BESIDE
    assert found.web == 3 * (threads + BESIDE)
    assert found.needed == found.web + 5 + BESIDE_WORKER + found.others
    assert found.process == (own.machine_threads + own.page_threads + own.opa_long_polls + 4 + 2), (
        "docs/operations.md and the module say so"
    )


def test_the_command_says_how_many() -> None:
    said = StringIO()

    call_command("database_connections", providers=2, workers=2, stdout=said)

    assert "120 for 4 web processes, 30 each" in said.getvalue()
    assert "130 at most" in said.getvalue()


@pytest.mark.postgresql
def test_the_command_fails_where_there_are_too_few() -> None:
    with pytest.raises(CommandError, match="takes 297: raise its max_connections by 13"):
        call_command("database_connections", workers=10, worker_threads=5, stdout=StringIO())


@pytest.mark.postgresql
def test_a_pooler_counts_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "POOLING", "transaction")

    call_command("database_connections", workers=100, stdout=StringIO())


@pytest.mark.parametrize(("most", "level"), [(0, "info"), (10, "info"), (9, "warning")])
def test_a_start_says_so_in_the_log(most: int, level: str) -> None:
    with capture_logs() as logs:
        say(ConnectionPlan(process=3, web=6, worker=1, others=3, most=most))

    line: dict[str, Any] = {"event": "database_connections", "log_level": level}
    assert logs == [{**line, "each": 3, "at_most": 10, "available": most}]
