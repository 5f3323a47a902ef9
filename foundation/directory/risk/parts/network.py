"""Unusual network: no trusted sign-in of this person came from it."""

from django.utils.translation import gettext as _

from foundation.directory.risk.context import Finding, RiskContext


def judge(moment: RiskContext) -> Finding:
    """Return 0 for a network seen before, else 100; no judgement without an address or a past."""
    network = moment.here.network
    if not network or not moment.past:
        return Finding(None)
    return Finding(0 if any(past.network == network for past in moment.past) else 100)


def say(finding: Finding) -> str:
    """Put it into words."""
    if finding.points is None:
        return _("There is no earlier sign-in to compare the network with.")
    if finding.points:
        return _("This network has not been used before.")
    return _("This network has been used before.")
