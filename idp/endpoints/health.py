"""Health: `/livez` (the process answers) and `/readyz` (it can do its work).

They answer before any other middleware, so probes may use any host name, and tell no details: the
log says why a check failed.

Probes come whether the last one was answered or not. So the checks run one round at a time, each
with a deadline, and whoever asks meanwhile is told what the last round found: what is frozen holds
one thread of a process, however often it is asked.
"""

import os
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from redis import Redis

from foundation.base import clock, patience
from foundation.base.configuration.epoch import current_epoch
from foundation.base.keys.ring import ALGORITHMS, key_ring
from foundation.journal.chain.lateness import oldest_unlinked
from idp.web.documents import DOCUMENTS

log = structlog.get_logger(__name__)

PATIENCE = 2.0
"""Seconds that one check may wait for what it asks."""
KEPT = 0.5
"""Seconds for which the answer of the last round is good enough."""
LATE = 120.0
"""Seconds after which an act that is not linked means that nobody links: no worker, it seems."""


class NotReadyError(Exception):
    """A check that got an answer, but not a usable one."""


@dataclass(frozen=True, slots=True)
class HealthFinding:
    """What a round of checks found."""

    failed: list[str]
    warnings: list[str] = field(default_factory=list)
    at: float = field(default_factory=time.monotonic)
    """`time.monotonic()` at its end."""


class Rounds:
    """Runs the checks, one round at a time, and keeps what the last one found."""

    def __init__(self) -> None:
        self._running = threading.Lock()
        self._found = HealthFinding(["busy"], at=-KEPT)

    def found(self) -> HealthFinding:
        """Return what holds now; `busy` has failed while nothing that is new enough is known."""
        if not self._running.acquire(blocking=False):
            return self._kept()
        try:
            if time.monotonic() - self._found.at >= KEPT:
                self._found = _look()
            return self._found
        finally:
            self._running.release()

    def _kept(self) -> HealthFinding:
        # A round that takes so long waits for something that does not answer.
        is_old = time.monotonic() - self._found.at > KEPT + PATIENCE
        return HealthFinding(["busy"]) if is_old and not self._found.failed else self._found


def _look() -> HealthFinding:
    failed = [name for name, check in CHECKS.items() if not _passes(name, check)]
    warnings = (
        [] if failed else [name for name, check in WARNINGS.items() if not _passes(name, check)]
    )
    return HealthFinding(failed, warnings)


def livez(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Answer 200 as long as the process can answer anything; asks nobody else."""
    return _answer({"status": "ok"}, status=200)


def readyz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Answer 200, or 503 with the names of the checks that failed.

    With 200 it may name what is no reason to send requests elsewhere, but to have a look.
    """
    found = rounds.found()
    if found.failed:
        return _answer({"status": "unavailable", "failed": found.failed}, status=503)
    warnings = {"warnings": found.warnings} if found.warnings else {}
    return _answer({"status": "ok", **warnings}, status=200)


def _passes(name: str, check: Callable[[], None]) -> bool:
    try:
        with patience.at_most(PATIENCE):
            check()
    except Exception as error:  # noqa: BLE001 - whatever it is, the check has failed
        log.error("not_ready", check=name, error=repr(error))  # noqa: TRY400 - a line, no traceback
        return False
    return True


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _clock() -> None:
    current_epoch()
    skew = clock.skew()
    if skew is None or abs(skew) > clock.SKEW_LIMIT:
        ahead = "unknown" if skew is None else f"{skew:+.1f} s"
        raise NotReadyError(f"this machine's clock differs from the database's: {ahead}")


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
    url, seconds = settings.CELERY_BROKER_URL, PATIENCE
    with Redis.from_url(url, socket_connect_timeout=seconds, socket_timeout=seconds) as broker:
        broker.ping()


def _signing_keys() -> None:
    for algorithm in ALGORITHMS:
        key_ring().signer(algorithm)


def _documents() -> None:
    for document in DOCUMENTS:
        if not document.is_prepared:
            document.prepare()


def _history() -> None:
    since = oldest_unlinked()
    if since is not None and (late := clock.timestamp() - since.timestamp()) > LATE:
        raise NotReadyError(f"an act has waited for its link for {late:.0f} s")


CHECKS: dict[str, Callable[[], None]] = {
    "database": _database,
    "clock": _clock,
    "cache": _cache,
    "broker": _broker,
    "signing_keys": _signing_keys,
    "documents": _documents,
}
WARNINGS: dict[str, Callable[[], None]] = {"history_late": _history}
rounds = Rounds()


def _answer(document: dict[str, object], *, status: int) -> HttpResponse:
    response = JsonResponse(document, status=status)
    response["Cache-Control"] = "no-store"
    return response
