"""Which grant a question is about, and which decisions belong to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from consent.consent_question import ConsentQuestion
from consent.errors import GrantGoneError
from consent.models import ORDINARY, Grant, Intent, ScopeDecision
from foundation.base.prepared.objects import PreparedObjects


@dataclass(frozen=True, slots=True)
class ReadBefore:
    """What was read a moment ago of the grants between a person and a client."""

    ordinary: Grant | None


_DECISIONS = PreparedObjects[ScopeDecision](
    (UUID, int, UUID),
    lambda person, client, kept_with: ScopeDecision.objects.filter(
        user=person, client=client, kept_with=kept_with
    ),
)
_ORDINARY = PreparedObjects[Grant](
    (UUID, int),
    lambda person, client: Grant.objects.filter(
        user=person, client=client, revoked_at=None, separate=False
    ),
)


def grant_of(
    question: ConsentQuestion, *, locked: bool = False, before: ReadBefore | None = None
) -> Grant | None:
    """Return the standing grant that the question is about; None while it has yet to be opened.

    `locked` keeps it until the transaction ends; otherwise what was read `before` is good enough.
    Raises `GrantGoneError` when the question names a grant that does not stand between these two:
    it never did, or it has been revoked.
    """
    if question.aim.intent == Intent.CREATE:
        return None
    if question.aim.intent == Intent.USE and not locked:
        if before is not None:
            return before.ordinary
        return _ORDINARY.first(question.person_id, question.client.pk)
    grants = Grant.objects.select_for_update() if locked else Grant.objects
    between = {"user_id": question.person_id, "client_id": question.client.pk}
    standing = grants.filter(**between, revoked_at=None)
    if question.aim.intent == Intent.USE:
        return standing.filter(separate=False).first()
    grant = standing.filter(pk=question.aim.grant_id).first() if question.aim.grant_id else None
    if grant is None:
        raise GrantGoneError
    return grant


def decisions_before(question: ConsentQuestion, grant: Grant | None) -> Sequence[ScopeDecision]:
    """Return what counts of the person's decisions; for a grant yet to be opened, nothing."""
    if question.aim.intent == Intent.CREATE:
        return ()
    kept_with = grant.kept_with if grant else ORDINARY
    return _DECISIONS.objects(question.person_id, question.client.pk, kept_with)


def decisions_of(grant: Grant) -> QuerySet[ScopeDecision]:
    """Return the person's newest decisions about a grant."""
    return ScopeDecision.objects.filter(
        user_id=grant.user_id, client_id=grant.client_id, kept_with=grant.kept_with
    )
