"""What the admin of every kind of object has in common."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display

from console.common.lists import ObjectList
from console.common.pages import HeadLink, ObjectPage
from console.common.paging import BoundedPaginator
from console.common.timeline import may_see_timelines, timeline_page
from foundation.journal.acts import acts_about
from foundation.journal.models import Act

MOST_AT_ONCE = 100
"""So many objects can be deleted in a list."""
MOST_GOING_ALONG = 1_000
"""Rows of one kind that go with an object that is deleted."""


def too_much_of(obj: models.Model) -> Iterator[str]:
    """Yield what so much belongs to an object that it is not deleted with it; each is looked at."""
    for relation in obj._meta.related_objects:  # noqa: SLF001 - documented
        if relation.on_delete is models.CASCADE and not relation.one_to_one:
            rows = relation.related_model._base_manager.filter(  # noqa: SLF001
                **{relation.field.name: obj.pk}
            )
            if rows.order_by()[MOST_GOING_ALONG:].values("pk").exists():
                yield gettext("More than %(n)d: %(kind)s. Deactivate it instead.") % {
                    "n": MOST_GOING_ALONG,
                    "kind": relation.related_model._meta.verbose_name_plural,  # noqa: SLF001
                }


def labelled(column: str, label: Any, *, ordering: str = "") -> Callable[[Any], Any]:
    """Return a column to look at, under a name that its model does not give it.

    `ordering` is what it is ordered by, unless that is itself.
    """

    def value(row: Any) -> Any:
        return getattr(row, column)

    value.__name__ = column
    labelled_value: Callable[[Any], Any] = display(
        value, description=label, ordering=ordering or column
    )
    return labelled_value


class ObjectAdmin(ModelAdmin):
    """The list of one kind of object, a page for each, and the pages about each."""

    list_filter_sheet = False
    paginator = BoundedPaginator
    show_full_result_count = False
    list_before_template = "admin/includes/list_notes.html"
    pages: tuple[ObjectPage, ...] = ()
    formfield_overrides: Any = {models.URLField: {"assume_scheme": "https"}}

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ObjectList]:
        """Return what makes the list."""
        return ObjectList

    @display(description=_("Select record"))
    def action_checkbox(self, obj: models.Model) -> str:
        """Return the box with which a row is chosen."""
        return format_html(
            '<input type="checkbox" name="{}" value="{}" class="row-tick action-select"'
            ' aria-label="{}">',
            ACTION_CHECKBOX_NAME,
            obj.pk,
            _("Select record"),
        )

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Return what goes along, and refuse where that is more than anybody looks through."""
        if len(chosen := list(objs[: MOST_AT_ONCE + 1])) > MOST_AT_ONCE:
            return [], {}, set(), [gettext("Choose %(n)d rows at most.") % {"n": MOST_AT_ONCE}]
        if used := [sentence for obj in chosen for sentence in too_much_of(obj)]:
            return [], {}, set(), used
        return super().get_deleted_objects(objs, request)

    def address(self, name: str, *args: Any) -> str:
        """Return where one of its pages is: "changelist", "change", or the name of a page."""
        return reverse(f"admin:{self._url_name(name)}", args=args)

    def acts_of(self, obj: Any) -> QuerySet[Act]:
        """Return the acts that belong into the timeline of an object, newest first."""
        return acts_about(obj)

    def history_query(self, obj: Any) -> dict[str, Any]:
        """Return how the history is asked for the same, and for more."""
        return {"object": self.opts.label_lower, "key": obj.pk}

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """Show what the journal has about an object, in the place of Django's own log."""
        obj = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, obj) or not may_see_timelines(request):
            raise PermissionDenied
        if obj is None:
            raise Http404
        history = f"{reverse('admin:history')}?{urlencode(self.history_query(obj))}"
        return timeline_page(request, obj, self.acts_of(obj), in_history=history)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Write nothing: the journal has every change, with what was before."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Write nothing either."""

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """Write nothing either."""

    def head_links(self, request: HttpRequest, obj: Any) -> Iterator[HeadLink]:
        """Yield the buttons in the head of the page of an object."""
        if may_see_timelines(request):
            yield HeadLink(_("Timeline"), self.address("history", obj.pk), "history")
        for page in self.pages:
            if page.title and page.is_of(obj) and page.may_see(self, request, obj):
                yield HeadLink(page.title, self.address(page.name, obj.pk), page.icon)

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Add the buttons."""
        if (obj := kwargs.get("obj")) is not None:
            links = [link.as_action() for link in self.head_links(request, obj)]
            context["actions_detail"] = [*context.get("actions_detail", ()), *links]
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response

    def get_urls(self) -> list[URLPattern]:
        """Add the pages about one object."""
        urls: list[URLPattern] = super().get_urls()
        return [*map(self._path, self.pages), *urls]

    def _path(self, page: ObjectPage) -> URLPattern:
        own = page.name.replace("_", "-")
        view = self.admin_site.admin_view(partial(self._show, page))
        url: URLPattern = path(f"<path:object_id>/{own}/", view, name=self._url_name(page.name))
        return url

    def _show(self, page: ObjectPage, request: HttpRequest, object_id: str) -> HttpResponse:
        obj = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, obj) or (
            obj is not None and not page.may_see(self, request, obj)
        ):
            raise PermissionDenied
        if obj is None or not page.is_of(obj):
            raise Http404
        if request.method not in page.methods:
            return HttpResponseNotAllowed(page.methods)
        return page.show(self, request, obj)

    def _url_name(self, name: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{name}"
