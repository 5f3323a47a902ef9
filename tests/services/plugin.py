"""The pytest plugin behind tests/conftest.py: which database, which servers, nothing skipped in CI.

The suite runs on SQLite in a file of its own, or on the PostgreSQL that DATABASE_URL names.
`make test` does both: everything on SQLite, then what is marked `both_databases` or `postgresql`
on a throw-away PostgreSQL.
"""

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from pytest_django.plugin import blocking_manager_key

from tests.services import programs, redis

EMPTYING_FIXTURES = {"transactional_db", "live_server", "django_db_reset_sequences"}


ON_POSTGRESQL = "both_databases or postgresql"
"""The tests of the PostgreSQL part of `make test`."""


def _on_postgresql() -> bool:
    return not settings.SQLITE


def pytest_report_header() -> list[str]:
    """Name the database of this run, and what it cannot do."""
    lines = ["database: PostgreSQL" if _on_postgresql() else "database: SQLite"]
    if programs.CI and not programs.can_have_opa():
        lines.append("opa: neither opa nor Go is here, tests with a real one are LEFT OUT")
    return lines


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """In the PostgreSQL part, do not import files that have nothing for it: most of them."""
    if not _on_postgresql() or config.option.markexpr != ON_POSTGRESQL or collection_path.is_dir():
        return None
    text = collection_path.read_text(encoding="utf-8")
    return None if any(marker in text for marker in ON_POSTGRESQL.split(" or ")) else True


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run be of every test, but not of every case of each."""
    parser.addoption(
        "--two-cases",
        action="store_true",
        help="of each test that has several cases, run the first and the last alone",
    )


def _between_first_and_last(items: list[pytest.Item]) -> set[pytest.Item]:
    """Return the cases of each test that are neither the first nor the last as it names them."""
    cases: dict[tuple[pytest.Item, str], list[pytest.Function]] = {}
    for item in items:
        if isinstance(item, pytest.Function) and hasattr(item, "callspec"):
            cases.setdefault((item.parent, item.originalname), []).append(item)
    ordered = (
        sorted(of, key=lambda item: tuple(item.callspec.indices.values())) for of in cases.values()
    )
    return {item for of in ordered for item in of[1:-1]}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what belongs to the PostgreSQL part of `make test`, unless this is it.

    What is marked `long` belongs to `make test-long`, and in CI, where nothing may be skipped, what
    takes an `opa` that cannot be built here is left out as well.
    """
    without = set() if _on_postgresql() else {"postgresql"}
    if "long" not in config.option.markexpr:
        without.add("long")
    if programs.CI and not programs.can_have_opa():
        without.add("opa")
    left_out = {item for item in items if any(map(item.get_closest_marker, without))}
    if config.option.two_cases:
        left_out |= _between_first_and_last([item for item in items if item not in left_out])
    if left_out:
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=list(left_out))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI nothing may be skipped."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if programs.CI and reporter is not None and reporter.stats.get("skipped"):
        reporter.write_line("Skipped tests are failures in CI.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(
    item: pytest.Item, nextitem: pytest.Item | None
) -> Generator[None, None, None]:
    """Bring back what migrations had put into the database, after a test that emptied it."""
    try:
        yield
    finally:
        if nextitem is not None and _empties_the_database(item):
            from claims.catalogue.details.catalogue import install_defaults as install_details_types
            from claims.catalogue.scopes import install_defaults as install_scopes
            from claims.services import install_defaults as install_claims
            from foundation.base.configuration.epoch import install_first_epoch
            from foundation.directory.levels import install_defaults as install_levels
            from foundation.directory.risk.rules import install_defaults as install_risk
            from idp.enforcement.rules import install_administrators

            with item.config.stash[blocking_manager_key].unblock():
                install_first_epoch()
                install_claims()
                install_scopes()
                install_details_types()
                install_risk()
                install_levels()
                install_administrators()


def _empties_the_database(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    marked = marker is not None and bool(marker.kwargs.get("transaction"))
    return marked or bool(EMPTYING_FIXTURES & set(getattr(item, "fixturenames", ())))


MADE_BY_MIGRATE = {"django_content_type", "auth_permission"}


def _emptying(style: Any, connection: Any, **options: bool) -> list[str]:
    """Return statements that empty all tables but those that `migrate` fills by itself.

    On PostgreSQL too a DELETE each: TRUNCATE makes a new file for each table and each index.
    """
    found = connection.introspection.django_table_names(only_existing=True, include_views=False)
    quote = connection.ops.quote_name
    # The notes last: emptying the others makes some.
    emptied = sorted(set(found) - MADE_BY_MIGRATE, key=lambda table: table == "journal_change")
    return [f"DELETE FROM {quote(table)}" for table in emptied]


@pytest.fixture(scope="session", autouse=True)
def history_steps_aside() -> Iterator[None]:
    """Let Django empty all tables after a test that commits: the history refuses to be emptied."""
    # A plugin is imported before Django is ready.
    from django.core.management.commands import flush as flushing
    from django.db.backends.base.operations import BaseDatabaseOperations

    from foundation.journal.triggers import declared as triggers

    patch = pytest.MonkeyPatch()
    patch.setattr(flushing, "sql_flush", _emptying)
    # What follows a migration would make what was left where it is.
    patch.setattr(flushing, "emit_post_migrate_signal", lambda *_, **__: None)
    flush = BaseDatabaseOperations.execute_sql_flush

    def flush_without_triggers(operations: Any, sql: list[str]) -> None:
        connection = operations.connection
        if connection.vendor == "postgresql":
            # Whoever may take the role of a replica takes rows as they come: no trigger fires. In
            # one statement, since the server is asked once then instead of for every table.
            replica = "SET LOCAL session_replication_role = replica"
            flush(operations, [f"DO $$ BEGIN {'; '.join([replica, *sql])}; END $$"])
            return
        with triggers.removed(connection):
            flush(operations, sql)

    patch.setattr(BaseDatabaseOperations, "execute_sql_flush", flush_without_triggers)
    yield
    patch.undo()


@pytest.fixture(scope="session", autouse=True)
def time_travels() -> Iterator[None]:
    """Let `time_machine` move the one clock; a test about clocks puts a real one in its place."""
    # A plugin is imported before Django is ready.
    from foundation.base import clock
    from tests.clocks import OwnTime

    patch = pytest.MonkeyPatch()
    patch.setattr(clock, "_clock", OwnTime())
    yield
    patch.undo()


@pytest.fixture(scope="session")
def _memory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("history") / "last"
    settings.HISTORY_MEMORY = str(path)
    return path


@pytest.fixture(autouse=True)
def history_remembers_nothing(_memory: Path) -> None:
    """Let every test begin a history of its own."""
    for path in _memory.parent.iterdir():
        path.unlink()


@pytest.fixture(autouse=True)
def decisions_wait() -> Iterator[None]:
    """Have no thread write the decision log: it would not see the rows of a test that rolls back.

    What is decided waits until a test says `flush`, and is gone after it.
    """
    from policy.decision_log.services import outbox

    patch = pytest.MonkeyPatch()
    patch.setattr(outbox, "_spawn", lambda work: None)
    yield
    outbox.clear()
    patch.undo()


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """Yield the REDIS_URL of a throw-away Redis; skip (fail in CI) where it is not installed."""
    programs.require("redis-server", package="redis-server")
    with redis.server() as url:
        yield url
