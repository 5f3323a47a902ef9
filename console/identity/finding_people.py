"""Finding people in their list, however many there are."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy as _

from console.common.object_admin import ObjectAdmin
from console.records.finding.filters import GroupFilter
from console.records.finding.searching import MOST_PEOPLE, people_like


class FindsPeople(ObjectAdmin):
    """Finds, filters and orders people by what their table has an index for."""

    list_filter = ["is_active", "is_staff", GroupFilter]
    sortable_by = ["username"]
    search_fields = ["username"]
    search_help_text = _(
        "Beginning of a name, username, e-mail address or external identifier; or an identifier"
    )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find people by how they are called, each way by its index."""
        if not (term := search_term.strip()):
            return queryset, False
        found = people_like(term, called=True)
        if len(found) == MOST_PEOPLE:
            told = gettext("%(n)d of those who begin like this, and maybe more: type more.")
            self.message_user(request, told % {"n": MOST_PEOPLE}, messages.WARNING)
        return queryset.filter(pk__in=found), False
