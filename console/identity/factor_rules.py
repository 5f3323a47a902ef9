"""Who must have which factor; the rule about administrators is always there."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from console.common.configuration_admin import ConfigurationAdmin
from idp.models import FactorRule, Whom


def is_built_in(rule: FactorRule | None) -> bool:
    """Say whether it is the rule that nobody made."""
    return rule is not None and rule.whom == Whom.ADMINISTRATORS


@admin.register(FactorRule)
class FactorRuleAdmin(ConfigurationAdmin):
    """Rules about factors."""

    list_display = ["name", "whom", "wants", "grace_days", "is_on"]
    list_filter = ["whom", "wants"]
    ordering = ["pk"]
    fieldsets = [
        (None, {"fields": ["name", "is_on"]}),
        (_("Whom it is about"), {"fields": ["whom", "group", "attribute", "value"]}),
        (_("What they need"), {"fields": ["wants", "grace_days"]}),
    ]
    conditional_fields = {
        "group": "whom == 'group'",
        "attribute": "whom == 'attribute'",
        "value": "whom == 'attribute'",
    }

    def get_fieldsets(self, request: HttpRequest, obj: FactorRule | None = None) -> Any:
        """Of the built-in rule show what can be set."""
        if not is_built_in(obj):
            return self.fieldsets
        return [(None, {"fields": ["name", "whom", "wants", "grace_days"]})]

    def get_readonly_fields(self, request: HttpRequest, obj: FactorRule | None = None) -> list[str]:
        """Keep what the built-in rule is."""
        return ["name", "whom"] if is_built_in(obj) else []

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer no second rule about administrators."""
        if db_field.name == "whom":
            kwargs["choices"] = [each for each in Whom.choices if each[0] != Whom.ADMINISTRATORS]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Keep the built-in rule."""
        return not is_built_in(obj) and super().has_delete_permission(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        """Delete those that were chosen, but for the built-in one."""
        super().delete_queryset(request, queryset.exclude(whom=Whom.ADMINISTRATORS))
