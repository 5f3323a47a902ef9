"""The inbox: what waits for somebody, what they asked, what they have decided."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from consent.approvals.models import Approval, ApprovalState
from consent.approvals.selectors import WITH_NAMES, inbox_of
from consent.approvals.views.common import page
from foundation.base.texts.storable import storable
from foundation.journal.visitor import person

PER_PAGE = 20
HEAPS = {
    "waiting": _("Waiting for me"),
    "mine": _("My requests"),
    "decided": _("Decided by me"),
}


@never_cache
@login_required
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """List one heap: `heap`, narrowed by `state`, `application` and `person`, `page` by page."""
    found = inbox_of(person(request).pk)
    heap = request.GET.get("heap", "")
    heap = heap if heap in HEAPS else "waiting"
    filters = {
        name: storable(request.GET.get(name, "")).strip()[:100]
        for name in ("state", "application", "person")
    }
    rows = _narrowed(getattr(found, heap), filters)
    kept = {name: value for name, value in filters.items() if value}
    paginator = Paginator(rows.select_related(*WITH_NAMES), PER_PAGE)
    if not kept:
        # The heap has been counted already.
        paginator.count = found.counts[heap]
    context: dict[str, Any] = {
        "heaps": [(name, title, found.counts[name]) for name, title in HEAPS.items()],
        "heap": heap,
        "page": paginator.get_page(request.GET.get("page")),
        "filters": filters,
        "is_narrowed": bool(kept),
        "states": ApprovalState.choices,
        "query": urlencode({"heap": heap, **kept}),
    }
    return page(request, "inbox", context)


def _narrowed(rows: QuerySet[Approval], filters: dict[str, str]) -> QuerySet[Approval]:
    if filters["state"] in ApprovalState.values:
        rows = rows.filter(state=filters["state"])
    if filters["application"]:
        rows = rows.filter(client__name__icontains=filters["application"])
    if filters["person"]:
        said = filters["person"]
        rows = rows.filter(
            Q(requester__name__icontains=said) | Q(requester__username__icontains=said)
        )
    return rows
