"""Lists of rows that are looked at, found and exported, however many there are."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.decorators import display

from console.common.configuration_admin import ReadOnlyAdmin
from console.records.export.export import Extract, respond
from console.records.finding.paging import BoundedPaginator
from console.records.finding.searching import key_of, narrow

PERSON = "user__id__exact"
"""The parameter by which the pages of people lead here."""


class RecordAdmin(ReadOnlyAdmin):
    """Read-only rows about a person and an application, with an export of what is filtered."""

    columns: Mapping[str, str]
    searched_keys: tuple[str, ...] = ()
    """Columns with identifiers that can be searched for."""
    list_select_related = ["user", "client"]
    list_per_page = 50
    list_max_show_all = 50
    search_fields = ["=id"]
    search_help_text = _("Beginning of a username or e-mail address, application, identifier")
    show_full_result_count = False
    paginator = BoundedPaginator
    list_before_template = "admin/includes/record_notes.html"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find the people and applications first, then their rows by index."""
        if term := search_term.strip():
            queryset = narrow(queryset, term, by_key=self.searched_keys)
        return queryset, False

    def extract_of(self, request: HttpRequest, rows: QuerySet[Any]) -> Extract:
        """Return what an export of these rows is."""
        return Extract(
            name=f"{self.opts.model_name}s",
            rows=rows,
            columns=self.columns,
            person=key_of(request.GET.get(PERSON, "")),
            client=_number(request.GET.get("client", "")),
        )

    def export(self, request: HttpRequest) -> HttpResponseBase:
        """Stream the rows that the list with this query string has."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            changes = self.get_changelist_instance(request)
        except IncorrectLookupParameters as error:
            raise BadRequest("No such filter.") from error
        return respond(request, self.extract_of(request, changes.queryset))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Say where the export is."""
        address = f"{reverse(self._export_name())}?{request.GET.urlencode()}"
        more = {"export_url": address, "person_filter": _known_person(request)}
        return super().changelist_view(request, {**(extra_context or {}), **more})

    def get_urls(self) -> list[URLPattern]:
        """Add the export."""
        view = self.admin_site.admin_view(require_POST(self.export))
        name = self._export_name().partition(":")[2]
        urls: list[URLPattern] = super().get_urls()
        return [path("export/", view, name=name), *urls]

    @display(description=_("person"))
    def person(self, row: Any) -> str:
        """Show whose it is."""
        return str(row.user)

    @display(description=_("application"))
    def application(self, row: Any) -> str:
        """Show for which application."""
        return str(row.client)

    def _export_name(self) -> str:
        return f"admin:{self.opts.app_label}_{self.opts.model_name}_export"


def _known_person(request: HttpRequest) -> UUID | None:
    return key_of(request.GET.get(PERSON, ""))


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 19 else None
