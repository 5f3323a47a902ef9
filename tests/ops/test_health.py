"""/livez and /readyz: what a load balancer and an operator ask."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.test import Client
from django.utils import timezone

from foundation.base import clock
from foundation.base.keys.ring import rotate_due_keys
from foundation.base.models import SigningKey
from foundation.journal.models import Act
from idp.endpoints import health
from idp.endpoints.health import Rounds
from idp.web.documents import DOCUMENTS, prepare_all


@pytest.fixture(autouse=True)
def first_round(monkeypatch: pytest.MonkeyPatch) -> Rounds:
    """Nothing is known from before."""
    rounds = Rounds()
    monkeypatch.setattr(health, "rounds", rounds)
    return rounds


@pytest.fixture
def ready(db, settings, tmp_path):
    """A provider that is ready: keys made, folder for messages there."""
    settings.QUEUE_DIR = tmp_path
    rotate_due_keys()


def failed(client: Client) -> list[str]:
    response = client.get("/readyz")
    assert response.status_code == 503
    document = response.json()
    assert document["status"] == "unavailable"
    assert set(document) == {"status", "failed"}
    names: list[str] = document["failed"]
    return names


def test_livez_asks_nobody(client: Client) -> None:
    response = client.get("/livez")  # the database is not allowed in this test

    assert response.status_code == 200
    assert response.json() == {"status": "ok"}


@pytest.mark.both_databases
def test_readyz_answers_when_everything_does(ready, client: Client) -> None:
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json() == {"status": "ok"}
    assert response["Cache-Control"] == "no-store"


def test_probes_may_use_any_host_name_and_plain_http(ready, client: Client, settings) -> None:
    settings.ALLOWED_HOSTS = ["id.example.com"]
    settings.SECURE_SSL_REDIRECT = True

    assert client.get("/readyz", headers={"host": "10.0.0.7:8000"}).status_code == 200


def test_a_missing_signing_key_is_named(ready, client: Client) -> None:
    SigningKey.objects.get(algorithm="RS256", state="active").delete()

    assert failed(client) == ["signing_keys"]


def test_a_signing_key_that_cannot_be_decrypted_is_named(ready, client: Client) -> None:
    for key in SigningKey.objects.filter(algorithm="ES256"):
        key.private_jwe = "not.a.jwe"
        key.save()

    assert "signing_keys" in failed(client)


def test_a_broken_cache_is_named(ready, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "get", lambda *args, **kwargs: None)

    assert failed(client) == ["cache"]


def test_a_broken_broker_is_named(ready, client: Client, settings) -> None:
    settings.QUEUE_DIR = django_settings.QUEUE_DIR / "nowhere"

    assert failed(client) == ["broker"]


def test_a_broken_database_is_named_and_tells_no_details(
    ready, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise DatabaseError("connection to 10.1.2.3 as scopeward failed")

    with monkeypatch.context() as patched:
        patched.setattr(connection, "cursor", refuse)
        response = client.get("/readyz")

    assert response.status_code == 503
    assert "database" in response.json()["failed"]
    assert "10.1.2.3" not in response.content.decode()


@pytest.mark.parametrize("skew", [6.0, -6.0, 600.0])
def test_a_clock_that_is_off_is_named_with_its_reason(
    ready: None,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    skew: float,
) -> None:
    monkeypatch.setattr(clock, "skew", lambda: skew)

    assert failed(client) == ["clock"]
    assert f"{skew:+.1f} s" in caplog.text


def test_a_clock_that_is_a_little_off_is_good_enough(
    ready: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "skew", lambda: 4.0)

    assert client.get("/readyz").status_code == 200


def test_a_process_that_does_not_know_the_time_is_not_ready(
    ready: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "skew", lambda: None)

    assert failed(client) == ["clock"]


def test_documents_are_there_before_anybody_asks(ready: None) -> None:
    for document in DOCUMENTS:
        document._kept._kept = None

    prepare_all()

    assert len(DOCUMENTS) == 4
    assert all(document.is_prepared for document in DOCUMENTS)


def test_a_process_without_documents_gets_them_with_its_readiness(
    ready: None, client: Client
) -> None:
    for document in DOCUMENTS:
        document._kept._kept = None

    assert client.get("/readyz").status_code == 200
    assert all(document.is_prepared for document in DOCUMENTS)


def test_history_that_nobody_links_is_named_and_no_reason_to_stop(
    ready: None, client: Client
) -> None:
    Act.objects.create(at=timezone.now() - timedelta(seconds=121), kind="asked", actor="system")

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["warnings"]) == (200, ["history_late"])


class TestRounds:
    """One thread at most is held by what does not answer."""

    @pytest.fixture
    def stuck(self, monkeypatch: pytest.MonkeyPatch) -> Any:
        """Yield what lets a check go on that is waiting; it says when it has begun."""
        begun, go_on = threading.Event(), threading.Event()

        def wait() -> None:
            begun.set()
            assert go_on.wait(30)

        monkeypatch.setattr(health, "CHECKS", {"stuck": wait})
        monkeypatch.setattr(health, "WARNINGS", {})
        return begun, go_on

    def test_who_asks_meanwhile_is_answered_at_once(
        self, first_round: Rounds, stuck: tuple[threading.Event, threading.Event]
    ) -> None:
        begun, go_on = stuck
        first = threading.Thread(target=first_round.found)
        first.start()
        assert begun.wait(30)

        assert [first_round.found().failed for _ in range(50)] == [["busy"]] * 50

        go_on.set()
        first.join(30)
        assert first_round.found().failed == []

    def test_a_good_answer_is_not_repeated_for_ever(
        self,
        first_round: Rounds,
        stuck: tuple[threading.Event, threading.Event],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        begun, go_on = stuck
        go_on.set()
        assert first_round.found().failed == []
        go_on.clear()
        monkeypatch.setattr(health, "KEPT", 0.0)
        first = threading.Thread(target=first_round.found)
        begun.clear()
        first.start()
        assert begun.wait(30)

        assert first_round.found().failed == []
        monkeypatch.setattr(health, "PATIENCE", 0.0)
        assert first_round.found().failed == ["busy"]

        go_on.set()
        first.join(30)

    def test_an_answer_is_kept_for_a_moment(
        self, first_round: Rounds, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[str] = []
        monkeypatch.setattr(health, "CHECKS", {"counted": lambda: asked.append("once")})
        monkeypatch.setattr(health, "WARNINGS", {})
        monkeypatch.setattr(health, "KEPT", 3600.0)
        first_round.__init__()  # type: ignore[misc]

        for _ in range(5):
            first_round.found()

        assert asked == ["once"]
