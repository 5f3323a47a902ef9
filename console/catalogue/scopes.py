"""The scope catalogue."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from claims.catalogue.models import Scope, ScopePolicy
from claims.catalogue.parameters import is_template
from console.catalogue.scope_forms import ScopeForm, examples, translated_fields
from console.common.configuration_admin import ConfigurationAdmin


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
        shown = ["as_read"] if obj and is_template(obj.name) else []
        return [
            (_("In words"), {"fields": [*words, *shown, "ask_again"] if obj else words}),
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
        return ["name", "as_read"] if obj else []

    @display(description=_("As people read it"))
    def as_read(self, scope: Scope) -> str:
        """Show the texts with the parameters' names as values."""
        rows = examples(scope)
        return format_html_join("", '<p lang="{}"><strong>{}</strong>: {}</p>', rows)

    @display(
        description=_("policy"),
        ordering="policy",
        label={
            ScopePolicy.IMPLICIT: "info",
            ScopePolicy.REQUIRED: "success",
            ScopePolicy.EMPHASISED: "warning",
        },
    )
    def policy_label(self, scope: Scope) -> tuple[str, str]:
        """Show the policy in one word."""
        return scope.policy, scope.policy
