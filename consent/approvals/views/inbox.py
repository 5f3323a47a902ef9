"""The inbox: what waits for somebody, what they asked, what they have decided."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from consent.approvals.heaps import DECIDED, MINE, PER_PAGE, WAITING, Inbox, inbox_of, with_names
from consent.approvals.models import Approval, ApprovalState
from consent.approvals.views.common import page
from consent.approvals.views.rows import inbox_rows
from foundation.base.texts.storable import storable
from foundation.journal.visitor import person

TITLES = {
    WAITING: _("Waiting for me"),
    MINE: _("My requests"),
    DECIDED: _("Decided by me"),
}


@never_cache
@login_required
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """List one heap: `heap`, narrowed by `state`, `application` and `person`, `page` by page."""
    found = inbox_of(person(request).pk)
    heap = request.GET.get("heap", "")
    heap = heap if heap in TITLES else WAITING
    filters = {
        name: storable(request.GET.get(name, "")).strip()[:100]
        for name in ("state", "application", "person")
    }
    kept = {name: value for name, value in filters.items() if value}
    listed = _page(found, heap, kept, request.GET.get("page", ""))
    context: dict[str, Any] = {
        "heaps": [(name, title, found.counts[name]) for name, title in TITLES.items()],
        "heap": heap,
        "page": listed,
        "rows": inbox_rows(listed, heap=heap),
        "filters": filters,
        "is_narrowed": bool(kept),
        "states": ApprovalState.choices,
        "query": urlencode({"heap": heap, **kept}),
    }
    return page(request, "inbox", context)


def _page(found: Inbox, heap: str, kept: dict[str, str], number: str) -> Page[Approval]:
    """Return a page of a heap; the first one of a heap that is not narrowed is read at once."""
    if kept or number not in {"", "1"}:
        paginator = Paginator(with_names(_narrowed(found.heap(heap), kept)), PER_PAGE)
        if not kept:
            # The heap has been counted already.
            paginator.count = found.counts[heap]
        return paginator.get_page(number)
    first = found.first_page(heap)
    paginator = Paginator(first, PER_PAGE)
    paginator.count = found.counts[heap]
    return Page(first, 1, paginator)


def _narrowed(rows: QuerySet[Approval], kept: dict[str, str]) -> QuerySet[Approval]:
    if kept.get("state") in ApprovalState.values:
        rows = rows.filter(state=kept["state"])
    if "application" in kept:
        rows = rows.filter(client__name__icontains=kept["application"])
    if said := kept.get("person"):
        rows = rows.filter(
            Q(requester__name__icontains=said) | Q(requester__username__icontains=said)
        )
    return rows
