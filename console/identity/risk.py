"""Risk: what each part counts and leads to, and the last sign-ins on the page of a person."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from console.common.configuration_admin import ConfigurationAdmin
from console.common.object_admin import ObjectAdmin
from foundation.directory.models import RiskThreshold, RiskWeight
from idp.accounts.browser_sessions.sign_ins import shown_sign_ins


class ShowsSignIns(ObjectAdmin):
    """For the page of a person: the last sign-ins, with the parts of their scores."""

    change_form_outer_after_template = "admin/includes/person_risk.html"

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, obj: Any = None, **kwargs: Any
    ) -> Any:
        """Add the last sign-ins to the page."""
        if obj is not None and self.has_view_permission(request, obj):
            context["assessments"] = shown_sign_ins(obj.pk)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)


class FixedRowsAdmin(ConfigurationAdmin):
    """Rows that are there from the start; only their values are changed, all on one page."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """There is one row for everything that can be judged or done."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Keep the row: what is not wanted is switched off."""
        return False


@admin.register(RiskWeight)
class RiskWeightAdmin(FixedRowsAdmin):
    """What a score is made of."""

    list_display = ["part", "weight", "is_on"]
    list_editable = ["weight", "is_on"]
    fields = ["part", ("weight", "is_on")]
    readonly_fields = ["part"]
    ordering = ["pk"]


@admin.register(RiskThreshold)
class RiskThresholdAdmin(FixedRowsAdmin):
    """What a score leads to."""

    list_display = ["effect", "score", "is_on"]
    list_editable = ["score", "is_on"]
    fields = ["effect", ("score", "is_on")]
    readonly_fields = ["effect"]
    ordering = ["pk"]
