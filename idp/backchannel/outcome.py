"""Where a request stands (CIBA Core §11). Read anew each time: nothing is stored of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

from consent.approvals.use.outcome import outcome_of as outcome_of_details, outcome_of_all
from idp.models import BackchannelRequest

WITHOUT_A_TOKEN = {"denied", "expired", "cancelled", "revoked"}
"""How approvals end that became no token."""


class BackchannelState(Enum):
    """What the client is told, or gets."""

    WAITING = "waiting"
    GRANTED = "granted"
    DENIED = "denied"
    EXPIRED = "expired"
    USED = "used"


@dataclass(frozen=True, slots=True)
class BackchannelOutcome:
    """The state, and the details that were approved, enriched."""

    state: BackchannelState
    details: tuple[dict[str, Any], ...] = ()
    waiting_at: str = ""
    """The page of what waits for other people, once the person has answered."""


def outcome_of(request: BackchannelRequest, *, now: datetime) -> BackchannelOutcome:
    """Return where a request stands that was read with its client, person and consent request."""
    if request.used_at is not None:
        return BackchannelOutcome(BackchannelState.USED)
    if request.expires_at <= now:
        return BackchannelOutcome(BackchannelState.EXPIRED)
    if not (request.client.is_active and request.client.allows_grant_type(request.grant_type)):
        return BackchannelOutcome(BackchannelState.DENIED)
    if request.user is None:
        if request.is_of_a_device:
            return BackchannelOutcome(BackchannelState.WAITING)
        return _answer_of_approvers(request)
    return (
        _answer_of_person(request)
        if request.user.is_active
        else BackchannelOutcome(BackchannelState.DENIED)
    )


def _answer_of_approvers(request: BackchannelRequest) -> BackchannelOutcome:
    found = outcome_of_all(UUID(approval) for approval in request.approvals)
    if found.waiting_at:
        return BackchannelOutcome(BackchannelState.WAITING)
    if found.approved:
        return BackchannelOutcome(BackchannelState.GRANTED, found.approved)
    # Somebody else may have fetched the answer since this request was read.
    return BackchannelOutcome(
        BackchannelState.DENIED if found.ended <= WITHOUT_A_TOKEN else BackchannelState.USED
    )


def _answer_of_person(request: BackchannelRequest) -> BackchannelOutcome:
    asked = request.consent_request
    if asked is None:
        return BackchannelOutcome(BackchannelState.EXPIRED)
    if asked.decided_at is None:
        return BackchannelOutcome(BackchannelState.WAITING)
    if asked.grant_id is None:
        return BackchannelOutcome(BackchannelState.DENIED)
    details = outcome_of_details(asked)
    if details.waiting_at:
        return BackchannelOutcome(BackchannelState.WAITING, waiting_at=details.waiting_at)
    if request.auth_time is None:
        # Answered, but they have not come back yet in a session that says how they signed in.
        return BackchannelOutcome(BackchannelState.WAITING)
    return BackchannelOutcome(BackchannelState.GRANTED, details.approved)
