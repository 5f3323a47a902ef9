"""Signing in while the database or the cache is in trouble, and just after."""

from typing import Any

import pytest
from allauth.core.internal import ratelimit
from django.contrib.sessions.backends.base import UpdateError
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client as Browser
from redis import RedisError

from foundation.directory.models import User
from idp.accounts import counting
from tests.people import PASSWORD

LOGIN = "/accounts/login/"
FORM = {"login": "ada", "password": PASSWORD}


def test_a_session_that_cannot_be_saved_is_no_mistake_of_the_visitor(
    signed_in: Browser, ada: User
) -> None:
    """A disk that is full lets rows be read, and no session be written."""

    def full(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith(("UPDATE", "INSERT")) and "django_session" in sql:
            raise OperationalError("could not extend file: No space left on device")
        return execute(sql, *rest)

    store = signed_in.session
    store["x"] = 1
    with connection.execute_wrapper(full):
        with pytest.raises(OperationalError):
            store.save()
        answer = Browser(raise_request_exception=False).post(LOGIN, FORM)

    assert answer.status_code == 503
    assert answer["Retry-After"]


def test_a_session_that_has_ended_elsewhere_is_told_as_before(
    signed_in: Browser, ada: User
) -> None:
    store = signed_in.session
    store["x"] = 1
    store.delete(store.session_key)

    with pytest.raises(UpdateError):
        store.save()


def test_after_a_freeze_of_the_cache_the_right_password_is_right(
    browser: Browser, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the frozen cache was told it does when it is thawed: it locks for nobody."""
    add = cache.add

    def frozen(key: str, *rest: Any, **named: Any) -> bool:
        add(key, *rest, **named)
        raise RedisError("Timeout reading from socket")

    monkeypatch.setattr(ratelimit, "CACHE_LOCK_TIMEOUT", 0.05)
    browser.raise_request_exception = False
    with monkeypatch.context() as patched:
        patched.setattr(cache, "add", frozen)
        assert browser.post(LOGIN, FORM).status_code == 503

    assert browser.post(LOGIN, FORM).status_code == 302


def test_waiting_outlives_a_lock_that_nobody_gives_back() -> None:
    assert ratelimit.CACHE_LOCK_TIMEOUT == counting.LOCK_LIVES
    assert ratelimit.CACHE_LOCK_WAIT_TIMEOUT == counting.PATIENCE > counting.LOCK_LIVES
