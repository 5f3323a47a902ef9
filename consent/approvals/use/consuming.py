"""Turning an approval into a token, using that token once, and hearing what became of it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from hmac import compare_digest
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from claims.catalogue.details.catalogue import known_type
from claims.catalogue.entitlement import may_hold_detail
from consent.approvals import acts
from consent.approvals.deciders.counting import still_agreed
from consent.approvals.models import Approval, ApprovalState
from consent.approvals.policing import still_permits
from consent.approvals.terms import terms_of
from consent.approvals.transitions import Move, move
from foundation.base.texts.storable import storable
from foundation.journal import acts as history
from foundation.journal.acts import Actor, Kind
from foundation.journal.context import BY_THE_SYSTEM, DecisionContext

LONGEST_REASON = 2000
"""Characters that people still read."""


class UseRefusal(Enum):
    """Why a token was not taken. Nothing but the word leaves this provider."""

    NOT_FOUND = "not_found"
    """There is no such approval for this resource server."""
    MISMATCH = "mismatch"
    """Another token than was issued, or another detail than it carries."""
    REPLAYED = "replayed"
    EXPIRED = "expired"
    FORBIDDEN = "forbidden"
    """Policy does not permit any more what was approved."""
    NOT_USABLE = "not_usable"
    """Not issued, taken back, of somebody who is not active, or approved by people who have no say
    any more."""


@dataclass(frozen=True)
class Consumption:
    """What came of using a token: `refusal` is None for the one use that wins."""

    refusal: UseRefusal | None
    approval: Approval | None = None

    def __bool__(self) -> bool:
        return self.refusal is None


@dataclass(frozen=True)
class Report:
    """What a resource server says became of it. Raises ValueError for an impossible row count."""

    succeeded: bool
    row_count: int | None = None
    reason: str = ""
    jti: str | None = None
    """Of the token that was used; None: whoever reports does not know it."""

    def __post_init__(self) -> None:
        """Refuse what no column holds."""
        if self.row_count is not None and not 0 <= self.row_count < 2**63:
            raise ValueError("row_count must be a whole number from 0 on")


@transaction.atomic
def mint(approval_id: UUID, jti: str, expires_at: datetime, digest: str = "") -> bool:
    """Bind an approval to the one token that is about to be issued; False: issue none.

    `digest` is of the detail as the token carries it (`detail_digest`), if that may be less than
    was approved. The person and the client have to be active, those who approved it have to have
    a say in it and policy has to permit it now, whatever was so when it was approved.
    """
    approval = _found(approval_id)
    if approval is None or not _is_still_allowed(approval) or not jti:
        return False
    digest = digest or approval.detail_digest
    if not _may_carry(approval, digest) or not still_permits(approval):
        return False
    # What was said of its use holds, whatever its type says by now.
    expires_at = min(expires_at, timezone.now() + timedelta(seconds=terms_of(approval).use_seconds))
    values = {
        "jti": jti,
        "minted_digest": digest,
        "minted_at": timezone.now(),
        "token_expires_at": expires_at,
        "expires_at": expires_at,
    }
    return move(approval, "mint", Move(values=values))


def consume(
    approval_id: UUID,
    *,
    jti: str,
    detail_digest: str,
    audience: str,
    context: DecisionContext = BY_THE_SYSTEM,
) -> Consumption:
    """Use a token, for the resource server `audience`, before anything is executed.

    Exactly one use wins, however many come at once; every other is refused and recorded. It has to
    be this token, the detail that it carries and this audience, in time, everybody active, still
    agreed to by those who said yes, and still permitted. `detail_digest` is the resource server's,
    of what it is about to do.
    """
    approval = _found(approval_id)
    if approval is None or approval.audience != audience:
        return Consumption(UseRefusal.NOT_FOUND)
    context = replace(context, actor=Actor.RESOURCE_SERVER)
    refusal = None
    if _is_same(approval, jti, detail_digest) and _is_still_allowed(approval):
        if not still_permits(approval):
            refusal = UseRefusal.FORBIDDEN
        elif _use_up(approval, jti, detail_digest, context):
            return Consumption(None, approval)
        else:
            approval.refresh_from_db(fields=["state", "expires_at"])
    refusal = refusal or _why_not(approval, jti, detail_digest)
    history.record([acts.of(approval, Kind.QUERY_REPLAYED, context, refused=refusal.value)])
    return Consumption(refusal, approval)


def report(
    approval_id: UUID, audience: str, said: Report, context: DecisionContext = BY_THE_SYSTEM
) -> bool:
    """Take down what became of it, once; False when it is not waiting for that, or not theirs."""
    approval = _found(approval_id)
    if approval is None or approval.audience != audience:
        return False
    context = replace(context, actor=Actor.RESOURCE_SERVER, reason=said.reason)
    values = {
        "reported_at": timezone.now(),
        "row_count": said.row_count,
        "reason": storable(said.reason, LONGEST_REASON),
    }
    name = "succeed" if said.succeeded else "fail"
    only_if = {"audience": audience} | ({} if said.jti is None else {"jti": said.jti})
    return move(approval, name, Move(context, values, only_if))


def _use_up(approval: Approval, jti: str, digest: str, context: DecisionContext) -> bool:
    now = timezone.now()
    until = now + timedelta(seconds=terms_of(approval).report_seconds)
    values = {"consumed_at": now, "expires_at": until}
    only_if = {"jti": jti, "minted_digest": digest, "audience": approval.audience}
    return move(approval, "consume", Move(context, values, only_if))


def _found(approval_id: UUID) -> Approval | None:
    rows = Approval.objects.select_related("client", "requester")
    return rows.filter(pk=approval_id).first()


def _is_still_allowed(approval: Approval) -> bool:
    """Whether everybody is active and has their say, and the client may have it now."""
    requester = approval.requester
    is_somebody_gone = requester is not None and not requester.is_active
    is_there = may_hold_detail(approval.client, approval.detail) and not is_somebody_gone
    return is_there and _is_as_it_was_shown(approval) and still_agreed(approval)


def _is_as_it_was_shown(approval: Approval) -> bool:
    """Whether its type is in use, and good for no more uses than people were told."""
    entry = known_type(approval.type)
    return entry is not None and (entry.single_use or not terms_of(approval).single_use)


def _may_carry(approval: Approval, digest: str) -> bool:
    """Whether a token may carry this of what was approved: all of it, unless its type says less."""
    entry = known_type(approval.type)
    return digest == approval.detail_digest or (entry is not None and entry.may_be_narrowed)


def _is_same(approval: Approval, jti: str, digest: str) -> bool:
    is_token = bool(jti) and _is_equal(approval.jti, jti)
    return is_token and bool(digest) and _is_equal(approval.minted_digest, digest)


def _is_equal(stored: str, presented: str) -> bool:
    # A string from JSON may hold half a character, which UTF-8 has no form for.
    return compare_digest(stored.encode(), presented.encode("utf-8", "surrogatepass"))


def _why_not(approval: Approval, jti: str, digest: str) -> UseRefusal:
    if not _is_same(approval, jti, digest):
        return UseRefusal.MISMATCH
    if approval.consumed_at is not None or approval.state == ApprovalState.CONSUMED:
        return UseRefusal.REPLAYED
    if approval.state == ApprovalState.EXPIRED or (
        approval.state == ApprovalState.MINTED and approval.has_run_out
    ):
        return UseRefusal.EXPIRED
    return UseRefusal.NOT_USABLE
