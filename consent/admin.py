"""The scope catalogue, and grants and decisions to look at."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _, ngettext
from unfold.decorators import display

from claims.configuration_admin import ConfigurationAdmin, ReadOnlyAdmin
from consent import services
from consent.admin_forms import ScopeForm, translated_fields
from consent.approvals import admin as approvals_admin
from consent.details.admin import DetailsTypeAdmin
from consent.models import Decision, Grant, Outcome, Policy, Scope
from consent.selectors import live_scopes
from consent.views.visitor import administrator_context

__all__ = ["DecisionAdmin", "DetailsTypeAdmin", "GrantAdmin", "ScopeAdmin", "approvals_admin"]


@admin.register(Scope)
class ScopeAdmin(ConfigurationAdmin):
    """What applications may ask for, and how it is put to people."""

    form = ScopeForm
    list_display = ["name", "title", "card", "policy_label", "resource_server", "is_active"]
    list_filter = ["card", "policy", "is_active"]
    search_fields = ["name", "title", "sentence", "resource_server"]
    ordering = ["position", "name"]

    def get_fieldsets(self, request: HttpRequest, obj: Scope | None = None) -> Any:
        """Put the texts first: they are what people read."""
        words = ["name", "title", "sentence", *translated_fields()]
        return [
            (_("In words"), {"fields": [*words, "ask_again"] if obj else words}),
            (_("How it is asked"), {"fields": [("card", "policy"), ("ticked", "position")]}),
            (
                _("Limits"),
                {"fields": ["resource_server", ("minimum_acr", "maximum_lifetime"), "is_active"]},
            ),
        ]

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Let the form make its fields for other languages; they are not columns."""
        return super().get_form(request, obj, **{**kwargs, "fields": None})

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Grants and tokens go by the name, so it stays."""
        return ["name"] if obj else []

    @display(
        description=_("policy"),
        ordering="policy",
        label={
            Policy.IMPLICIT: "info",
            Policy.REQUIRED: "success",
            Policy.EMPHASISED: "warning",
        },
    )
    def policy_label(self, scope: Scope) -> tuple[str, str]:
        """Show the policy in one word."""
        return scope.policy, scope.policy


@admin.register(Grant)
class GrantAdmin(ReadOnlyAdmin):
    """What stands between people and applications."""

    list_display = ["user", "client", "holds", "created_at", "updated_at", "standing"]
    list_filter = ["client", ("revoked_at", admin.EmptyFieldListFilter)]
    list_select_related = ["user", "client"]
    search_fields = ["id", "user__username", "user__email", "client__name", "client__client_id"]
    ordering = ["-updated_at"]
    fields = ["id", ("user", "client"), "scopes", "version", ("created_at", "revoked_at")]
    actions = ["revoke"]

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Whoever may change grants may end them."""
        return request.user.has_perm("consent.change_grant")

    @admin.action(description=_("Revoke, with every token"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Grant]) -> None:
        """End the chosen grants."""
        context = administrator_context(request)
        ended = sum(services.revoke_grant(grant, context=context) for grant in queryset)
        told = ngettext("%(n)d grant has been revoked.", "%(n)d grants have been revoked.", ended)
        self.message_user(request, told % {"n": ended}, messages.SUCCESS)

    @display(description=_("scopes"))
    def holds(self, grant: Grant) -> str:
        """Show what tokens may carry now."""
        live = live_scopes(grant.scopes)
        return " ".join(name for name in grant.scopes if name in live)

    @display(description=_("standing"), boolean=True)
    def standing(self, grant: Grant) -> bool:
        """Show whether it has not been revoked."""
        return grant.revoked_at is None


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin):
    """What people decided, scope by scope."""

    list_display = ["decided_at", "user", "client", "scope", "outcome_label", "until"]
    list_filter = ["outcome", "scope", "client"]
    list_select_related = ["user", "client"]
    search_fields = ["user__username", "user__email", "client__name", "scope"]
    ordering = ["-decided_at"]
    date_hierarchy = "decided_at"
    fields = [
        ("user", "client"),
        ("scope", "outcome"),
        ("decided_at", "expires_at"),
        "withheld_claims",
        ("text_version", "locale", "acr"),
        ("address", "user_agent"),
        "grant",
    ]

    @display(
        description=_("outcome"),
        ordering="outcome",
        label={Outcome.GRANTED: "success", Outcome.DENIED: "danger"},
    )
    def outcome_label(self, decision: Decision) -> tuple[str, str]:
        """Show the outcome as a label."""
        return decision.outcome, decision.get_outcome_display()

    @display(description=_("until"), ordering="expires_at")
    def until(self, decision: Decision) -> str:
        """Show the end, or that there is none."""
        if decision.outcome == Outcome.DENIED:
            return ""
        if decision.expires_at is None:
            return str(_("taken back"))
        local = timezone.localtime(decision.expires_at)
        return f"{local:%Y-%m-%d %H:%M}"
