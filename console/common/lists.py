"""Lists of objects: ordered by what an index orders, and as they were a moment ago."""

from typing import Any

from django.contrib.admin import RelatedFieldListFilter
from django.contrib.admin.views.main import SEARCH_VAR
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.views import ChangeList

from foundation.base.replica.reading import moments_old

MOST_LISTED = 50
"""Choices that a filter by rows of another kind lists; the address may hold any other."""


def first_and_chosen(rows: QuerySet[Any], chosen: str | None) -> list[Any]:
    """Return the first rows, and the one with a key from the address if it is not among them."""
    listed = list(rows[:MOST_LISTED])
    key = int(chosen) if chosen and chosen.isdecimal() and len(chosen) < 19 else None
    if key is not None and all(row.pk != key for row in listed):
        listed += rows.filter(pk=key)
    return listed


class FewRelated(RelatedFieldListFilter):
    """A filter by a row of another kind, however many there are."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        """List the first of them, and the chosen one."""
        order = self.field_admin_ordering(field, request, model_admin)
        rows = field.remote_field.model._default_manager.all()  # noqa: SLF001 - documented
        chosen = request.GET.get(self.lookup_kwarg)
        found = first_and_chosen(rows.order_by(*order) if order else rows, chosen)
        return [(row.pk, str(row)) for row in found]


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
        """Fetch a page, and say so to the database also where there is no second one.

        How many rows there are in all is not counted, so the head of the page says nothing of it.
        """
        super().get_results(request)
        self.full_result_count = self.result_count
        if not self.multi_page or self.show_all:
            found: QuerySet[Any] = self.queryset
            self.result_list = found[: self.list_max_show_all]

    @property
    def show_all_address(self) -> str:
        """Return where the same list is without filter and search; empty where neither is set."""
        narrowing = self.get_filters_params()
        if not narrowing and not self.query:
            return ""
        found: str = self.get_query_string(remove=[SEARCH_VAR, *narrowing])
        return found
