"""Unusual hour: this person hardly ever signs in at this time of day."""

from collections import Counter

from django.utils.translation import gettext as _

from foundation.directory.risk.context import Finding, RiskContext

ENOUGH = 20
"""Sign-ins in the past: fewer make no habit."""
RARE, VERY_RARE = 0.05, 0.02
"""Share of the sign-ins within an hour of this one, on either side."""


def judge(moment: RiskContext) -> Finding:
    """Return 0 for a usual hour, 50 for a rare one, 100 for one that is hardly ever used."""
    if len(moment.past) < ENOUGH:
        return Finding(None)
    hour = moment.at.astimezone(moment.zone).hour
    histogram = Counter(past.at.astimezone(moment.zone).hour for past in moment.past)
    near = sum(histogram[(hour + offset) % 24] for offset in (-1, 0, 1))
    share = near / len(moment.past)
    points = 100 if share < VERY_RARE else 50 if share < RARE else 0
    return Finding(points, (hour,))


def say(finding: Finding) -> str:
    """Put it into words."""
    if finding.points is None:
        return _("There are too few sign-ins yet to say which hours are usual.")
    hour = {"hour": f"{finding.facts[0]}:00"}
    if finding.points:
        return _("Sign-ins around %(hour)s are rare for this account.") % hour
    return _("Sign-ins around %(hour)s are usual for this account.") % hour
