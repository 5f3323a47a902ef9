"""Background work: the tasks themselves, and real workers on files and on Redis."""

import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from celery import current_app
from django.contrib.sessions.models import Session
from django.utils import timezone

from foundation.base.models import SigningKey
from idp import celery, tasks
from idp.celery import app
from tests.services import processes

WORKER = ["celery", "--quiet", "-A", "idp", "worker", "--pool", "solo"]


@pytest.mark.django_db
@pytest.mark.both_databases
def test_a_task_that_runs_twice_does_its_work_once() -> None:
    tasks.rotate_keys()
    kids = set(SigningKey.objects.values_list("kid", flat=True))

    tasks.rotate_keys()

    assert kids
    assert set(SigningKey.objects.values_list("kid", flat=True)) == kids


@pytest.mark.django_db
@pytest.mark.both_databases
def test_expired_sessions_are_cleared_and_others_kept() -> None:
    now = timezone.now()
    for key, hours in {"expired": -1, "valid": 1}.items():
        expires = now + timedelta(hours=hours)
        Session.objects.create(session_key=key, session_data="", expire_date=expires)

    tasks.clear_expired()

    assert list(Session.objects.values_list("session_key", flat=True)) == ["valid"]


def test_everything_scheduled_is_a_task() -> None:
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}

    assert scheduled == {
        "idp.tasks.rotate_keys",
        "idp.tasks.clear_expired",
        "idp.tasks.end_what_is_due",
        "idp.tasks.import_people",
        "idp.tasks.keep_figures",
        "idp.tasks.synchronise_directories",
        "idp.tasks.keep_history",
        "idp.tasks.export_history_head",
        "idp.tasks.run_directories",
        "idp.tasks.reset_sign_ins",
        "idp.tasks.settle_approvals",
        "idp.tasks.deliver_notices",
        "idp.tasks.post_webhooks",
        "idp.tasks.ping_clients",
    }
    assert scheduled <= set(app.tasks)
    assert current_app.main == "idp"


def test_what_sends_the_tasks_goes_on_after_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    began: queue.Queue[str] = queue.Queue()
    ended = threading.Event()

    class Unlucky:
        def __init__(self, *_: Any, **__: Any) -> None:
            self.number = began.qsize()

        def start(self) -> None:
            began.put("began")
            if not self.number:
                raise ConnectionError
            ended.wait(30)

        def stop(self) -> None:
            ended.set()

    monkeypatch.setattr(celery, "Service", Unlucky)
    monkeypatch.setattr(celery, "PAUSE", 0.0)
    worker = SimpleNamespace(app=app, steps=[])
    beat = celery.BeatThread(worker, beat_thread=True)
    assert beat.enabled
    assert not celery.BeatThread(worker).enabled

    beat.start(worker)
    deadline = time.monotonic() + 30
    while began.qsize() < 2:
        assert time.monotonic() < deadline
        ended.wait(0.01)
    beat.stop(worker)

    assert ended.is_set()


@pytest.fixture
def data_dir(tmp_path: Path, migrated: Callable[[Path], None]) -> Path:
    migrated(tmp_path)
    return tmp_path


def environment(folder: Path, **more: str) -> dict[str, str]:
    return {"DATA_DIR": str(folder), "HOME": str(folder), **more}


def worker_makes_keys(folder: Path, environment: dict[str, str], *options: str) -> list[str]:
    """Start a worker, send it a task from another process, return what the log says."""
    with processes.running([*WORKER, *options], environment) as worker:
        worker.wait_for("ready.")
        call = ["celery", "--quiet", "-A", "idp", "call", "idp.tasks.rotate_keys"]
        called = processes.run(call, environment)
        assert called.returncode == 0, called.stderr
        worker.wait_for("keys_rotated")

    with closing(sqlite3.connect(folder / "scopeward.sqlite3")) as database:
        rows = database.execute("SELECT algorithm FROM base_signingkey WHERE state = 'active'")
        return sorted(algorithm for (algorithm,) in rows)


def test_the_embedded_worker_takes_tasks_from_files(data_dir: Path) -> None:
    made = worker_makes_keys(data_dir, environment(data_dir), "--beat-thread")

    assert made == ["ES256", "RS256"]


@pytest.mark.redis
def test_a_worker_takes_tasks_from_redis(data_dir: Path, redis_url: str) -> None:
    made = worker_makes_keys(data_dir, environment(data_dir, REDIS_URL=redis_url))

    assert made == ["ES256", "RS256"]
    assert not (data_dir / "queue").exists()


def test_a_worker_with_insecure_settings_does_not_start(tmp_path: Path) -> None:
    insecure = {"SCOPEWARD_ENV": "production", "SECRET_KEY": "x", "ISSUER": "http://localhost"}

    refused = processes.run(WORKER, environment(tmp_path, **insecure))

    assert refused.returncode != 0
    assert "scopeward.E002" in refused.stderr
