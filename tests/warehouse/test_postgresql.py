"""The Warehouse on PostgreSQL: the same answers, and a database that refuses by itself."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from warehouse.config import Config
from warehouse.postgresql_store import READER, PostgresqlStore, for_driver

from scopeward_guard._gates.sql_result import SqlFailedError
from tests.guard.provider import FakeProvider
from tests.warehouse.conftest import CARDS, ISSUER, ORIGIN, SALARIES, Desk, desk_at

postgresql = pytest.mark.postgresql


@contextmanager
def administration(database: str = "postgres") -> Iterator[psycopg.Connection[Any]]:
    server = settings.DATABASES["default"]
    with psycopg.connect(
        host=server["HOST"], user=server["USER"], dbname=database, autocommit=True
    ) as connection:
        yield connection


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A database of its own, filled once."""
    name = f"warehouse_{os.getpid()}"
    server = settings.DATABASES["default"]
    with administration() as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    yield f"postgresql://{server['USER']}@/{name}?host={server['HOST']}"
    with administration() as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture
def store(url: str) -> PostgresqlStore:
    return PostgresqlStore(url)


@pytest.fixture
def desk(
    url: str, provider: FakeProvider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    config = Config(ISSUER, ORIGIN, "warehouse", "s3cret", tmp_path, url)
    with desk_at(config, provider, monkeypatch) as desk:
        yield desk


@postgresql
def test_the_day_is_the_same(desk: Desk):
    salaries = desk.ask(SALARIES, desk.approved(SALARIES)).json()
    cards = desk.ask(CARDS, desk.approved(CARDS, "a2")).json()

    assert salaries["columns"] == ["name", "salary"]
    assert all(isinstance(salary, str) for _name, salary in salaries["rows"])
    assert all(number.startswith("•••• ") for _id, number in cards["rows"])


@postgresql
def test_parameters_reach_the_database_as_values(desk: Desk):
    statement = (
        "SELECT id, '100 % :since' AS kept FROM finance.payments "
        "WHERE paid_on >= :since AND region <> :region ORDER BY id"
    )
    parameters = {"since": "2026-01-01", "region": "x' OR '1' = '1"}

    answer = desk.ask(statement, parameters=parameters).json()

    assert answer["row_count"] == 5
    assert {kept for _id, kept in answer["rows"]} == {"100 % :since"}


@postgresql
@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO finance.budgets (project) VALUES ('x')",
        "DELETE FROM hr.absences",
        "UPDATE hr.employees SET salary = 1",
        "CREATE TABLE public.x (a int)",
        "CREATE TEMP TABLE x (a int)",
        "SELECT rolpassword FROM pg_authid",
        "SELECT pg_read_file('/etc/passwd')",
        "COPY hr.employees TO PROGRAM 'cat'",
        "DROP SCHEMA hr CASCADE",
    ],
)
def test_what_the_guard_let_through_by_mistake_the_database_refuses(
    store: PostgresqlStore, statement: str
):
    with pytest.raises(SqlFailedError):
        store.run(statement, {}, max_rows=5)

    assert store.run("SELECT count(id) FROM hr.employees", {}, max_rows=1).rows[0][0] == 800


@postgresql
def test_columns_that_the_catalogue_does_not_know_cannot_be_read(store: PostgresqlStore, url: str):
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("ALTER TABLE hr.employees ADD COLUMN IF NOT EXISTS secret text")

    for statement in ("SELECT secret FROM hr.employees", "SELECT * FROM hr.employees"):
        with pytest.raises(SqlFailedError):
            store.run(statement, {}, max_rows=5)


@postgresql
def test_a_statement_that_takes_too_long_is_stopped(
    store: PostgresqlStore, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("warehouse.postgresql_store.STATEMENT_SECONDS", 1)

    with pytest.raises(SqlFailedError, match="more than 1 seconds"):
        store.run("SELECT pg_sleep(30)", {}, max_rows=1)


@postgresql
def test_the_reader_cannot_log_in(store: PostgresqlStore, url: str):
    with psycopg.connect(url) as owner:
        row = owner.execute("SELECT rolcanlogin FROM pg_roles WHERE rolname = %s", [READER])
        assert row.fetchone() == (False,)


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ('"a" = :b', '"a" = %(b)s'),
        ("':b' || :b", "':b' || %(b)s"),
        ("'it''s :b' = :c", "'it''s :b' = %(c)s"),
        ('"odd "" :b" % :c', '"odd "" :b" %% %(c)s'),
        ("'%' LIKE :a", "'%%' LIKE %(a)s"),
        ('"a"::TEXT = :b', '"a"::TEXT = %(b)s'),
    ],
)
def test_parameters_are_told_from_text(written: str, sent: str):
    assert for_driver(written) == sent
