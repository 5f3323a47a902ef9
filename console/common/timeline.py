"""The timeline of one object: what was done to it, below its own page, for every object alike."""

from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from console.common.act_entries import act_entries
from console.common.pages import render
from console.common.paging import listed
from foundation.journal.models import Act


def may_see_timelines(request: HttpRequest) -> bool:
    """Say whether somebody may look at acts."""
    return request.user.has_perm("journal.view_act")


def timeline_page(
    request: HttpRequest, obj: Model, acts: QuerySet[Act], *, in_history: str
) -> HttpResponse:
    """List the acts about an object, newest first.

    `in_history` is where the history has them, with everything else that happened there.
    """
    rows = acts.select_related("client", "personal__person", "grant")
    page = listed(request, rows)
    context: dict[str, Any] = {
        **page,
        "act_entries": act_entries(list(page["page"])),
        "in_history": in_history,
    }
    title = gettext("Timeline of %(name)s") % {"name": obj}
    return render(request, "admin/timeline.html", context, title=title, about=obj)
