"""What became of requested details."""

from typing import Any

from consent.models import ConsentRequest


def approved(consent_request: ConsentRequest) -> list[dict[str, Any]]:
    """Return the details that were approved, enriched by the provider; none before a decision.

    Only `consent.services.decide` writes them, so no detail gets past the person who was asked.
    """
    if consent_request.decided_at is None or consent_request.grant_id is None:
        return []
    details: list[dict[str, Any]] = consent_request.approved_details
    return details
