"""What My access shows: each application with its scopes, their values, dates, and last use."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.utils import timezone

from claims import subject as subjects
from claims.addresses import sharing, verified_addresses
from claims.catalogue import scopes as catalogue
from claims.contents import labels_of, shown_claims
from claims.subject import Subject
from consent.grants.of_request import decisions_of
from consent.grants.selectors import withheld_names
from consent.grants.single_claims import entry_of
from consent.models import DecisionOutcome, Grant, ScopeDecision
from foundation.base.replica.reading import moments_old
from foundation.directory.models import User
from foundation.journal.last_minted import last_minted


@dataclass(frozen=True)
class ScopeAccess:
    """One scope of one application."""

    name: str
    title: str
    sentence: str
    is_implicit: bool
    is_required: bool
    since: datetime | None
    until: datetime | None
    has_ended: bool
    withheld: tuple[str, ...] = ()
    """The details left out, in words."""
    values: tuple[tuple[str, str], ...] = ()
    """What a token would release now, as (label, value) in words."""


@dataclass(frozen=True)
class ApplicationAccess:
    """What one application may do, and what the person said no to."""

    grant: Grant
    scopes: tuple[ScopeAccess, ...]
    denied: tuple[ScopeAccess, ...]
    last_used: datetime | None = None
    """When it last fetched a token; None when it never did."""


def grants_of(user: User, now: datetime | None = None) -> list[ApplicationAccess]:
    """Return a person's standing grants with their clients, newest first.

    Five statements, and one more where an e-mail address was chosen.
    """
    decisions = defaultdict[tuple[int, UUID], list[ScopeDecision]](list)
    for decision in moments_old(ScopeDecision.objects.filter(user_id=user.pk)):
        decisions[decision.client_id, decision.kept_with].append(decision)
    standing = moments_old(Grant.objects.filter(user_id=user.pk, revoked_at=None))
    grants = list(standing.select_related("client").order_by("-created_at"))
    if not grants:
        return []
    subject = subjects.load(user.pk)
    verified = verified_addresses(user.pk) if any(g.shared_email for g in grants) else ()
    used = last_minted([grant.pk for grant in grants])
    moment = now or timezone.now()
    return [
        _access(
            grant,
            decisions[grant.client_id, grant.kept_with],
            _shared_with(grant, subject, verified),
            moment,
            used.get(grant.pk),
        )
        for grant in grants
    ]


def access_of(grant: Grant, now: datetime | None = None) -> ApplicationAccess:
    """Return what one grant allows, without its last use. Three statements."""
    verified = verified_addresses(grant.user_id)
    subject = _shared_with(grant, subjects.load(grant.user_id), verified)
    return _access(grant, decisions_of(grant), subject, now or timezone.now())


def _access(
    grant: Grant,
    decisions: Iterable[ScopeDecision],
    subject: Subject,
    now: datetime,
    used: datetime | None = None,
) -> ApplicationAccess:
    by_scope = {decision.scope: decision for decision in decisions}
    denied = {name for name, found in by_scope.items() if found.outcome == DecisionOutcome.DENIED}
    return ApplicationAccess(
        grant=grant,
        scopes=tuple(
            _held(grant, name, by_scope.get(name), subject, now)
            for name in catalogue.in_order(grant.scopes)
        ),
        denied=tuple(_denied(by_scope[name]) for name in catalogue.in_order(denied)),
        last_used=used,
    )


def _shared_with(grant: Grant, subject: Subject, verified: Collection[str]) -> Subject:
    address = grant.shared_email
    return sharing(subject, address, is_verified=address in verified)


def _held(
    grant: Grant, name: str, decision: ScopeDecision | None, subject: Subject, now: datetime
) -> ScopeAccess:
    entry = entry_of(name)
    expiry = grant.scopes[name]
    has_ended = expiry is not None and expiry <= now.timestamp()
    releases = entry is not None and entry.is_for_people and not has_ended
    left_out = withheld_names(grant.withheld_claims)
    shown = shown_claims(subject, entry.template) if entry and releases else []
    return ScopeAccess(
        name=name,
        title=entry.title if entry else name,
        sentence=entry.sentence if entry else "",
        is_implicit=entry is not None and entry.is_implicit,
        is_required=entry is not None and entry.is_required,
        since=decision.decided_at if decision else grant.created_at,
        until=None if expiry is None else datetime.fromtimestamp(expiry, tz=UTC),
        has_ended=has_ended,
        withheld=labels_of(decision.withheld_claims if decision else ()),
        values=tuple((c.label, c.text) for c in shown if c.claim not in left_out),
    )


def _denied(decision: ScopeDecision) -> ScopeAccess:
    entry = entry_of(decision.scope)
    return ScopeAccess(
        name=decision.scope,
        title=entry.title if entry else decision.scope,
        sentence=entry.sentence if entry else "",
        is_implicit=False,
        is_required=entry is not None and entry.is_required,
        since=decision.decided_at,
        until=None,
        has_ended=False,
    )
