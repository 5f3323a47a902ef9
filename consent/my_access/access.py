"""What My access shows: each application with its scopes, their values, dates, and last use."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.utils import timezone

from claims import subject as subjects
from claims.addresses import sharing, verified_addresses
from claims.catalogue import scopes as catalogue
from claims.catalogue.scopes import CatalogueEntry
from claims.contents import labels_of, shown_claims
from claims.display.in_words import ShownClaim
from claims.subject import Subject
from consent.grants.of_request import decisions_of
from consent.grants.selectors import withheld_names
from consent.grants.single_claims import entry_of
from consent.models import DecisionOutcome, Grant, ScopeDecision
from consent.my_access.application_access import ApplicationAccess, ScopeAccess
from foundation.base.prepared.related import PreparedRelated
from foundation.base.prepared.statements import PreparedValues
from foundation.base.replica.reading import may_be_old, moments_old
from foundation.directory.models import User
from foundation.journal.last_minted import acts_of_minting, newest, notes_of_minting

M = TypeVar("M", bound=Model)


def _decisions(person: UUID) -> QuerySet[ScopeDecision]:
    return ScopeDecision.objects.filter(user_id=person).only(
        "client_id", "kept_with", "scope", "outcome", "decided_at", "withheld_claims"
    )


def _standing(person: UUID) -> QuerySet[Grant]:
    grants = Grant.objects.filter(user_id=person, revoked_at=None).select_related("client")
    shown = ("name", "logo_uri", "is_verified")
    own = ("separate", "scopes", "withheld_claims", "shared_email", "created_at")
    return grants.only(*own, *(f"client__{name}" for name in shown)).order_by("-created_at")


def _used(of: Callable[[QuerySet[Any]], QuerySet[Any, Any]]) -> PreparedValues:
    """Return what reads when the standing grants of a person last gave a token."""
    return PreparedValues(
        [UUID],
        lambda person: of(Grant.objects.filter(user_id=person, revoked_at=None).values("pk")),
    )


DECISIONS: PreparedRelated[ScopeDecision] = PreparedRelated([UUID], _decisions)
STANDING: PreparedRelated[Grant] = PreparedRelated([UUID], _standing)
"""What a page of applications shows of them, and no more columns."""
USED = (_used(acts_of_minting), _used(notes_of_minting))


def _found(
    statement: PreparedRelated[M], query: Callable[[UUID], QuerySet[M]], person: UUID
) -> list[M]:
    """Return what a statement finds; where it may be a moment old, the replica's rows."""
    return list(moments_old(query(person))) if may_be_old() else statement.objects(person)


def grants_of(user: User, now: datetime | None = None) -> list[ApplicationAccess]:
    """Return a person's standing grants with what the page shows of their clients, newest first.

    Five statements, and one more where an e-mail address was chosen.
    """
    decisions = defaultdict[tuple[int, UUID], list[ScopeDecision]](list)
    for decision in _found(DECISIONS, _decisions, user.pk):
        decisions[decision.client_id, decision.kept_with].append(decision)
    grants = _found(STANDING, _standing, user.pk)
    if not grants:
        return []
    verified = verified_addresses(user.pk) if any(g.shared_email for g in grants) else ()
    page = _Reading(subjects.load(user.pk), verified, now or timezone.now())
    used = newest(*(statement.rows(user.pk) for statement in USED))
    return [
        page.access(grant, decisions[grant.client_id, grant.kept_with], used.get(grant.pk))
        for grant in grants
    ]


def access_of(grant: Grant, now: datetime | None = None) -> ApplicationAccess:
    """Return what one grant allows, without its last use. Three statements."""
    verified = verified_addresses(grant.user_id)
    page = _Reading(subjects.load(grant.user_id), verified, now or timezone.now())
    return page.access(grant, decisions_of(grant))


@dataclass(frozen=True)
class _ScopeInWords:
    """What is the same of a scope whichever application has it."""

    entry: CatalogueEntry | None
    title: str
    sentence: str

    @classmethod
    def of(cls, name: str) -> "_ScopeInWords":
        entry = entry_of(name)
        return cls(entry, entry.title, entry.sentence) if entry else cls(None, name, "")

    @property
    def is_required(self) -> bool:
        return self.entry is not None and self.entry.is_required

    @property
    def is_implicit(self) -> bool:
        return self.entry is not None and self.entry.is_implicit


@dataclass(frozen=True)
class _Reading:
    """One person's access being read: each scope is put into words once, each value too."""

    subject: Subject
    verified: Collection[str]
    now: datetime
    words: dict[str, _ScopeInWords] = field(default_factory=dict)
    shown: dict[tuple[str, str], Sequence[ShownClaim]] = field(default_factory=dict)

    def access(
        self, grant: Grant, decisions: Iterable[ScopeDecision], used: datetime | None = None
    ) -> ApplicationAccess:
        by_scope = {decision.scope: decision for decision in decisions}
        denied = {name for name, one in by_scope.items() if one.outcome == DecisionOutcome.DENIED}
        left_out = withheld_names(grant.withheld_claims)
        return ApplicationAccess(
            grant=grant,
            scopes=tuple(
                self._held(grant, name, by_scope.get(name), left_out)
                for name in catalogue.in_order(grant.scopes)
            ),
            denied=tuple(self._denied(by_scope[name]) for name in catalogue.in_order(denied)),
            last_used=used,
        )

    def _held(
        self, grant: Grant, name: str, decision: ScopeDecision | None, left_out: Collection[str]
    ) -> ScopeAccess:
        scope, expiry = self._in_words(name), grant.scopes[name]
        has_ended = expiry is not None and expiry <= self.now.timestamp()
        shown = () if has_ended else self._shown(scope.entry, grant.shared_email)
        return ScopeAccess(
            name=name,
            title=scope.title,
            sentence=scope.sentence,
            is_implicit=scope.is_implicit,
            is_required=scope.is_required,
            since=decision.decided_at if decision else grant.created_at,
            until=None if expiry is None else datetime.fromtimestamp(expiry, tz=UTC),
            has_ended=has_ended,
            withheld=labels_of(decision.withheld_claims if decision else ()),
            values=tuple((c.label, c.text) for c in shown if c.claim not in left_out),
        )

    def _denied(self, decision: ScopeDecision) -> ScopeAccess:
        scope = self._in_words(decision.scope)
        return ScopeAccess(
            name=decision.scope,
            title=scope.title,
            sentence=scope.sentence,
            is_implicit=False,
            is_required=scope.is_required,
            since=decision.decided_at,
            until=None,
            has_ended=False,
        )

    def _in_words(self, name: str) -> _ScopeInWords:
        if name not in self.words:
            self.words[name] = _ScopeInWords.of(name)
        return self.words[name]

    def _shown(self, entry: CatalogueEntry | None, address: str) -> Sequence[ShownClaim]:
        """Return what a scope releases, with the address that was chosen for the application."""
        if entry is None or not entry.is_for_people:
            return ()
        key = (entry.template, address)
        if key not in self.shown:
            subject = sharing(self.subject, address, is_verified=address in self.verified)
            self.shown[key] = shown_claims(subject, entry.template)
        return self.shown[key]
