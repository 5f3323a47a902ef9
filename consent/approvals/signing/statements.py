"""What is signed: everything that the yes means, in canonical JSON (RFC 8785)."""

from typing import Any
from uuid import UUID

from consent.approvals.models import Approval
from foundation.base import conf

VERSION = "scopeward-approval/1"
"""Says what it is: nothing else that is signed here begins so."""


def statement_of(
    approval: Approval, person: UUID, *, on_behalf_of: UUID | None, shown: str, at: int
) -> dict[str, Any]:
    """Return what somebody says yes to by signing it.

    `shown` is the digest of what was on the screen, `at` when that was made (Unix seconds).
    """
    return {
        "v": VERSION,
        "iss": conf.current().issuer,
        "approval": str(approval.pk),
        "answer": "approve",
        "person": str(person),
        "on_behalf_of": str(on_behalf_of or ""),
        "audience": approval.audience,
        "detail": approval.canonical,
        "shown": shown,
        "policy_rev": approval.policy_rev,
        "at": at,
    }
