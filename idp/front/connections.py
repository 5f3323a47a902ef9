"""How many connections to the database an installation may take, computed from its settings.

    web processes x (MACHINE_THREADS + PAGE_THREADS + OPA_LONG_POLLS + 4 + 2) + worker threads + 2

Each thread has one of its own. Those for what lasts give theirs back after each request, so the
number is a bound: usually a process keeps MACHINE_THREADS + PAGE_THREADS of them.
"""

from dataclasses import dataclass

import structlog
from django.db import connection

from foundation.base import patience
from foundation.base.conf import Conf
from idp.front.kinds import pools_of

log = structlog.get_logger(__name__)

BESIDE = 2
"""Threads of a web process that no request waits for: the decision log, and news for bundles."""
BESIDE_WORKER = 2
"""The thread that sends what is due, and the one that looks after the others."""
TAKEN = """
SELECT current_setting('max_connections')::int
       - current_setting('superuser_reserved_connections')::int
       - coalesce(current_setting('reserved_connections', true), '0')::int
"""


@dataclass(frozen=True, slots=True)
class ConnectionPlan:
    """What an installation takes at most, and what PostgreSQL has."""

    process: int
    """Of one web process."""
    web: int
    worker: int
    """Of background work."""
    others: int
    """Left to migration and administrators."""
    most: int
    """What PostgreSQL takes from who is no superuser; 0: not counted, on SQLite or by a pooler."""

    @property
    def needed(self) -> int:
        """All of them together."""
        return self.web + self.worker + self.others

    @property
    def is_enough(self) -> bool:
        """Whether nobody has to go without."""
        return not self.most or self.needed <= self.most


def plan(conf: Conf, *, processes: int, worker_threads: int) -> ConnectionPlan:
    """Return the plan for so many web processes in all, and workers with so many threads in all.

    On PostgreSQL one statement.
    """
    process = sum(pool.threads for pool in pools_of(conf).values()) + BESIDE
    return ConnectionPlan(
        process=process,
        web=processes * process,
        worker=worker_threads + BESIDE_WORKER,
        others=patience.WEB.leaves_connections,
        most=_taken(),
    )


def say(found: ConnectionPlan) -> None:
    """Write a line into the log; a warning where there are too few."""
    tell = log.info if found.is_enough else log.warning
    tell("database_connections", each=found.process, at_most=found.needed, available=found.most)


def _taken() -> int:
    # Behind a pooler no thread has a connection of its own.
    if connection.vendor != "postgresql" or connection.settings_dict["POOLING"] == "transaction":
        return 0
    with connection.cursor() as cursor:
        cursor.execute(TAKEN)
        (most,) = cursor.fetchone()
    return int(most)
