"""Lists of rows that are looked at, found and exported, however many there are."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.decorators import display

from console.common.configuration_admin import ReadOnlyAdmin
from console.common.people import names_of_people
from console.records.export.export import Extract, respond
from console.records.finding.searching import key_of, narrow


class RecordAdmin(ReadOnlyAdmin):
    """Read-only rows about a person and an application, with an export of what is filtered."""

    columns: Mapping[str, str]
    person_column = "user"
    searched_keys: tuple[str, ...] = ()
    """Columns with identifiers that can be searched for."""
    searched_texts: tuple[str, ...] = ()
    """Columns with texts that can be searched for, whole."""
    list_select_related = ["user", "client"]
    list_per_page = 50
    list_max_show_all = 50
    search_fields = ["=id"]
    search_help_text = _("Beginning of a username or e-mail address, application, identifier")
    list_before_template = "admin/includes/record_notes.html"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find the people and applications first, then their rows by index."""
        if not (term := search_term.strip()):
            return queryset, False
        look = partial(narrow, person=self.person_column, by_key=self.searched_keys)
        try:
            return look(queryset, term, by_text=self.searched_texts), False
        except ValidationError as error:
            self.message_user(request, error.message, messages.WARNING)
            return queryset.none(), False

    def extract_of(self, request: HttpRequest, rows: QuerySet[Any]) -> Extract:
        """Return what an export of these rows is."""
        return Extract(
            name=f"{self.opts.model_name}s",
            rows=rows,
            columns=self.columns,
            person=key_of(request.GET.get(self._person_parameter, "")),
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
        address = f"{self.address('export')}?{request.GET.urlencode()}"
        person = key_of(request.GET.get(self._person_parameter, ""))
        names = names_of_people({str(person)}) if person else {}
        more = {"export_url": address, "person_filter": names.get(str(person), "")}
        return super().changelist_view(request, {**(extra_context or {}), **more})

    def get_urls(self) -> list[URLPattern]:
        """Add the export."""
        view = self.admin_site.admin_view(require_POST(self.export))
        urls: list[URLPattern] = super().get_urls()
        return [path("export/", view, name=self._url_name("export")), *urls]

    @display(description=_("person"))
    def person(self, row: Any) -> str:
        """Show whose it is."""
        return str(getattr(row, self.person_column) or "–")

    @display(description=_("application"))
    def application(self, row: Any) -> str:
        """Show for which application."""
        return str(row.client)

    @property
    def _person_parameter(self) -> str:
        return f"{self.person_column}__id__exact"


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 19 else None
