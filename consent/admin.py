"""The scope catalogue; grants and decisions have pages of their own in `administration`."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from claims.configuration_admin import ConfigurationAdmin
from consent.admin_forms import ScopeForm, translated_fields
from consent.administration.decisions import DecisionAdmin
from consent.administration.grants import GrantAdmin
from consent.models import Decision, Grant, Policy, Scope

admin.site.register(Grant, GrantAdmin)
admin.site.register(Decision, DecisionAdmin)


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
