"""What the application is told when none of its authorization details was approved."""

from consent.approvals.use.outcome import DetailsOutcome

SENTENCES = {
    "denied": "An approver denied what was asked for.",
    "cancelled": "What was asked for has been withdrawn.",
    "revoked": "What was asked for has been revoked.",
    "expired": "What was asked for was not approved in time.",
}
"""By how approvals end, the one that says most first."""


def why_nothing_is_left(outcome: DetailsOutcome) -> str:
    """Return the `error_description` (RFC 6749 §4.1.2.1); empty when the person said no."""
    return next((words for ended, words in SENTENCES.items() if ended in outcome.ended), "")
