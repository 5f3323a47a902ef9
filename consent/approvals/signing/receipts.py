"""The receipt of an approval: what was signed, as a file that anybody can verify."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse

from consent.approvals.models import VoteSignature
from scopeward_guard.jose import RECEIPT
from scopeward_guard.vocabulary import canonical


def receipt_of(approval: UUID) -> HttpResponse | None:
    """Return every signature under an approval as a download; None without any. One statement."""
    kept = VoteSignature.objects.filter(vote__approval=approval).order_by("vote__voted_at")
    signatures: list[dict[str, Any]] = [
        {"statement": row.statement, "shown": row.shown, "assertion": row.assertion} for row in kept
    ]
    if not signatures:
        return None
    return HttpResponse(
        canonical({"v": RECEIPT, "signatures": signatures}),
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="approval-{approval}.json"'},
    )
