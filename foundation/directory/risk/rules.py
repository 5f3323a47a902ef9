"""Weights and thresholds: from the admin, kept in process until the epoch changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps as installed

from foundation.base.configuration.kept import Kept
from foundation.directory.models.risk import Effect, RiskPart, RiskThreshold, RiskWeight

WEIGHTS: Mapping[RiskPart, int] = {
    RiskPart.NEW_DEVICE: 25,
    RiskPart.UNUSUAL_NETWORK: 15,
    RiskPart.UNUSUAL_HOUR: 10,
    RiskPart.FAILED_ATTEMPTS: 20,
    RiskPart.IMPOSSIBLE_SPEED: 35,
    RiskPart.NETWORK_CHANGED: 25,
    RiskPart.BROWSER_CHANGED: 40,
}
"""No part alone ends a session, and failed attempts, which anybody can make, do not even ask."""
THRESHOLDS: Mapping[Effect, int] = {Effect.ASK_AGAIN: 40, Effect.END_SESSION: 90}
UNREACHABLE = 101


@dataclass(frozen=True, slots=True)
class RiskRules:
    """The parts that are on with their weights, and the scores from which on something happens."""

    weights: Mapping[RiskPart, int]
    ask_again_from: int
    end_session_from: int


def install_defaults(apps: Any = installed) -> None:
    """Create the rows that are missing; what an administrator has changed stays."""
    weights, thresholds = (apps.get_model("directory", n) for n in ("RiskWeight", "RiskThreshold"))
    for part, weight in WEIGHTS.items():
        weights.objects.get_or_create(part=part.value, defaults={"weight": weight})
    for effect, score in THRESHOLDS.items():
        thresholds.objects.get_or_create(effect=effect.value, defaults={"score": score})


def _load() -> RiskRules:
    weights = dict(WEIGHTS)
    for row in RiskWeight.objects.all():
        weights[RiskPart(row.part)] = row.weight if row.is_on else 0
    thresholds = dict(THRESHOLDS)
    for limit in RiskThreshold.objects.all():
        thresholds[Effect(limit.effect)] = limit.score if limit.is_on else UNREACHABLE
    return RiskRules(
        weights={part: weight for part, weight in weights.items() if weight},
        ask_again_from=thresholds[Effect.ASK_AGAIN],
        end_session_from=thresholds[Effect.END_SESSION],
    )


_kept = Kept(_load)


def current_rules() -> RiskRules:
    """Return the rules of this epoch. Warm: no statement."""
    return _kept.get()
