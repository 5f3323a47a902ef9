"""What is known when a session is judged. Everything a part may look at is in here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import NamedTuple


class Whereabouts(NamedTuple):
    """From where a session is used, and with what; each empty where unknown."""

    network: str
    """/24 or /48, such as `192.0.2.0/24`."""
    browser: str
    system: str


@dataclass(frozen=True, slots=True)
class Coordinates:
    """Where a network is, in degrees."""

    latitude: float
    longitude: float


Locator = Callable[[str], Coordinates | None]
"""Takes a network as text (`192.0.2.0/24`); None: nobody knows where it is."""


def nowhere(network: str) -> Coordinates | None:  # noqa: ARG001
    """Know no place: what is used unless the operator supplies locations."""
    return None


@dataclass(frozen=True, slots=True)
class PastSignIn:
    """One trusted sign-in of the same person."""

    at: datetime
    network: str
    device: str


@dataclass(frozen=True, slots=True)
class RiskContext:
    """One session at one moment."""

    at: datetime
    here: Whereabouts
    device: str = ""
    """Digest of the device cookie; empty: none."""
    past: tuple[PastSignIn, ...] = ()
    """Newest first."""
    failures: int = 0
    """Refused passwords for this account in the hour before."""
    zone: tzinfo = UTC
    """In which the person's hours are counted."""
    confirmed: tuple[Whereabouts, ...] = ()
    """Where the person has signed in within this session; empty when it begins here."""
    locate: Locator = nowhere


@dataclass(frozen=True, slots=True)
class Finding:
    """How far a part applies, 0 to 100; None: it could not be judged."""

    points: int | None
    facts: tuple[int | str, ...] = ()
    """What its sentence needs."""
