"""One clock for all processes: that of the database, which they share.

A process whose machine is a minute off would otherwise refuse what the others have just given, and
trust what they have taken back. So every process measures how far the database's clock is from its
own ticks, by the look at the configuration epoch that it takes each second anyway, and reckons from
there: `now` costs no statement. While the database is away it goes on from the last look.

`rule` makes this the time of Django and of allauth as well, whose sessions, sign-ins and counts of
attempts are written by one process and judged by another.
"""

import time
from datetime import UTC, datetime
from importlib import import_module
from types import ModuleType
from typing import Any

import structlog
from django.apps import apps
from django.db import connection, models
from django.utils import timezone

log = structlog.get_logger(__name__)

DRIFT = 0.0005
"""Seconds by which ticks may drift from the database's clock in a second."""
SKEW_LIMIT = 5.0
"""Seconds by which this machine's clock may be off before somebody has to look after it."""
RETRY = 1.0
"""Seconds between two attempts to measure for the first time."""


class DatabaseTime(models.Func):
    """The time by the database's clock while the statement runs, not when its transaction began."""

    output_field = models.DateTimeField()
    arity = 0

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Compile for PostgreSQL."""
        return "clock_timestamp()", []

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Compile for SQLite, whose clock is that of the one machine that it serves."""
        return "strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now')", []


class Clock:
    """How far the database's clock is from this process' ticks: between two bounds, in seconds.

    The database read its clock at some moment between question and answer. Several looks together
    tell more than one: what they agree on is kept, widened by the drift since.
    """

    def __init__(self) -> None:
        self._known: tuple[float, float, float] | None = None
        self._tried_at = -RETRY

    @property
    def is_known(self) -> bool:
        """Whether the database has been asked yet."""
        return self._known is not None

    def observe(self, told: datetime, asked: float, answered: float) -> None:
        """Learn from one look: what the database told, and `time.monotonic()` around it."""
        low, high = told.timestamp() - answered, told.timestamp() - asked + 0.001
        if self._known is not None:
            before_low, before_high, at = self._known
            drift = DRIFT * max(0.0, answered - at)
            agreed = max(low, before_low - drift), min(high, before_high + drift)
            # When they contradict each other, the database's clock has been set.
            low, high = agreed if agreed[0] <= agreed[1] else (low, high)
        self._known = low, high, answered

    def timestamp(self) -> float:
        """Return the seconds since the epoch; before the first look, measure: one statement.

        A process that cannot ask the database at all goes by its machine: it decides nothing.
        """
        if self._known is None:
            self._measure()
        return self.estimate()

    def estimate(self) -> float:
        """Return the seconds since the epoch as far as they are known. Never a statement."""
        if self._known is None:
            return time.time()
        low, high, _ = self._known
        return (low + high) / 2 + time.monotonic()

    def skew(self) -> float:
        """Return by how many seconds this machine's clock is ahead of the database's."""
        return time.time() - self.estimate()

    def _measure(self) -> None:
        asked = time.monotonic()
        if asked - self._tried_at < RETRY:
            return
        self._tried_at = asked
        expression, _ = getattr(DatabaseTime(), f"as_{connection.vendor}")(None, connection)
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT {expression}".replace("%%", "%"))
                (told,) = cursor.fetchone()
        except Exception as error:  # noqa: BLE001 - no database here, or not now: told in the log
            log.warning("clock_not_measured", error=repr(error))
            return
        answered = time.monotonic()
        moment = datetime.fromisoformat(told) if isinstance(told, str) else told
        self.observe(moment if moment.tzinfo else moment.replace(tzinfo=UTC), asked, answered)


_clock = Clock()


def now() -> datetime:
    """Return the time of the database, in UTC."""
    return datetime.fromtimestamp(_clock.timestamp(), UTC)


def timestamp() -> float:
    """Return the time of the database in seconds since the epoch."""
    return _clock.timestamp()


def estimate() -> datetime:
    """Return the time as far as it is known; never asks the database."""
    return datetime.fromtimestamp(_clock.estimate(), UTC)


def observe(told: datetime, asked: float, answered: float) -> None:
    """Learn from a statement that brought `DatabaseTime` along."""
    _clock.observe(told, asked, answered)


def skew() -> float | None:
    """Return by how many seconds this machine is ahead of the database; None: not known yet."""
    return _clock.skew() if _clock.is_known else None


class _Time(ModuleType):
    """The module `time` as others see it, with the time of the database."""

    time = staticmethod(timestamp)

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)


TELLERS = (
    "allauth.account.internal.flows.code_verification",
    "allauth.account.internal.flows.login",
    "allauth.account.internal.flows.password_reset_by_code",
    "allauth.account.internal.flows.reauthentication",
    "allauth.account.internal.stagekit",
    "allauth.account.models",
    "allauth.core.internal.ratelimit",
    "allauth.mfa.internal.flows.trust",
    "allauth.mfa.recovery_codes.internal.auth",
    "allauth.mfa.totp.internal.auth",
    "django.core.signing",
)
"""Modules of others that write `time.time()` down for another process to judge by."""


def rule() -> None:
    """Make this the time of Django and of allauth in the whole process; once models are loaded."""
    before, timezone.now = timezone.now, now
    # Migrations name a default by where it is found.
    now.__module__ = timezone.__name__
    for model in apps.get_models(include_auto_created=True, include_swapped=True):
        for field in model._meta.local_fields:  # noqa: SLF001 - Django's documented name
            if field.default is before:
                field.default = now
                vars(field).pop("_get_default", None)
    shared = _Time("time")
    for name in TELLERS:
        vars(import_module(name))["time"] = shared
