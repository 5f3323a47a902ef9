"""The list of people: how they are found, however many there are, and what it shows of each."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext, gettext_lazy as _
from unfold.decorators import display

from console.common.object_admin import ObjectAdmin
from console.records.finding.filters import GroupFilter
from console.records.finding.searching import MOST_PEOPLE, people_like
from foundation.directory.models import User


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

    @display(description=_("person"), header=True, ordering="name")
    def who(self, person: User) -> list[str]:
        """Show the name above the e-mail address."""
        return [person.get_full_name(), person.email]

    @display(description=_("groups"))
    def member_of(self, person: User) -> str:
        """Show the groups to who may not change them."""
        return str(self.group_names(person))

    @display(description=_("groups"))
    def group_names(self, person: User) -> str:
        """Show the groups in one line."""
        return ", ".join(sorted(group.name for group in person.groups.all()))

    @display(description=_("status"), label={"on": "success", "until": "info", "off": "danger"})
    def active(self, person: User) -> tuple[str, Any]:
        """Show whether the person can do anything at all."""
        if person.is_active and person.ends_at:
            end = date_format(localtime(person.ends_at), "SHORT_DATETIME_FORMAT")
            return "until", gettext("Until %(end)s") % {"end": end}
        return ("on", _("Active")) if person.is_active else ("off", _("Inactive"))

    @display(description=_("administration"), label={"all": "warning", "some": "info"})
    def power(self, person: User) -> tuple[str, Any] | None:
        """Show who may use this administration."""
        level = ("all", _("Everything")) if person.is_superuser else ("some", _("As permitted"))
        return level if person.is_staff else None
