"""The score: what each part found, times its weight, added up to at most 100."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from foundation.directory.models.risk import RiskPart
from foundation.directory.risk.context import Finding, RiskContext
from foundation.directory.risk.parts import PARTS

HIGHEST = 100


@dataclass(frozen=True, slots=True)
class JudgedPart:
    """One part: how far it applies, and how much it counts."""

    part: RiskPart
    finding: Finding
    weight: int

    @property
    def points(self) -> int:
        """What it adds to the score; nothing when it could not be judged."""
        return round((self.finding.points or 0) * self.weight / 100)

    @property
    def sentence(self) -> str:
        """What was found, in the active language."""
        return PARTS[self.part].say(self.finding)

    def as_json(self) -> list[Any]:
        """Return what `from_json` takes."""
        return [self.part.value, self.finding.points, list(self.finding.facts), self.weight]

    @classmethod
    def from_json(cls, value: Any) -> "JudgedPart":
        """Return the part; raises ValueError or TypeError for anything else."""
        name, points, facts, weight = value
        return cls(RiskPart(name), Finding(points, tuple(facts)), weight)


@dataclass(frozen=True, slots=True)
class Risk:
    """The score (0 to 100) with the parts that were judged, the weightiest first."""

    score: int = 0
    parts: tuple[JudgedPart, ...] = ()

    @classmethod
    def of(cls, parts: Iterable[JudgedPart]) -> "Risk":
        """Add up the parts."""
        ordered = tuple(sorted(parts, key=lambda part: -part.points))
        return cls(min(sum(part.points for part in ordered), HIGHEST), ordered)

    @property
    def raising(self) -> tuple[JudgedPart, ...]:
        """The parts that add anything."""
        return tuple(part for part in self.parts if part.points)


def score(moment: RiskContext, weights: Mapping[RiskPart, int]) -> Risk:
    """Judge every part that has a weight."""
    return Risk.of(
        JudgedPart(part, rule.judge(moment), weights[part])
        for part, rule in PARTS.items()
        if part in weights
    )


def worst(before: Risk, now: Risk) -> Risk:
    """Return the higher one of each part: what was doubted is not forgotten by moving on."""
    found = {part.part: part for part in before.parts}
    for part in now.parts:
        if part.part not in found or part.points > found[part.part].points:
            found[part.part] = part
    return Risk.of(found.values())
