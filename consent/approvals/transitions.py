"""What may happen to an approval: one table, each line one conditional UPDATE with its act."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from django.db import transaction
from django.utils import timezone

from consent.approvals import acts
from consent.approvals.models import Approval, ApprovalState
from foundation.journal import acts as history
from foundation.journal.acts import Kind
from foundation.journal.context import BY_THE_SYSTEM, DecisionContext


class Deadline(Enum):
    """How a transition stands to `expires_at`."""

    BEFORE = auto()
    AFTER = auto()
    WHENEVER = auto()


@dataclass(frozen=True)
class Transition:
    """From any of the sources to the target."""

    sources: frozenset[ApprovalState]
    target: ApprovalState
    kind: Kind
    deadline: Deadline = Deadline.BEFORE


def _of(*sources: ApprovalState) -> frozenset[ApprovalState]:
    return frozenset(sources)


P, A, M, C = (
    ApprovalState.PENDING,
    ApprovalState.APPROVED,
    ApprovalState.MINTED,
    ApprovalState.CONSUMED,
)
LATER = Deadline.AFTER

TRANSITIONS: Mapping[str, Transition] = {
    "approve": Transition(_of(P), A, Kind.QUERY_APPROVED),
    "override": Transition(_of(P), A, Kind.QUERY_OVERRIDDEN),
    "deny": Transition(_of(P), ApprovalState.DENIED, Kind.QUERY_DENIED),
    "cancel": Transition(_of(P, A), ApprovalState.CANCELLED, Kind.QUERY_CANCELLED),
    "mint": Transition(_of(A), M, Kind.QUERY_MINTED),
    "consume": Transition(_of(M), C, Kind.QUERY_CONSUMED),
    # What became of it is worth knowing as long as nobody has written "unknown".
    "succeed": Transition(_of(C), ApprovalState.EXECUTED, Kind.QUERY_EXECUTED, Deadline.WHENEVER),
    "fail": Transition(_of(C), ApprovalState.FAILED, Kind.QUERY_FAILED, Deadline.WHENEVER),
    "expire": Transition(_of(P, A, M), ApprovalState.EXPIRED, Kind.QUERY_EXPIRED, LATER),
    "give_up": Transition(_of(C), ApprovalState.UNKNOWN, Kind.QUERY_UNKNOWN, LATER),
    "revoke": Transition(
        _of(P, A, M, C), ApprovalState.REVOKED, Kind.QUERY_REVOKED, Deadline.WHENEVER
    ),
}


@dataclass(frozen=True)
class Move:
    """What goes with a transition: who made it, and what is written with it."""

    context: DecisionContext = BY_THE_SYSTEM
    """Who did it, and from where."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """Columns to write."""
    only_if: Mapping[str, Any] = field(default_factory=dict)
    """Columns that must have these values."""
    shown: str = ""
    """Digest of what was on the screen."""


@transaction.atomic
def move(approval: Approval, name: str, step: Move) -> bool:
    """Take an approval over one line of the table; False, and nothing done, when it cannot be.

    Whoever comes at the same time: one wins. The act is written in the same transaction, and the
    instance has the new values afterwards.
    """
    line, now = TRANSITIONS[name], timezone.now()
    rows = Approval.objects.filter(pk=approval.pk, state__in=line.sources, **step.only_if)
    if line.deadline is Deadline.BEFORE:
        rows = rows.filter(expires_at__gt=now)
    elif line.deadline is Deadline.AFTER:
        rows = rows.filter(expires_at__lte=now)
    values = {**step.values, "state": line.target}
    if rows.update(**values) != 1:
        return False
    for column, value in values.items():
        setattr(approval, column, value)
    history.record([acts.of(approval, line.kind, step.context, shown=step.shown)])
    return True
