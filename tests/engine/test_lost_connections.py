"""The database ends connections: reads are answered all the same, and nothing is written twice."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.test import Client as Browser

from foundation.base.postgresql.connection import Connection
from foundation.directory.models import User
from idp.models import PushedAuthorizationRequest, RefreshToken
from tests.engine.setting import CHALLENGE, REDIRECT_URI, Setting

pytestmark = pytest.mark.postgresql
OURS = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"

END_WAITING = """
SELECT pg_terminate_backend(pid, 9000) FROM pg_locks
WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


@pytest.fixture
def administrator(committed: Setting) -> Iterator[psycopg.Connection[Any]]:
    """A connection beside the provider's own."""
    parameters = connection.get_connection_params()
    named = {name: parameters[name] for name in ("dbname", "user", "host") if name in parameters}
    with psycopg.connect(**named, autocommit=True) as one:
        yield one


@pytest.fixture
def end_all(administrator: psycopg.Connection[Any]) -> Callable[[], int]:
    """Return what ends every connection of the provider, and how many there were."""

    def end() -> int:
        ended = administrator.execute(f"SELECT pg_terminate_backend(pid, 9000) {OURS}").fetchall()
        assert all(gone for (gone,) in ended)
        return len(ended)

    return end


@contextmanager
def locked(administrator: psycopg.Connection[Any], lock: str) -> Iterator[None]:
    """Let everybody wait who comes across this lock on the table of families."""
    with administrator.transaction():
        administrator.execute(f"LOCK TABLE idp_refreshtoken IN {lock} MODE")
        yield


def ended_while_it_waits(administrator: Any, lock: str, call: Callable[[], Any]) -> Any:
    """Make a call in a thread whose connection is ended while its statement is at work."""

    def run() -> Any:
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=1) as pool:
        with locked(administrator, lock):
            called: Future[Any] = pool.submit(run)
            while not administrator.execute(END_WAITING).fetchall():
                assert not called.done(), called.result()
        return called.result()


def pushed(setting: Setting) -> Any:
    return setting.post(
        "/par",
        redirect_uri=REDIRECT_URI,
        response_type="code",
        scope="openid",
        code_challenge=CHALLENGE,
        code_challenge_method="S256",
    )


def test_what_was_ended_between_requests_is_noticed(
    committed: Setting, end_all: Callable[[], int]
) -> None:
    token = committed.exchange(committed.code()).json()
    code = committed.code()
    calls = {
        "userinfo": (200, lambda: committed.userinfo(token["access_token"])),
        "introspection": (200, lambda: committed.post("/introspect", token=token["access_token"])),
        "par": (201, lambda: pushed(committed)),
        "refresh": (200, lambda: committed.refresh(token["refresh_token"])),
        "code": (200, lambda: committed.exchange(code)),
        "a page": (200, lambda: Browser().get("/accounts/login/")),
    }

    for name, (status, call) in calls.items():
        assert end_all() >= 1
        assert call().status_code == status, name
    assert RefreshToken.objects.filter(rotations=1).count() == 1
    assert PushedAuthorizationRequest.objects.count() == 1


def test_a_transaction_begins_on_a_connection_that_lives(
    committed: Setting, end_all: Callable[[], int]
) -> None:
    assert User.objects.exists()
    assert end_all() == 1

    with transaction.atomic():
        User.objects.update(name="Countess")

    assert User.objects.get().name == "Countess"


@pytest.mark.parametrize("read", ["prepared", "composed"])
def test_a_read_whose_connection_dies_under_it_is_answered(
    committed: Setting, administrator: Any, read: str
) -> None:
    token = committed.exchange(committed.code()).json()["access_token"]
    call: dict[str, Callable[[], Any]] = {
        "prepared": lambda: committed.post("/introspect", token=token).json()["active"],
        "composed": RefreshToken.objects.exists,
    }

    assert ended_while_it_waits(administrator, "ACCESS EXCLUSIVE", call[read]) is True


def test_a_write_whose_connection_dies_under_it_is_refused_and_can_be_tried_again(
    committed: Setting, administrator: Any
) -> None:
    token = committed.exchange(committed.code()).json()["refresh_token"]

    answer = ended_while_it_waits(administrator, "SHARE", lambda: committed.refresh(token))

    assert answer.status_code == 503
    assert RefreshToken.objects.get().rotations == 0
    assert committed.refresh(token).status_code == 200
    assert RefreshToken.objects.get().rotations == 1


def test_a_write_whose_answer_is_lost_is_not_sent_twice(
    committed: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert pushed(committed).status_code == 201
    answered = Connection.wait

    def lose(self: Connection, *args: Any, **kwargs: Any) -> Any:
        answered(self, *args, **kwargs)
        self.pgconn.finish()
        raise psycopg.OperationalError("server closed the connection unexpectedly")

    with monkeypatch.context() as lossy:
        lossy.setattr(Connection, "wait", lose)
        answer = pushed(committed)

    assert answer.status_code == 503
    assert PushedAuthorizationRequest.objects.count() == 2


def test_a_read_within_a_transaction_is_not_asked_anew(
    committed: Setting, end_all: Callable[[], int]
) -> None:
    def write_and_read() -> None:
        with transaction.atomic():
            User.objects.update(name="Countess")
            end_all()
            User.objects.count()

    with pytest.raises(OperationalError):
        write_and_read()

    assert User.objects.get().name == committed.person.name


def test_a_migration_in_a_running_process_is_no_error(
    committed: Setting, administrator: Any
) -> None:
    """A statement that is prepared would go on with columns that are others now."""
    token = committed.exchange(committed.code()).json()["access_token"]

    def is_active() -> bool:
        return bool(committed.post("/introspect", token=token).json()["active"])

    assert all(is_active() for _ in range(4))
    assert prepared() >= 1
    alter = "ALTER TABLE idp_refreshtoken ALTER COLUMN acr TYPE varchar({})"
    administrator.execute(alter.format(300))
    try:
        assert all(is_active() for _ in range(4))
    finally:
        administrator.execute(alter.format(255))


def test_prepared_statements_can_be_switched_off(
    committed: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection.close()
    options = settings.DATABASES["default"]["OPTIONS"] | {"prepare_threshold": None}
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", options)
    token = committed.exchange(committed.code()).json()

    for _ in range(4):
        assert committed.post("/introspect", token=token["access_token"]).json()["active"]
        token = committed.refresh(token["refresh_token"]).json()

    assert prepared() == 0
    connection.close()


def test_no_statement_is_compiled_by_jit(committed: Setting) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)


def prepared() -> int:
    """Return how many statements the server has prepared for this connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")
        (count,) = cursor.fetchone()
    return int(count)
