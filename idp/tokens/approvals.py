"""Approvals and tokens: used up together, and ended together."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import transaction

from claims.catalogue.entitlement import details_open_to
from consent.approvals.use.minting import Minting, is_for_one_use, mint_details, revoke_details
from foundation.journal.context import BY_THE_CLIENT
from idp.tokens.families import store as families
from idp.tokens.families.standing import FamilyStanding
from idp.tokens.issue import Issue

Held = Mapping[str, Any]


class ApprovalGoneError(Exception):
    """An approval was revoked, withdrawn, or has expired since the code was issued."""


def redeem_with_approvals(
    standing: FamilyStanding, issue: Issue, *, with_refresh_token: bool
) -> str | None:
    """Use the code together with the approvals behind its details, or neither of them.

    Raises what `families.redeem` does, and `ApprovalGoneError`. Without approvals one statement.
    """
    still_open = details_open_to(issue.client, standing.row["authorization_details"])
    details = _turned_into_tokens(still_open, issue, is_refreshable=with_refresh_token)
    redeem = partial(
        families.redeem,
        standing,
        with_refresh_token=with_refresh_token,
        now=issue.now,
        bound_to=issue.family_bound_to,
    )
    if not details:
        return redeem()
    ends_at = issue.now + timedelta(seconds=issue.access_token_lifetime)
    minting = Minting(
        jti=issue.jti,
        expires_at=ends_at,
        family_ends_at=standing.get("ends_at") if with_refresh_token else ends_at,
    )
    with transaction.atomic():
        token = redeem()
        if not mint_details(details, minting):
            raise ApprovalGoneError
    return token


def revoke_single_use(details: Iterable[Held]) -> None:
    """End what a token was good for once: its client gives the token back (RFC 7009)."""
    revoke_details(filter(is_for_one_use, details), BY_THE_CLIENT)


def _turned_into_tokens(held: Iterable[Held], issue: Issue, *, is_refreshable: bool) -> list[Held]:
    """Return what this token is for, and what later ones of the family may be for, if any come.

    What goes into no token is not used up: nothing is minted into nothing.
    """
    carried = [detail for detail in issue.authorization_details if "approval_id" in detail]
    named = {detail["approval_id"] for detail in carried}
    later = [
        detail
        for detail in held
        if "approval_id" in detail
        and detail["approval_id"] not in named
        and not is_for_one_use(detail)
    ]
    return [*carried, *later] if is_refreshable else carried
