"""Are all demands met by distinct people? A small maximum matching (Kuhn's algorithm)."""

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

Voter = TypeVar("Voter", bound=Hashable)


def matched(needed: Sequence[int], able: Mapping[Voter, Sequence[int]]) -> dict[int, int]:
    """Return how many distinct voters meet each demand, of as many as can be met together.

    `needed` says how many each demand wants; `able` which demands (by place) each voter may meet.
    Nobody counts twice, however many demands they could meet; too many voters do no harm.
    """
    places = [demand for demand, count in enumerate(needed) for _ in range(count)]
    taken: dict[int, Voter] = {}
    for voter in able:
        _seat(voter, places, able, taken, set())
    met = dict.fromkeys(range(len(needed)), 0)
    for place in taken:
        met[places[place]] += 1
    return met


def is_met(needed: Sequence[int], able: Mapping[Voter, Sequence[int]]) -> bool:
    """Whether every demand is met at once."""
    met = matched(needed, able)
    return all(met[demand] >= count for demand, count in enumerate(needed))


def _seat(
    voter: Voter,
    places: Sequence[int],
    able: Mapping[Voter, Sequence[int]],
    taken: dict[int, Voter],
    tried: set[int],
) -> bool:
    for place, demand in enumerate(places):
        if demand not in able[voter] or place in tried:
            continue
        tried.add(place)
        if place not in taken or _seat(taken[place], places, able, taken, tried):
            taken[place] = voter
            return True
    return False
