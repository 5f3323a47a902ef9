"""Logs tell what happened, to machines, and no secret (design.md section 10, rule 3)."""

import json
import logging
import time
from typing import Any

import pytest
import structlog
from celery.app.trace import LOG_FAILURE, LOG_RECEIVED, LOG_SUCCESS

from foundation.base.logs.redaction import (
    CUT,
    LONGEST,
    LONGEST_TRACEBACK,
    REDACTED,
    is_secret,
    redact,
)
from foundation.base.logs.setup import formatter, is_news

SECRET = "s3cr3t-Value_0123456789"
JWT = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"


def logged(message: str, *args: object, error: BaseException | None = None) -> dict[str, Any]:
    """Return the JSON line that a standard library logger writes in production."""
    exc_info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("django.request", logging.INFO, "", 1, message, args, exc_info)
    line: dict[str, Any] = json.loads(formatter(as_json=True).format(record))
    return line


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "password1",
        "new_password2",
        "token",
        "access_token",
        "refresh_token",
        "id_token_hint",
        "csrfmiddlewaretoken",
        "code",
        "code_verifier",
        "device_code",
        "client_secret",
        "SECRET_KEY",
        "Authorization",
        "HTTP_AUTHORIZATION",
        "Cookie",
        "Set-Cookie",
        "sessionid",
        "session-8000",
        "__Host-session",
        "client_assertion",
    ],
)
def test_values_under_secret_names_are_redacted_at_any_depth(name: str) -> None:
    event = {name: SECRET, "data": {name: SECRET, "list": [{name: [SECRET]}]}}

    redacted = redact(None, "info", event)

    assert SECRET not in json.dumps(redacted)
    assert redacted[name] == REDACTED


@pytest.mark.parametrize(
    "name", ["status", "client_id", "token_type", "secretary", "encode", "sub"]
)
def test_other_values_stay_readable(name: str) -> None:
    assert not is_secret(name)
    assert redact(None, "info", {name: "value"}) == {name: "value"}


@pytest.mark.parametrize(
    "text",
    [
        f"Not Found: /callback?state=1&code={SECRET}",
        f"code={SECRET}&grant_type=authorization_code",
        f"GET /logout?id_token_hint={SECRET} HTTP/1.1",
        f"{{'password': '{SECRET}', 'login': 'ada'}}",
        f'{{"refresh_token": "{SECRET}"}}',
        f"<QueryDict: {{'client_secret': ['{SECRET}']}}>",
        f"Authorization: Bearer {SECRET}",
        f"authorization: basic {SECRET}==",
        f"Cookie: session-8000={SECRET}; csrf-8000={SECRET}",
        f"/accounts/password/reset/key/1-{SECRET}/",
        f"/accounts/confirm-email/{SECRET}/",
        f"/accounts/invitation/{SECRET}/",
        f"connection to redis://:{SECRET}@host failed",
    ],
)
def test_secrets_inside_of_text_are_redacted(text: str) -> None:
    line = logged(text)

    assert SECRET not in json.dumps(line)
    assert REDACTED in line["event"]


def test_tokens_are_recognised_without_a_name() -> None:
    line = logged("rejected %s", JWT)

    assert line["event"] == f"rejected {REDACTED}"


def test_ordinary_text_is_left_alone() -> None:
    text = "/authorize?client_id=desk&scope=openid 404 in 3.2 ms"

    assert logged(text)["event"] == text


def test_secrets_in_tracebacks_are_redacted() -> None:
    line = logged("failed", error=ValueError(f"cannot parse client_secret={SECRET}"))

    assert "cannot parse client_secret=" in line["exception"]
    assert SECRET not in json.dumps(line)


def test_what_libraries_log_carries_the_request_id() -> None:
    with structlog.contextvars.bound_contextvars(request_id="r-12345678"):
        line = logged("Not Found: %s", "/nowhere")

    assert line["request_id"] == "r-12345678"
    assert line["logger"] == "django.request"
    assert line["level"] == "info"


def test_development_logs_are_redacted_too() -> None:
    record = logging.LogRecord("idp", logging.INFO, "", 1, f"token={SECRET}", (), None)

    assert SECRET not in formatter(as_json=False).format(record)


@pytest.mark.parametrize("text", [LOG_RECEIVED, LOG_SUCCESS, "Scheduler: Sending due task %s (%s)"])
def test_tasks_that_run_every_few_seconds_do_not_fill_the_log(text: str) -> None:
    routine = logging.LogRecord("celery.app.trace", logging.INFO, "", 1, text, (), None)

    assert not is_news(routine)


def test_a_task_that_fails_is_news() -> None:
    assert is_news(logging.LogRecord("celery", logging.ERROR, "", 1, LOG_FAILURE, (), None))
    assert is_news(logging.LogRecord("celery", logging.INFO, "", 1, "beat: Starting...", (), None))


def test_values_are_cut_before_they_are_searched() -> None:
    line = logged("Not Found: /" + "a-" * 8_000 + "x://?code=" + SECRET)

    assert len(line["event"]) == LONGEST + len(CUT)


@pytest.mark.parametrize(
    "secret", [f"://ada:{SECRET * 99}@host", f"{JWT.partition('.')[0]}.{SECRET * 99}"]
)
def test_what_the_cut_leaves_of_a_secret_is_redacted(secret: str) -> None:
    assert SECRET not in logged("x" * 900 + " " + secret)["event"]


def test_a_traceback_keeps_its_end() -> None:
    def fail(depth: int) -> None:
        if not depth:
            raise ValueError("x" * 900 + f" code={SECRET} the end")
        fail(depth - 1)

    with pytest.raises(ValueError, match="the end") as caught:
        fail(400)

    text = logged("Failed", error=caught.value)["exception"]
    assert text.endswith("the end")
    assert SECRET not in text
    assert len(text) <= LONGEST_TRACEBACK + len(CUT)


def test_the_longest_path_costs_milliseconds() -> None:
    text = "Not Found: /" + "a-" * 32_000 + "x://"
    started = time.thread_time()

    logged(text)

    assert time.thread_time() - started < 0.05
