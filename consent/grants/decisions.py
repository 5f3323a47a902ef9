"""Writing decisions: one row per person, client, grant and scope; the newest stands."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from claims.catalogue.scopes import CatalogueEntry
from consent.models import ORDINARY, DecisionOutcome, Grant, ScopeDecision
from foundation.journal.context import DecisionContext


@dataclass(frozen=True)
class Parties:
    """Whose decisions: keys of the person and the client, and the grant they belong to."""

    user_id: UUID
    client_id: int
    grant_id: UUID | None = None
    kept_with: UUID = ORDINARY
    """`Grant.kept_with`."""

    @classmethod
    def of(cls, grant: Grant) -> "Parties":
        """Return the parties of a grant."""
        return cls(grant.user_id, grant.client_id, grant.pk, grant.kept_with)


@dataclass(frozen=True)
class ScopeVerdict:
    """What was decided about one scope; `expires_at` in epoch seconds, or None: no end."""

    scope: str
    outcome: DecisionOutcome
    expires_at: int | None = None
    withheld: tuple[str, ...] = ()
    """Claims left out of what the scope releases."""
    shared_email: str = ""
    """The address chosen, of the scope `email`; empty: the main one."""
    entry: CatalogueEntry | None = field(default=None, compare=False, kw_only=True)
    """What the scope means; None where nobody knows any more."""


def record(
    parties: Parties,
    verdicts: Iterable[ScopeVerdict],
    context: DecisionContext,
    decided_at: datetime,
) -> None:
    """Write the verdicts over earlier ones about the same scopes. One statement."""
    ScopeDecision.objects.bulk_create(
        [_row(parties, verdict, context, decided_at) for verdict in verdicts],
        update_conflicts=True,
        unique_fields=["user", "client", "kept_with", "scope"],
        update_fields=[
            "grant",
            "outcome",
            "decided_at",
            "expires_at",
            "withheld_claims",
            "shared_email",
            "text_version",
            "locale",
            "acr",
            "address",
            "user_agent",
            "expiry_recorded_at",
        ],
    )


def _row(
    parties: Parties, verdict: ScopeVerdict, context: DecisionContext, decided_at: datetime
) -> ScopeDecision:
    return ScopeDecision(
        user_id=parties.user_id,
        client_id=parties.client_id,
        grant_id=parties.grant_id,
        kept_with=parties.kept_with,
        scope=verdict.scope,
        outcome=verdict.outcome,
        decided_at=decided_at,
        expires_at=_moment(verdict.expires_at, decided_at),
        withheld_claims=list(verdict.withheld),
        shared_email=verdict.shared_email,
        text_version=verdict.entry.text_version if verdict.entry else 1,
        locale=context.locale,
        acr=context.acr,
        address=context.address,
        user_agent=context.user_agent[:300],
    )


def _moment(epoch_seconds: int | None, like: datetime) -> datetime | None:
    if epoch_seconds is None:
        return None
    return datetime.fromtimestamp(epoch_seconds, tz=like.tzinfo)
