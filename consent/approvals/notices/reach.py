"""How often applications may reach people who did not come with them: the numbers.

Nothing here looks anything up; `consent.approvals.notices.reaching` counts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class ReachLimits:
    """What is open at most within an hour, unanswered. Each denial of the last day halves a pair's.

    A denial mutes the application for that person for an hour besides.
    """

    asks_per_pair: int = 3
    """Requests without a browser, of one application to one person."""
    asks_per_person: int = 10
    """To one person, of all applications together."""
    asks_per_client: int = 300
    """Of one application, to everybody together."""
    own_per_client: int = 20
    """Approvals that one application asks for itself."""
    mails_per_pair: int = 10
    """E-mails to one person about one application; what is not mailed is in the inbox."""
    mails_per_person: int = 40
    """E-mails to one person about all of them."""

    def halved(self, budget: int, denials: int) -> int:
        """Return what is left of a budget after denials of the last day."""
        return budget >> min(denials, 30)


MOST = 1_000_000


def reach_from(number: Callable[..., int]) -> ReachLimits:
    """Return the budgets as set: `number(name, default, least=, most=)` reads a setting."""
    usual = ReachLimits()
    names = {
        "asks_per_pair": "ASKS_PER_PAIR",
        "asks_per_person": "ASKS_PER_PERSON",
        "asks_per_client": "ASKS_PER_CLIENT",
        "own_per_client": "OWN_APPROVALS_PER_CLIENT",
        "mails_per_pair": "MAILS_PER_PAIR",
        "mails_per_person": "MAILS_PER_PERSON",
    }
    asked = {
        field: number(name, getattr(usual, field), least=1, most=MOST)
        for field, name in names.items()
    }
    return ReachLimits(**asked)


UNLIMITED = ReachLimits(*[10**9] * 6)
"""For load tests and conformance suites."""
