"""The receipt of an approval: what was signed, to be verified by anybody, without asking us."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from consent.approvals.models import VoteSignature
from consent.approvals.views.common import find
from scopeward_guard.jose import RECEIPT
from scopeward_guard.vocabulary import canonical


@never_cache
@login_required
@require_safe
def receipt(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send every signature under an approval as a file, to whom it concerns."""
    seen = find(request, pk)
    kept = VoteSignature.objects.filter(vote__approval=seen.approval.pk).order_by("vote__voted_at")
    signatures: list[dict[str, Any]] = [
        {"statement": row.statement, "shown": row.shown, "assertion": row.assertion} for row in kept
    ]
    if not signatures:
        raise Http404
    name = f"approval-{seen.approval.pk}.json"
    return HttpResponse(
        canonical({"v": RECEIPT, "signatures": signatures}),
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
