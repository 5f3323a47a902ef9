"""The pytest plugin behind the test database: migrated once for the whole run, then copied.

Where several processes share the work, the one that hands it out has nothing to do while they
collect: it migrates, and each of them takes a copy, on SQLite of a file, on PostgreSQL of a
database. SQLite is in a file because threads lock each other out of a database in memory.
"""

import shutil
import tempfile
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from pytest_django.plugin import blocking_manager_key

FOLDER: pytest.StashKey[Path] = pytest.StashKey()
FILE = "scopeward.sqlite3"
PATIENCE = 120.0


def _template(folder: Path) -> str:
    """Return the name of the database that is copied."""
    return str(folder / FILE) if settings.SQLITE else f"test_{folder.name}"


def _is_ready(folder: Path) -> Path:
    return folder / "ready"


def _migrate(config: pytest.Config) -> None:
    """Make the database that is copied, and say so."""
    from django.db import connection

    folder = config.stash[FOLDER]
    with config.stash[blocking_manager_key].unblock():
        before = connection.settings_dict["NAME"]
        connection.settings_dict.setdefault("TEST", {})["NAME"] = _template(folder)
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        # The last to leave writes what is in the log of SQLite into the file.
        connection.close()
        connection.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = before
    _is_ready(folder).touch()


def _on_server(config: pytest.Config, statement: str) -> None:
    """Execute a statement about a database of PostgreSQL, outside of it."""
    from django.db import connection

    with config.stash[blocking_manager_key].unblock():
        connection.close()
        with connection.creation._nodb_cursor() as cursor:
            cursor.execute(statement)


def _own(config: pytest.Config) -> str:
    """Return the name of this process's database on PostgreSQL."""
    worker = getattr(config, "workerinput", {}).get("workerid", "own")
    return f"{_template(config.stash[FOLDER])}_{worker}"


def _hands_out(config: pytest.Config) -> bool:
    """Say whether other processes do the work."""
    return config.getoption("dist", "no") != "no" and not hasattr(config, "workerinput")


def pytest_configure(config: pytest.Config) -> None:
    """Choose where the database that is copied lies."""
    told = getattr(config, "workerinput", {}).get("template")
    config.stash[FOLDER] = Path(told or tempfile.mkdtemp(prefix="scopeward-"))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a process where it will be."""
    node.workerinput["template"] = str(node.config.stash[FOLDER])


@pytest.hookimpl(wrapper=True)
def pytest_sessionstart(session: pytest.Session) -> Generator[None, None, None]:
    """Migrate, once the other processes have been started."""
    yield
    if _hands_out(session.config) and not session.config.option.collectonly:
        _migrate(session.config)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing behind."""
    if hasattr(config, "workerinput"):
        return
    if _is_ready(config.stash[FOLDER]).exists() and not settings.SQLITE:
        _on_server(config, f'DROP DATABASE "{_template(config.stash[FOLDER])}" WITH (FORCE)')
    shutil.rmtree(config.stash[FOLDER], ignore_errors=True)


@pytest.fixture(scope="session")
def template_database(request: pytest.FixtureRequest, django_test_environment: None) -> Path:
    """The folder of the migrated database, once it is there."""
    folder = request.config.stash[FOLDER]
    if not hasattr(request.config, "workerinput"):
        _migrate(request.config)
    began = time.monotonic()
    while not _is_ready(folder).exists():
        assert time.monotonic() - began < PATIENCE, "nobody has migrated"
        time.sleep(0.02)
    return folder


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, template_database: Path, tmp_path_factory: Any
) -> Iterator[None]:
    """Give this process a copy of the migrated database."""
    from django.db import connection

    before = connection.settings_dict["NAME"]
    own = str(tmp_path_factory.mktemp("database") / "test.sqlite3")
    if settings.SQLITE:
        shutil.copy(template_database / FILE, own)
    else:
        own = _own(request.config)
        like = f'CREATE DATABASE "{own}" TEMPLATE "{_template(template_database)}"'
        _on_server(request.config, like)
    with request.config.stash[blocking_manager_key].unblock():
        connection.close()
        connection.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = own
        connection.ensure_connection()
    yield
    connection.close()
    connection.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = before
    if not settings.SQLITE:
        _on_server(request.config, f'DROP DATABASE "{own}" WITH (FORCE)')


@pytest.fixture(scope="session")
def migrated(template_database: Path) -> Callable[[Path], None]:
    """Put a migrated SQLite database into a data folder, for a program that starts on it.

    Migrating takes longer than starting; that it works is seen where a program starts on nothing.
    """

    def put_into(folder: Path) -> None:
        assert settings.SQLITE, "on PostgreSQL nothing is copied"
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(template_database / FILE, folder)

    return put_into
