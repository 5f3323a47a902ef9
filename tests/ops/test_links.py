"""Links to other services: refused where others could read along; a cache that runs nothing."""

import itertools
import pickle
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache.backends.redis import RedisCache

from foundation.base.distance import Distance, distance
from idp import checks
from idp.json_cache import JSONSerializer
from tests.ops.test_checks import found

DISTANCES = {
    Distance.MACHINE: ["", "/var/run/postgresql", "localhost", "LOCALHOST", "127.0.0.1", "::1"],
    Distance.NETWORK: [
        "postgres", "db.internal", "pg.local", "redis.prod.svc", "10.0.0.7", "192.168.1.9",
        "::ffff:10.0.0.7",
        "172.16.0.1", "fd00::1", "[fd00::1]", "localhost,postgres",
    ],
    Distance.BEYOND: [
        "db.example.com", "example.com.", "8.8.8.8", "2001:4860:4860::8888", "localhost.evil.com",
        "::ffff:8.8.8.8", "[::ffff:8.8.8.8]",
        "internal.example.com", "10.0.0.7.example.com", "postgres,db.example.com",
    ],
}  # fmt: skip
HOSTS = [(host, where) for where, hosts in DISTANCES.items() for host in hosts]


@pytest.mark.parametrize(("host", "where"), HOSTS)
def test_distance_of_a_host(host: str, where: Distance) -> None:
    assert distance(host) is where


SSLMODES = {"": False, "disable": False, "allow": False, "prefer": False, "require": True}
SSLMODES |= {"verify-ca": True, "verify-full": True}


def test_postgresql_without_tls_beyond_the_network_is_refused(
    production: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for (host, where), (sslmode, is_encrypted) in itertools.product(HOSTS, SSLMODES.items()):
        monkeypatch.setattr(checks, "database_link", lambda _: (host, sslmode))  # noqa: B023
        is_open = where is Distance.BEYOND and not is_encrypted

        assert found() == (["scopeward.E016"] if is_open else []), (host, sslmode)


def test_a_replica_beyond_the_network_needs_tls_as_well(
    production: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = {"HOST": "db.example.com", "OPTIONS": {}}
    near = {"HOST": "postgres", "OPTIONS": {}}
    monkeypatch.setattr(checks.settings._wrapped, "DATABASES", {"default": near, "replica": entry})
    assert found() == ["scopeward.E016"]

    entry["OPTIONS"] = {"sslmode": "verify-full"}
    assert found() == []


@pytest.mark.parametrize(
    ("url", "is_refused"),
    [
        ("redis://redis:6379/0", False),
        ("redis://localhost:6379/0", False),
        ("unix:///run/redis.sock?db=0", False),
        ("redis://10.0.0.7:6379/0", False),
        ("redis://redis.example.com:6379/0", True),
        ("redis://:password@redis.example.com:6379/0", True),
        ("rediss://redis.example.com:6379/0", True),
        ("rediss://user@redis.example.com:6379/0", True),
        ("rediss://:password@redis.example.com:6379/0", False),
    ],
)
def test_redis_beyond_the_network_is_encrypted_and_has_a_password(
    production: Any,
    url: str,
    is_refused: bool,
) -> None:
    production.REDIS_URL = url

    assert found() == (["scopeward.E017"] if is_refused else [])


def test_mail_in_clear_stays_on_the_machine(production: Any) -> None:
    encryption = [(False, False), (True, False), (False, True)]
    for (host, where), (tls, ssl) in itertools.product(HOSTS, encryption):
        production.EMAIL_HOST = host or None  # as where mail is written to files
        production.EMAIL_USE_TLS, production.EMAIL_USE_SSL = tls, ssl
        is_open = where is not Distance.MACHINE and not (tls or ssl)

        assert found() == (["scopeward.E015"] if is_open else []), (host, tls, ssl)


@pytest.mark.redis
def test_shared_cache_holds_json_and_nothing_that_runs(redis_url: str) -> None:
    options = {"serializer": "idp.json_cache.JSONSerializer"}
    cache = RedisCache(redis_url, {"OPTIONS": options})
    raw = cache._cache.get_client(None)

    for key, value in {
        "count": 3,
        "times": [1.5, 2],
        "flag": True,
        "text": "é",
        "no": None,
    }.items():
        cache.set(key, value)
        assert cache.get(key, "default") == value
        assert not raw.get(cache.make_key(key)).startswith(b"\x80")
    assert cache.incr("count") == 4
    raw.set(cache.make_key("planted"), pickle.dumps([1]))
    with pytest.raises(ValueError):  # noqa: PT011 - UnicodeDecodeError or JSONDecodeError
        cache.get("planted")


def test_what_json_has_no_word_for_is_refused() -> None:
    with pytest.raises(TypeError):
        JSONSerializer().dumps(object())


def test_settings_name_the_serializer_and_tasks_take_json_only() -> None:
    from idp.celery import app

    text = (django_settings.BASE_DIR / "idp/settings.py").read_text()

    assert '"serializer": "idp.json_cache.JSONSerializer"' in text
    assert set(app.conf.accept_content) == {"json"}
    assert app.conf.task_serializer == app.conf.result_serializer == "json"
