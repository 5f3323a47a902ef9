"""The parts of a score: how each is judged, and how each is said."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from foundation.directory.models.risk import RiskPart
from foundation.directory.risk.context import Finding, RiskContext
from foundation.directory.risk.parts import changes, device, failures, hour, network, speed


@dataclass(frozen=True, slots=True)
class PartRule:
    """A pure function, and its sentence in the active language."""

    judge: Callable[[RiskContext], Finding]
    say: Callable[[Finding], str]


PARTS: Mapping[RiskPart, PartRule] = {
    RiskPart.NEW_DEVICE: PartRule(device.judge, device.say),
    RiskPart.UNUSUAL_NETWORK: PartRule(network.judge, network.say),
    RiskPart.UNUSUAL_HOUR: PartRule(hour.judge, hour.say),
    RiskPart.FAILED_ATTEMPTS: PartRule(failures.judge, failures.say),
    RiskPart.IMPOSSIBLE_SPEED: PartRule(speed.judge, speed.say),
    RiskPart.NETWORK_CHANGED: PartRule(changes.judge_network, changes.say_network),
    RiskPart.BROWSER_CHANGED: PartRule(changes.judge_browser, changes.say_browser),
}
