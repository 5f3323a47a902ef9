"""Pages of records that are the list of no table: a filter, one page at a time, an export."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_POST, require_safe

from console.common.pages import SitePage
from console.common.paging import listed
from console.records.export.export import Extract, respond
from console.records.finding.searching import key_of


def nothing_more() -> Mapping[str, Any]:
    """Return no further context."""
    return {}


@dataclass(frozen=True, kw_only=True)
class RecordPage:
    """What makes such a page. `routed` puts it at the address of its page of the site."""

    page: SitePage
    form: Callable[[Any], forms.Form]
    """What to look for, from a query; empty fields mean all."""
    found: Callable[[Any], QuerySet[Any]]
    """The rows that a form means, newest first; none when it makes no sense."""
    entries: Callable[[Sequence[Any]], Mapping[str, Any]]
    """What the template shows of the rows of one page."""
    template: str
    columns: Mapping[str, str]
    """Of the export."""
    more: Callable[[], Mapping[str, Any]] = nothing_more
    """What the template shows besides."""

    def routed(self) -> SitePage:
        """Put list and export into the site; return the page."""
        self.page.at()(require_safe(self._list))
        self.page.at("export/", name=self._export_name)(require_POST(self._export))
        return self.page

    @property
    def _export_name(self) -> str:
        return f"{self.page.name}_export"

    def _list(self, request: HttpRequest) -> HttpResponse:
        form = self.form(request.GET)
        page = listed(request, self.found(form), export=f"admin:{self._export_name}")
        rows = list(page["page"])
        context = {**page, "form": form, **self.entries(rows), **self.more()}
        return self.page.render(request, self.template, context)

    def _export(self, request: HttpRequest) -> HttpResponseBase:
        form = self.form(request.GET)
        rows = self.found(form)
        if not form.is_valid():
            raise BadRequest("No such filter.")
        given = form.cleaned_data
        client = given.get("client")
        extract = Extract(
            name=self.page.name.replace("_", "-"),
            rows=rows,
            columns=self.columns,
            person=key_of(given.get("person", "")),
            client=client.pk if client else None,
            grant=given.get("grant"),
        )
        return respond(request, extract)
