"""Impossible speed: nobody travels this fast from where the last sign-in was."""

from math import asin, cos, radians, sin, sqrt

from django.utils.translation import gettext as _

from foundation.directory.risk.context import Coordinates, Finding, RiskContext

EARTH_RADIUS = 6371.0
"""Kilometres."""
FASTEST = 1000.0
"""Kilometres an hour: an airliner."""
LEAST_DISTANCE = 200.0
"""Kilometres: databases of locations err by less."""
LEAST_DURATION = 60.0
"""Seconds: clocks of two servers differ by less."""


def judge(moment: RiskContext) -> Finding:
    """Return 100 when the way from the last sign-in is too long for the time, else 0."""
    here = moment.locate(moment.here.network)
    if here is None or not moment.past:
        return Finding(None)
    last = moment.past[0]
    there = moment.locate(last.network)
    if there is None:
        return Finding(None)
    way = distance(there, here)
    seconds = max((moment.at - last.at).total_seconds(), LEAST_DURATION)
    too_fast = way > LEAST_DISTANCE and way / (seconds / 3600) > FASTEST
    return Finding(100 if too_fast else 0, (round(way), max(round(seconds / 60), 1)))


def distance(one: Coordinates, other: Coordinates) -> float:
    """Return the way between two places over the surface of the earth, in kilometres."""
    a, b = radians(one.latitude), radians(other.latitude)
    east = radians(other.longitude - one.longitude)
    half = sin((b - a) / 2) ** 2 + cos(a) * cos(b) * sin(east / 2) ** 2
    return 2 * EARTH_RADIUS * asin(sqrt(min(half, 1.0)))


def say(finding: Finding) -> str:
    """Put it into words."""
    if finding.points is None:
        return _("Where this network is, or where the last one was, is not known here.")
    kilometres, minutes = finding.facts
    words = {"kilometres": kilometres, "minutes": minutes}
    if finding.points:
        return (
            _(
                "The last sign-in was %(kilometres)s km away and %(minutes)s minutes before: "
                "nobody travels that fast."
            )
            % words
        )
    return _("The way from the last sign-in (%(kilometres)s km) is possible in the time.") % words
