"""The authorization details of an exchanged token (RFC 8693 §2.1, RFC 9396 §6)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from claims.catalogue.details import Detail
from claims.catalogue.entitlement import details_open_to
from consent.approvals.use.outcome import approved_exactly
from idp.token_requests.details import requested_details, within
from idp.token_requests.request import TokenRequest
from idp.tokens.presented import PresentedToken
from idp.tokens.single_use import reusable


@dataclass(frozen=True, slots=True)
class Exchanged:
    """What the new token carries."""

    held: tuple[dict[str, Any], ...] = ()
    """Of the old token, and good for more than one use."""
    approved: tuple[dict[str, Any], ...] = ()
    """Approved for this very person and client, and in no token yet."""

    @property
    def all(self) -> tuple[dict[str, Any], ...]:
        """Both."""
        return (*self.held, *self.approved)


def exchanged_details(request: TokenRequest, subject: PresentedToken) -> Exchanged:
    """Return what is asked for of what the token holds, and of what was approved beside it.

    Without a wish, what the token holds. Raises `InvalidAuthorizationDetailsError` for anything
    that is neither.
    """
    still_open = details_open_to(
        subject.client, reusable(subject.payload.get("authorization_details", ()))
    )
    held = [dict(detail) for detail in still_open]
    requested = requested_details(request, subject.client)
    if requested is None:
        return Exchanged(tuple(held))
    approved = _approved(requested, subject)
    rest = [detail for detail in requested if detail.digest not in approved]
    return Exchanged(tuple(within(rest, held)), tuple(approved.values()))


def _approved(requested: Iterable[Detail], subject: PresentedToken) -> dict[str, dict[str, Any]]:
    standing = subject.standing
    return approved_exactly(
        [detail.digest for detail in requested],
        requester_id=standing.row["user"] if standing else None,
        client_id=subject.client.pk,
        grant_id=standing.grant.id if standing and standing.grant else None,
    )
