"""Decisions: what people answered, scope by scope."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from consent.models import DecisionOutcome, ScopeDecision
from console.records.export.columns import DECISION
from console.records.finding.filters import (
    ClientFilter,
    DecisionStateFilter,
    ScopeFilter,
    SinceFilter,
)
from console.records.finding.states import DecisionState, with_state
from console.records.records import RecordAdmin
from foundation.journal.models import Act


@admin.register(ScopeDecision)
class DecisionAdmin(RecordAdmin):
    """What people decided; the newest word on each scope."""

    columns = DECISION
    searched_keys = ("grant_id",)
    list_display = ["decided_at", "person", "application", "scope", "state_label", "until"]
    list_filter = [DecisionStateFilter, ScopeFilter, ClientFilter, SinceFilter]
    sortable_by = ["decided_at"]
    ordering = ["-decided_at"]
    fields = [
        ("user", "client"),
        ("scope", "outcome"),
        ("decided_at", "expires_at"),
        ("withheld_claims", "shared_email"),
        ("text_version", "locale", "acr"),
        ("address", "user_agent"),
        "grant",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Say of each decision what it means today."""
        return with_state(super().get_queryset(request), timezone.now())

    def acts_of(self, obj: ScopeDecision) -> QuerySet[Act]:
        """Return what happened to this scope between the person and the application."""
        acts = Act.objects.filter(personal__person=obj.user_id, client=obj.client_id)
        return acts.filter(scope=obj.scope).order_by("-at", "-id")

    def history_query(self, obj: ScopeDecision) -> dict[str, Any]:
        """Ask for everything between the two."""
        return {"person": obj.user_id, "client": obj.client_id}

    @display(
        description=_("state"),
        label={
            DecisionState.STANDING: "success",
            DecisionState.EXPIRED: "warning",
            DecisionState.REVOKED: "warning",
            DecisionState.DENIED: "danger",
        },
    )
    def state_label(self, decision: Any) -> tuple[str, Any]:
        """Show what it means today."""
        return decision.state, DecisionState(decision.state).label

    @display(description=_("until"), ordering="expires_at")
    def until(self, decision: ScopeDecision) -> str:
        """Show the end, or that there is none."""
        if decision.outcome == DecisionOutcome.DENIED:
            return ""
        if decision.expires_at is None:
            return str(_("further notice"))
        local = timezone.localtime(decision.expires_at)
        return f"{local:%Y-%m-%d %H:%M}"
