"""/livez and /readyz: what a load balancer and an operator ask."""

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.test import Client

from idp.models import SigningKey
from idp.tokens.keys import rotate_due_keys


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

    assert failed(client) == ["signing_keys"]


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
