"""What was done to policy sets, to look at."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from console.common.configuration_admin import ReadOnlyAdmin
from policy.models import ActKind, PolicyAct


@admin.register(PolicyAct)
class PolicyActAdmin(ReadOnlyAdmin):
    """Every act, newest first."""

    list_display = ["at", "audience", "kind_label", "number", "person"]
    list_filter = ["kind", "audience"]
    search_fields = ["audience", "text_digest"]
    fields = [("at", "kind_label"), ("audience", "number"), ("instead_of", "person"), "text_digest"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[PolicyAct]:
        """Bring the people along."""
        acts: QuerySet[PolicyAct] = super().get_queryset(request)
        return acts.select_related("by")

    @display(
        description=_("what"),
        ordering="kind",
        label={
            ActKind.ACTIVATED: "success",
            ActKind.ROLLED_BACK: "warning",
            ActKind.RETIRED: "danger",
        },
    )
    def kind_label(self, act: PolicyAct) -> tuple[str, str]:
        """Show what was done."""
        return act.kind, act.get_kind_display()

    @display(description=_("by"))
    def person(self, act: PolicyAct) -> str:
        """Show who did it; nothing where a program did, or an account that is gone."""
        return str(act.by or "")
