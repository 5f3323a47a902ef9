"""Which grant a consent request is about, and which decisions belong to it."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from consent.errors import GrantGoneError
from consent.models import ORDINARY, ConsentRequest, Decision, Grant, Intent

__all__ = ["USUAL", "Aim", "Intent", "decisions_before", "decisions_of", "grant_of"]


@dataclass(frozen=True)
class Aim:
    """What is to be done, and the key of the grant to merge into or to replace."""

    intent: Intent = Intent.USE
    grant_id: UUID | None = None


USUAL = Aim()
"""What a client gets that has no wish of its own."""


def grant_of(request: ConsentRequest, *, locked: bool = False) -> Grant | None:
    """Return the standing grant that the request is about; None while it has yet to be opened.

    `locked` keeps it until the transaction ends. Raises `GrantGoneError` when the request names a
    grant that does not stand between these two: it never did, or it has been revoked.
    """
    if request.intent == Intent.CREATE:
        return None
    grants = Grant.objects.select_for_update() if locked else Grant.objects
    standing = grants.filter(user_id=request.user_id, client_id=request.client_id, revoked_at=None)
    if request.intent == Intent.USE:
        return standing.filter(separate=False).first()
    grant = standing.filter(pk=request.target).first() if request.target else None
    if grant is None:
        raise GrantGoneError
    return grant


def decisions_before(request: ConsentRequest, grant: Grant | None) -> QuerySet[Decision]:
    """Return what counts of the person's decisions; for a grant yet to be opened, nothing."""
    if request.intent == Intent.CREATE:
        return Decision.objects.none()
    return Decision.objects.filter(
        user_id=request.user_id,
        client_id=request.client_id,
        kept_with=grant.kept_with if grant else ORDINARY,
    )


def decisions_of(grant: Grant) -> QuerySet[Decision]:
    """Return the person's newest decisions about a grant."""
    return Decision.objects.filter(
        user_id=grant.user_id, client_id=grant.client_id, kept_with=grant.kept_with
    )
