"""How much an application has asked for without a browser."""

from django.utils.translation import gettext

from consent.approvals.notices.reaching import budgets, usage_of
from foundation.directory.models import Client


def reach_of(client: Client) -> str:
    """Say what it has used of its budgets in the last hour, and what those are."""
    if not client.pk:
        return "–"
    used, most = usage_of(client.pk), budgets()
    own = most.halved(most.own_per_client, used.denials)
    return gettext(
        "%(asks)d of %(most)d requests unanswered, at most %(pair)d to one person; "
        "%(own)d of %(most_own)d approvals of its own, after %(denials)d denied in a day"
    ) % {
        "asks": used.asks, "most": most.asks_per_client, "pair": most.asks_per_pair,
        "own": used.own, "most_own": own, "denials": used.denials,
    }  # fmt: skip
