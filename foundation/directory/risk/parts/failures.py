"""Failed attempts: passwords were refused for this account shortly before."""

from django.utils.translation import gettext as _, ngettext

from foundation.directory.risk.context import Finding, RiskContext

PER_FAILURE = 25
"""From the second one on: everybody mistypes once."""


def judge(moment: RiskContext) -> Finding:
    """Return 0 for none or one failure in the hour before, 100 for five or more."""
    points = min(max(moment.failures - 1, 0) * PER_FAILURE, 100)
    return Finding(points, (moment.failures,))


def say(finding: Finding) -> str:
    """Put it into words."""
    failures = int(finding.facts[0])
    if not failures:
        return _("No password was refused in the hour before.")
    return ngettext(
        "A password was refused in the hour before.",
        "%(number)s passwords were refused in the hour before.",
        failures,
    ) % {"number": failures}
