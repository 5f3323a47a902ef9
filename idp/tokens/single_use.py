"""Tokens that hold a detail which is good for one use: short, for one audience, not refreshable."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from consent.details import audiences_of, known_type
from idp import conf
from idp.errors import InvalidTargetError

Details = Iterable[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Terms:
    """What the details of a token demand of it."""

    audience: str = ""
    """The only one it may have; empty when nothing demands one."""
    lifetime: int | None = None
    """Seconds, or None: as any access token."""

    @property
    def are_for_one_use(self) -> bool:
        """Whether the token is good for one use."""
        return self.lifetime is not None


def terms_of(details: Details) -> Terms:
    """Return the terms of the details that are good for one use; the shortest lifetime counts.

    It is never longer than that of other access tokens: nothing is kept about a token for longer.
    """
    held = [(entry, detail) for detail in details if (entry := known_type(detail.get("type")))]
    once = [(entry, detail) for entry, detail in held if entry.single_use]
    if not once:
        return Terms()
    audiences = {audience for entry, detail in once for audience in audiences_of(entry, detail)}
    if len(audiences) != 1:
        raise InvalidTargetError("What was approved is for more than one resource.")
    lifetime = min(entry.token_lifetime for entry, _ in once)
    return Terms(audiences.pop(), min(lifetime, conf.current().access_token_lifetime))


def reusable(details: Details) -> list[Mapping[str, Any]]:
    """Return the details that are not good for one use only."""
    return [
        detail
        for detail in details
        if (entry := known_type(detail.get("type"))) and not entry.single_use
    ]
