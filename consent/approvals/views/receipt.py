"""The receipt of an approval: what was signed, to be verified by anybody, without asking us."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from consent.approvals.signing.receipts import receipt_of
from consent.approvals.views.common import find


@never_cache
@login_required
@require_safe
def receipt(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send every signature under an approval as a file, to whom it concerns."""
    found = receipt_of(find(request, pk).approval.pk)
    if found is None:
        raise Http404
    return found
