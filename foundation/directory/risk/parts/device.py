"""New device: no trusted sign-in of this person carried this device's cookie."""

from django.utils.translation import gettext as _

from foundation.directory.risk.context import Finding, RiskContext

FIRST_EVER = 20
"""Everybody has a first device; it says little."""


def judge(moment: RiskContext) -> Finding:
    """Return 0 for a device of this person's, 20 for the first one ever, else 100."""
    if not moment.past:
        return Finding(FIRST_EVER)
    known = moment.device and any(past.device == moment.device for past in moment.past)
    return Finding(0 if known else 100)


def say(finding: Finding) -> str:
    """Put it into words."""
    if finding.points == FIRST_EVER:
        return _("This is the first device used with this account.")
    if finding.points:
        return _("This device has not been used before.")
    return _("This device has been used before.")
