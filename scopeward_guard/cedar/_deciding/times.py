"""The moment of a question: what follows from its time and its kind of sign-in.

Hour, weekday and assurance are always worked out here; nobody can say them.
"""

import math
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from scopeward_guard._base.errors import MalformedError

Json = Mapping[str, Any]

_UNLESS_SAID: dict[str, Any] = {"approved": False, "emergency": False, "scopes": ()}


class Moments:
    """Completes contexts, by one document's time zone and kinds of sign-in."""

    def __init__(self, timezone: str, acr_levels: tuple[str, ...], names: frozenset[str]) -> None:
        self._zone = ZoneInfo(timezone)
        self._assurance = {acr: place for place, acr in enumerate(acr_levels, 1)}
        self._of_time = bool(names & {"time", "hour", "weekday"})

    def completed(self, said: Json) -> Json:
        """Return the context with what follows from it; raises `MalformedError`.

        Without a time it is now. An unknown kind of sign-in counts as none: assurance 0. The age of
        a sign-in is rounded up, and never negative: clocks differ.
        """
        context = {
            **_UNLESS_SAID,
            **{name: fact for name, fact in said.items() if fact is not None},
        }
        acr, age = said.get("acr"), said.get("authentication_age")
        context["assurance"] = self._assurance.get(acr, 0) if isinstance(acr, str) else 0
        if isinstance(age, float) and math.isfinite(age):
            context["authentication_age"] = max(math.ceil(age), 0)
        if self._of_time:
            self._add_time(context)
        return context

    def _add_time(self, context: dict[str, Any]) -> None:
        seconds = context.get("time")
        if seconds is None:
            seconds = time.time()
        if isinstance(seconds, bool) or not isinstance(seconds, int | float):
            raise MalformedError("context.time is not a number of seconds")
        try:
            moment = datetime.fromtimestamp(seconds, self._zone)
        except (ValueError, OverflowError, OSError) as error:
            raise MalformedError("context.time is out of range") from error
        context.update(time=math.floor(seconds), hour=moment.hour, weekday=moment.isoweekday())
