"""What details demand of the token that holds them: whom it is for, how long it lives, how often.

One that is good for one use is short, for one audience, and not refreshable.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from claims.catalogue.details import audiences_of, known_type
from idp.errors import InvalidTargetError

Details = Iterable[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class SingleUseTerms:
    """What the details of a token demand of it."""

    audiences: tuple[str, ...] = ()
    """Those that a token may be for which holds details, the usual one first; () demands none."""
    lifetime: int | None = None
    """Seconds, or None: as any access token."""
    are_for_one_use: bool = False
    """Whether the token is good for one use."""

    @property
    def audience(self) -> str:
        """The audience of a token that nobody asked another for; empty: any."""
        return next(iter(self.audiences), "")


def terms_of(details: Details) -> SingleUseTerms:
    """Return the terms of details; the shortest lifetime counts.

    An audience of all of them comes first, so that what was approved is in the token that was
    asked for without naming one. Raises InvalidTargetError where one use would take two tokens.
    """
    held = [(entry, detail) for detail in details if (entry := known_type(detail.get("type")))]
    if not held:
        return SingleUseTerms()
    named = [audiences_of(entry, detail) for entry, detail in held]
    of_all = [name for name in named[0] if all(name in others for others in named)]
    are_for_one_use = any(entry.single_use for entry, _ in held)
    if are_for_one_use and len(of_all) != 1:
        raise InvalidTargetError("What was approved is for more than one resource.")
    others = () if are_for_one_use else (name for names in named for name in names)
    return SingleUseTerms(
        audiences=tuple(dict.fromkeys([*of_all, *others])),
        lifetime=min(entry.token_lifetime for entry, _ in held),
        are_for_one_use=are_for_one_use,
    )


def lifetime_left(
    carried: Details, held: Iterable[tuple[Mapping[str, Any], datetime | None]], *, now: datetime
) -> int | None:
    """Return for how many seconds a refreshed token may live: not beyond what is in it. None: any.

    `held` has each detail that is still in force, with when it ends by itself.
    """
    carried = list(carried)
    named = {detail.get("approval_id") for detail in carried}
    ends = [end for detail, end in held if end and detail.get("approval_id") in named]
    left = [max(1, int((end - now).total_seconds())) for end in ends]
    lifetime = terms_of(carried).lifetime
    return None if lifetime is None else min([lifetime, *left])


def reusable(details: Details) -> list[Mapping[str, Any]]:
    """Return the details that are not good for one use only."""
    return [
        detail
        for detail in details
        if (entry := known_type(detail.get("type"))) and not entry.single_use
    ]
