"""The receipt of what one application may do: as a page, and signed, to be kept."""

import uuid

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from consent.my_access.receipts import receipt_of, signed
from consent.my_access.views.access import own_grant

CONTENT_TYPE = "application/consent-receipt+jwt"


@never_cache
@login_required
@require_safe
def read(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show the receipt."""
    receipt = receipt_of(own_grant(request, pk))
    return render(request, "consent/receipt.html", {"receipt": receipt, "grant": receipt.grant})


@never_cache
@login_required
@require_safe
def download(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Send the signed receipt as a file."""
    receipt = receipt_of(own_grant(request, pk))
    name = slugify(receipt.grant.client.name) or "application"
    return HttpResponse(
        signed(receipt),
        content_type=CONTENT_TYPE,
        headers={"Content-Disposition": f'attachment; filename="receipt-{name}.jwt"'},
    )
