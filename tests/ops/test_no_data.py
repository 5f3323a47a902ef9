"""Where there is no data a command says so, and where there is, errors stay errors."""

import pytest
from django.db import OperationalError, connection
from django.db.backends.sqlite3.base import DatabaseWrapper

from console.management.no_data import is_empty, no_data


def in_memory() -> DatabaseWrapper:
    options = {"NAME": ":memory:", "OPTIONS": {}, "TIME_ZONE": None, "AUTOCOMMIT": True}
    rest = {"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False, "ATOMIC_REQUESTS": False}
    return DatabaseWrapper(options | rest, alias="empty")


@pytest.mark.django_db
def test_only_a_database_without_tables_is_empty():
    database = in_memory()
    try:
        assert is_empty(database)
    finally:
        database.close()
    assert not is_empty(connection)


def test_a_database_that_cannot_be_asked_is_not_called_empty(monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object) -> None:
        raise OperationalError

    database = in_memory()
    monkeypatch.setattr(database.introspection, "table_names", fail)

    assert not is_empty(database)


def test_the_sentence_leads_to_the_demo(settings):
    assert str(settings.DATA_DIR) in no_data()
    assert "DATA_DIR=var/demo" in no_data()
