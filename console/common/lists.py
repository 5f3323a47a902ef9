"""Lists of objects: ordered by what an index orders, and as they were a moment ago."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.views import ChangeList

from foundation.base.replica.reading import moments_old


class ObjectList(ChangeList):
    """A list whose order comes from its `sortable_by`, whatever the address asks for."""

    root_queryset: QuerySet[Any]

    def get_queryset(self, request: HttpRequest, *args: Any, **kwargs: Any) -> QuerySet[Any]:
        """Return what is listed; the page of an object is of this very moment."""
        self.root_queryset = moments_old(self.root_queryset)
        rows: QuerySet[Any] = super().get_queryset(request, *args, **kwargs)
        return rows

    def get_ordering_field(self, field_name: Any) -> Any:
        """Return the field that a column is ordered by, None for one that is not."""
        if field_name not in self.sortable_by:
            return None
        return super().get_ordering_field(field_name)

    def get_results(self, request: HttpRequest) -> None:
        """Fetch a page, and say so to the database also where there is no second one."""
        super().get_results(request)
        if not self.multi_page or self.show_all:
            found: QuerySet[Any] = self.queryset
            self.result_list = found[: self.list_max_show_all]
