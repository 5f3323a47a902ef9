"""Who has been invited, and what became of it: sent again, or withdrawn."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _
from unfold.decorators import display

from console.common.configuration_admin import ReadOnlyAdmin
from console.common.object_admin import labelled
from console.identity.inviting import invite_chosen
from console.records.finding.filters import ChoiceFilter, Lookups
from console.records.finding.searching import people_like
from foundation.directory.models import Invitation, User
from foundation.directory.models.invitation import STANDS
from foundation.journal.visitor import administrator_context, person
from idp.accounts.authority import may_act_on
from idp.accounts.invitations.services import withdraw

STATES = {
    "open": _("Open"),
    "used": _("Used"),
    "withdrawn": _("Withdrawn"),
    "over": _("Too old"),
}


class StateFilter(ChoiceFilter):
    """What became of it."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Lookups:
        """List the states."""
        return STATES.items()

    def narrow(self, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Compare the moments."""
        now = timezone.now()
        narrowed = {
            "open": STANDS & Q(expires_at__gt=now),
            "over": STANDS & Q(expires_at__lte=now),
            "used": Q(used_at__isnull=False),
            "withdrawn": Q(revoked_at__isnull=False),
        }
        return queryset.filter(narrowed[value])


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    """Invitations; they are made with a person, or in the list of people."""

    list_display = [
        labelled("person", _("person")),
        "email",
        "state",
        labelled("made_at", _("invited"), ordering="pk"),
        labelled("expires_at", _("good until")),
        labelled("application", _("application")),
    ]
    list_select_related = ["person", "application"]
    list_filter = [StateFilter]
    sortable_by = ["expires_at"]
    ordering = ["-pk"]
    search_fields = ["email"]
    search_help_text = _("Beginning of a username or e-mail address, or identifier of a person")
    fields = [
        "person",
        "email",
        "application",
        ("made_at", "expires_at"),
        ("used_at", "revoked_at"),
    ]
    actions = ["send_again", "withdraw"]

    def has_invite_permission(self, request: HttpRequest) -> bool:
        """Whoever may change people may invite them."""
        return request.user.has_perm("directory.change_user")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find the invitations of people."""
        if term := search_term.strip():
            queryset = queryset.filter(person__in=people_like(term))
        return queryset, False

    @admin.action(description=_("Send again; the link before ends"), permissions=["invite"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> None:
        """Mail those who were chosen another link."""
        latest = {row.person_id: row for row in queryset.order_by("pk").select_related("person")}
        applications = {key: row.application for key, row in latest.items()}
        invite_chosen(self, request, [row.person for row in latest.values()], applications)

    @admin.action(description=_("Withdraw"), permissions=["invite"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> None:
        """End those that stand."""
        context, now = administrator_context(request), timezone.now()
        mine = [row for row in queryset.filter(STANDS) if _may_act_on(request, row.person)]
        done = sum(withdraw(row, context, now) for row in mine)
        told = gettext("Withdrawn: %(n)d.") % {"n": done}
        self.message_user(request, told, messages.SUCCESS if done else messages.WARNING)

    @display(
        description=_("state"),
        label={"open": "info", "used": "success", "withdrawn": "danger", "over": "warning"},
    )
    def state(self, invitation: Invitation) -> tuple[str, Any]:
        """Show what became of it."""
        if invitation.used_at:
            name = "used"
        elif invitation.revoked_at:
            name = "withdrawn"
        else:
            name = "open" if invitation.expires_at > timezone.now() else "over"
        return name, STATES[name]


def _may_act_on(request: HttpRequest, invited: User) -> bool:
    return may_act_on(person(request), invited)
