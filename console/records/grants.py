"""Grants: what stands between people and applications, and taking it back."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext, gettext_lazy as _
from unfold.decorators import action, display

from consent.grants.selectors import live_scopes
from consent.models import Grant
from consent.my_access.access import access_of
from console.common.configuration_admin import labelled
from console.records.export.columns import GRANT
from console.records.finding.filters import ClientFilter, GrantStateFilter, HeldScopeFilter
from console.records.finding.states import GrantState
from console.records.records import RecordAdmin
from console.records.revoking import MOST_AT_ONCE, is_revocable, revoke_many, revoke_one

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
    actions_detail = ["timeline", "revoke_grant"]
    change_form_outer_after_template = "admin/includes/grant_scopes.html"

    def has_revoke_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whoever may change grants may end them."""
        return request.user.has_perm("consent.change_grant")

    def has_history_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whoever may look at acts may read timelines."""
        return request.user.has_perm("journal.view_act")

    @admin.action(description=_("Revoke, with every token"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Grant]) -> HttpResponse | None:
        """End the chosen grants, with one reason."""
        chosen = list(queryset.filter(revoked_at=None)[: MOST_AT_ONCE + 1])
        if len(chosen) > MOST_AT_ONCE:
            told = gettext("Choose %(n)d grants at most.") % {"n": MOST_AT_ONCE}
            self.message_user(request, told, messages.ERROR)
            return None
        if not chosen:
            self.message_user(request, gettext("None of them stands."), messages.WARNING)
            return None
        return revoke_many(self, request, chosen)

    @action(description=_("Timeline"), icon="history", permissions=["history"])
    def timeline(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Go on to the acts of this grant."""
        return redirect(f"{reverse('admin:history')}?grant={object_id}")

    @action(description=_("Revoke"), icon="block", permissions=["revoke"], url_path="end")
    def revoke_grant(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Go on to the page that asks for the reason."""
        return redirect(reverse("admin:consent_grant_revoke", args=[object_id]))

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Offer to end only what stands."""
        offered: list[Any] = super().get_actions_detail(request, object_id)
        grant = self.get_object(request, str(object_id))
        if grant is not None and grant.revoked_at is None:
            return offered
        return [item for item in offered if not item.action_name.endswith("revoke_grant")]

    def revoke_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Take back a grant or one scope of it."""
        return revoke_one(self, request, object_id)

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

    def get_urls(self) -> list[URLPattern]:
        """Add the page that asks for the reason."""
        view = self.admin_site.admin_view(self.revoke_view)
        own = path("<uuid:object_id>/revoke/", view, name="consent_grant_revoke")
        return [own, *super().get_urls()]

    @display(description=_("scopes"))
    def holds(self, grant: Grant) -> str:
        """Show what tokens may carry now."""
        live = live_scopes(grant.scopes)
        return " ".join(name for name in grant.scopes if name in live)

    @display(
        description=_("state"),
        label={GrantState.STANDING: "success", GrantState.REVOKED: "danger"},
    )
    def state(self, grant: Grant) -> tuple[str, Any]:
        """Show whether it stands."""
        state = GrantState.STANDING if grant.revoked_at is None else GrantState.REVOKED
        return state.value, state.label
