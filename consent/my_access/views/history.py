"""History: who asked, what was said, when."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from consent.my_access.moments import moments_drawn
from consent.my_access.timeline import Telling, page_of_acts
from foundation.journal.visitor import person


@never_cache
@login_required
@require_safe
def timeline(request: HttpRequest) -> HttpResponse:
    """List the acts of the person who is signed in; `?grant=` those about one grant."""
    grant = _grant(request.GET.get("grant", ""))
    page = page_of_acts(person(request).pk, grant, request.GET.get("page", ""))
    context: dict[str, Any] = {
        "page": page,
        "moments": moments_drawn(map(Telling().entry, page)),
        "of_grant": f"grant={grant}&" if grant else "",
    }
    return render(request, "consent/history.html", context)


def _grant(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise Http404 from None
