"""The parts of a score: how each is judged, and how each is said."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from foundation.directory.models.risk import Part
from foundation.directory.risk.moment import Finding, Moment
from foundation.directory.risk.parts import changes, device, failures, hour, network, speed


@dataclass(frozen=True, slots=True)
class PartRule:
    """A pure function, and its sentence in the active language."""

    judge: Callable[[Moment], Finding]
    say: Callable[[Finding], str]


PARTS: Mapping[Part, PartRule] = {
    Part.NEW_DEVICE: PartRule(device.judge, device.say),
    Part.UNUSUAL_NETWORK: PartRule(network.judge, network.say),
    Part.UNUSUAL_HOUR: PartRule(hour.judge, hour.say),
    Part.FAILED_ATTEMPTS: PartRule(failures.judge, failures.say),
    Part.IMPOSSIBLE_SPEED: PartRule(speed.judge, speed.say),
    Part.NETWORK_CHANGED: PartRule(changes.judge_network, changes.say_network),
    Part.BROWSER_CHANGED: PartRule(changes.judge_browser, changes.say_browser),
}
