"""Pages over tables that are too long to be counted."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property

from foundation.base.replica.reading import moments_old

LIMIT = 1_000
"""So many rows can be paged through; whoever has more to look at narrows the list or exports it."""
PER_PAGE = 50


class BoundedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts up to a limit and no further."""

    limit = LIMIT
    template_name = "admin/includes/list_pages.html"
    """Of the numbers of pages below a list."""

    @cached_property
    def count(self) -> int:
        """Return how many rows there are, or the limit when there are more."""
        rows: Any = self.object_list
        bounded: int = rows.order_by().values("pk")[: self.limit].count()
        return bounded

    @property
    def is_cut(self) -> bool:
        """Whether there may be more rows than can be paged through."""
        return self.count >= self.limit


def listed(request: HttpRequest, rows: QuerySet[Any], *, export: str = "") -> dict[str, Any]:
    """Return what a page of records shows besides its rows: the page, its query, the export.

    `export` is the name of the path that streams all of what the same query means, if there is one.
    """
    query = request.GET.copy()
    query.pop("page", None)
    return {
        "page": BoundedPaginator(moments_old(rows), PER_PAGE).get_page(request.GET.get("page")),
        "query": query.urlencode(),
        "export_url": f"{reverse(export)}?{query.urlencode()}" if export else "",
    }
