"""Approvals inside tokens: turned into one, and whether they still stand behind it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from claims.catalogue.details.catalogue import known_type
from consent.approvals.deciders.counting import still_agreed_among
from consent.approvals.models import Approval, ApprovalState
from consent.approvals.terms import terms_of
from consent.approvals.use.consuming import mint
from consent.approvals.use.ending import revoke_unused
from foundation.journal.context import DecisionContext
from scopeward_guard.vocabulary import MalformedError, detail_digest

Held = Mapping[str, Any]


@dataclass(frozen=True)
class Minting:
    """The token that is about to be issued."""

    jti: str
    expires_at: datetime
    """When a detail that is good for one use ends."""
    family_ends_at: datetime
    """When any other does: it may be in later tokens too."""


def mint_details(details: Iterable[Held], minting: Minting) -> bool:
    """Turn the approvals of details into a token; False: one of them does not stand, issue none.

    Call it in the transaction that issues the token, and roll that back when it says False.
    """
    return all(_mint(detail, minting) for detail in details if "approval_id" in detail)


def in_force(details: Iterable[Held], *, jti: str = "") -> list[Held] | None:
    """Return the details of a token that still count; None when one of them was revoked.

    What is good for one use counts in the token that it was issued with, `jti`, and until it is
    used: whoever uses it is asked for everything else then (`use.consume`). What lasts counts as
    long as those who approved it have a say. One statement, none without approvals; four more where
    other people had to agree to what lasts.
    """
    standing = in_force_until(details, jti=jti)
    return None if standing is None else [detail for detail, _ in standing]


def in_force_until(
    details: Iterable[Held], *, jti: str = ""
) -> list[tuple[Held, datetime | None]] | None:
    """Return what `in_force` does, each with when it ends by itself; None where nothing does."""
    held = list(details)
    ids = [UUID(str(detail["approval_id"])) for detail in held if "approval_id" in detail]
    if not ids:
        return [(detail, None) for detail in held]
    found = {str(approval.pk): approval for approval in Approval.objects.filter(pk__in=ids)}
    if any(approval.state == ApprovalState.REVOKED for approval in found.values()):
        return None
    left = [detail for detail in held if _counts(detail, found, jti)]
    lasting = [str(one["approval_id"]) for one in left if "approval_id" in one and _lasts(one)]
    agreed = {str(pk) for pk in still_agreed_among([found[key] for key in lasting])}
    return [
        (one, found[key].expires_at if key in found else None)
        for one in left
        if (key := str(one.get("approval_id"))) not in set(lasting) - agreed
    ]


def revoke_details(details: Iterable[Held], context: DecisionContext) -> int:
    """End the approvals of details whose token or code has been taken back; return how many."""
    ids = [UUID(str(detail["approval_id"])) for detail in details if "approval_id" in detail]
    return revoke_unused(context, pk__in=ids) if ids else 0


def _mint(detail: Held, minting: Minting) -> bool:
    until = minting.expires_at if is_for_one_use(detail) else minting.family_ends_at
    try:
        digest = detail_digest(detail)
    except MalformedError:
        return False
    return mint(UUID(str(detail["approval_id"])), minting.jti, until, digest)


def _counts(detail: Held, found: Mapping[str, Approval], jti: str) -> bool:
    if "approval_id" not in detail:
        return True
    approval = found.get(str(detail["approval_id"]))
    if (
        approval is None
        or approval.state != ApprovalState.MINTED
        or approval.expires_at <= timezone.now()
    ):
        return False
    # What people were told holds, whatever its type says by now.
    once = terms_of(approval).single_use or is_for_one_use(detail)
    return not once or approval.jti == jti


def _lasts(detail: Held) -> bool:
    return not is_for_one_use(detail)


def is_for_one_use(detail: Held) -> bool:
    """Whether a detail is good for one use; one whose type is gone is good for none."""
    entry = known_type(detail.get("type"))
    return entry is None or entry.single_use
