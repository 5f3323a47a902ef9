"""Grants: what stands between people and applications, and taking it back."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from consent.grants.selectors import live_entries
from consent.models import Grant
from consent.my_access.access import access_of
from console.common.object_admin import labelled
from console.common.pages import ObjectPage
from console.records.export.columns import GRANT
from console.records.finding.filters import ClientFilter, GrantStateFilter, HeldScopeFilter
from console.records.finding.states import GrantState
from console.records.records import RecordAdmin
from console.records.revoking import chosen_among, is_revocable, revoke_many, revoke_one
from foundation.journal.models import Act

CREATED = labelled("created_at", _("created"))
UPDATED = labelled("updated_at", _("updated"))


@admin.register(Grant)
class GrantAdmin(RecordAdmin):
    """What stands between people and applications."""

    columns = GRANT
    searched_keys = ("pk",)
    list_display = ["person", "application", "holds", CREATED, UPDATED, "state"]
    list_filter = [GrantStateFilter, HeldScopeFilter, ClientFilter]
    sortable_by = [UPDATED]
    ordering = ["-updated_at"]
    fields = [("id", "separate"), ("user", "client"), "version", ("created_at", "revoked_at")]
    actions = ["revoke"]
    pages = (
        ObjectPage(
            "revoke",
            revoke_one,
            lambda own, request, _grant: own.has_revoke_permission(request),
            is_of=lambda grant: grant.revoked_at is None,
            title=_("Revoke"),
            icon="block",
        ),
    )
    change_form_outer_after_template = "admin/includes/grant_scopes.html"

    def has_revoke_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whoever may change grants may end them."""
        return request.user.has_perm("consent.change_grant")

    def acts_of(self, obj: Grant) -> QuerySet[Act]:
        """Return what the person, the application and others did."""
        return Act.objects.filter(grant=obj.pk).order_by("-at", "-id")

    def history_query(self, obj: Grant) -> dict[str, Any]:
        """Ask for the same."""
        return {"grant": obj.pk}

    @admin.action(description=_("Revoke, with every token"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Grant]) -> HttpResponse | None:
        """End the chosen grants, with one reason."""
        chosen = chosen_among(self, request, queryset.filter(revoked_at=None))
        return revoke_many(self, request, chosen) if chosen else None

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show every scope with its dates beside the row."""
        more = dict(extra_context or {})
        if self.has_view_permission(request) and (grant := self.get_object(request, object_id)):
            may = grant.revoked_at is None and self.has_revoke_permission(request)
            access = access_of(grant)
            more["access"] = access
            more["revocable"] = [
                s.name for s in access.scopes if may and is_revocable(grant, s.name)
            ]
        response: HttpResponse = super().change_view(request, object_id, form_url, more)
        return response

    @display(description=_("scopes"))
    def holds(self, grant: Grant) -> str:
        """Show what tokens may carry now."""
        live = live_entries(grant.scopes)
        return " ".join(name for name in grant.scopes if name in live)

    @display(
        description=_("state"),
        label={GrantState.STANDING: "success", GrantState.REVOKED: "danger"},
    )
    def state(self, grant: Grant) -> tuple[str, Any]:
        """Show whether it stands."""
        state = GrantState.STANDING if grant.revoked_at is None else GrantState.REVOKED
        return state.value, state.label
