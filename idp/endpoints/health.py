"""Health: `/livez` (the process answers) and `/readyz` (it can do its work).

They answer before any other middleware, so probes may use any host name, and tell no details: the
log says why a check failed.
"""

import os
import uuid
from collections.abc import Callable

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from idp.celery import app
from idp.tokens.keys import ALGORITHMS, key_ring

log = structlog.get_logger(__name__)


class NotReadyError(Exception):
    """A check that got an answer, but not a usable one."""


def livez(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Answer 200 as long as the process can answer anything; asks nobody else."""
    return _answer({"status": "ok"}, status=200)


def readyz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Answer 200, or 503 with the names of the checks that failed."""
    failed = [name for name, check in CHECKS.items() if not _passes(name, check)]
    if failed:
        return _answer({"status": "unavailable", "failed": failed}, status=503)
    return _answer({"status": "ok"}, status=200)


def _passes(name: str, check: Callable[[], None]) -> bool:
    try:
        check()
    except Exception as error:  # noqa: BLE001 - whatever it is, the check has failed
        log.error("not_ready", check=name, error=repr(error))  # noqa: TRY400 - a line, no traceback
        return False
    return True


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _cache() -> None:
    key, value = f"readyz-{uuid.uuid4()}", uuid.uuid4().hex
    cache.set(key, value, timeout=5)
    if cache.get(key) != value:
        raise NotReadyError("the cache forgets")


def _broker() -> None:
    if not settings.REDIS_URL:
        if not os.access(settings.QUEUE_DIR, os.W_OK):
            raise NotReadyError("the folder for messages cannot be written")
        return
    with app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, interval_start=0, timeout=2)


def _signing_keys() -> None:
    for algorithm in ALGORITHMS:
        key_ring().signer(algorithm)


CHECKS: dict[str, Callable[[], None]] = {
    "database": _database,
    "cache": _cache,
    "broker": _broker,
    "signing_keys": _signing_keys,
}


def _answer(document: dict[str, object], *, status: int) -> HttpResponse:
    response = JsonResponse(document, status=status)
    response["Cache-Control"] = "no-store"
    return response
