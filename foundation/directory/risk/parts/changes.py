"""Changes within a session: it goes on in another network, or in another browser."""

from django.utils.translation import gettext as _

from foundation.directory.risk.context import Finding, RiskContext


def judge_network(moment: RiskContext) -> Finding:
    """Return 100 in a network where the person has not signed in within this session, else 0."""
    confirmed = {place.network for place in moment.confirmed} or {moment.here.network}
    return Finding(0 if moment.here.network in confirmed else 100)


def judge_browser(moment: RiskContext) -> Finding:
    """Return 100 in a browser or system where the person has not signed in, else 0.

    Versions do not count: browsers update themselves in the middle of a session.
    """
    confirmed = {place[1:] for place in moment.confirmed} or {moment.here[1:]}
    return Finding(0 if moment.here[1:] in confirmed else 100)


def say_network(finding: Finding) -> str:
    """Put it into words."""
    if finding.points:
        return _("The session went on in another network than it began in.")
    return _("The session has stayed in one network.")


def say_browser(finding: Finding) -> str:
    """Put it into words."""
    if finding.points:
        return _("The session went on in another browser than it began in.")
    return _("The session has stayed in one browser.")
