"""Approvals: what was asked for once, what became of it, and ending it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _, ngettext
from unfold.decorators import display

from consent.approvals.card.contents import card_of
from consent.approvals.models import Approval, ApprovalState, VoteOutcome
from consent.approvals.signing.receipts import receipt_of
from consent.approvals.terms import terms_of
from consent.approvals.use.ending import revoke
from console.common.confirmation import Confirmation, ask, chosen_again, reason_form
from console.common.pages import LOOK, ObjectPage
from console.records.export.columns import APPROVAL
from console.records.finding.filters import (
    ApprovalStateFilter,
    AskedSinceFilter,
    ClientFilter,
    EmergencyFilter,
)
from console.records.records import RecordAdmin
from console.records.revoking import chosen_among
from foundation.journal.keys import period
from foundation.journal.models import Act
from foundation.journal.visitor import administrator_context

STATE_LABELS = {
    ApprovalState.PENDING: "warning",
    ApprovalState.APPROVED: "success",
    ApprovalState.EXECUTED: "success",
    ApprovalState.DENIED: "danger",
    ApprovalState.FAILED: "danger",
    ApprovalState.UNKNOWN: "danger",
    ApprovalState.REVOKED: "danger",
}
ASKED_BEFORE = timedelta(minutes=1)
"""So long before its row the first act of an approval may have been written."""
OPEN = (ApprovalState.PENDING, ApprovalState.APPROVED, ApprovalState.MINTED, ApprovalState.CONSUMED)
"""States that an approval can be revoked in."""


def revoke_approval(approvals: Any, request: HttpRequest, approval: Approval) -> HttpResponse:
    """Ask for the reason, then end an approval, with its token."""
    form = reason_form(request)
    back = approvals.address("change", approval.pk)
    if not form.is_valid():
        return ask(request, _confirmation([approval], back, about=approval), form)
    _revoke(approvals, request, [approval], form.cleaned_data["reason"])
    return redirect(back)


def download_receipt(_approvals: Any, _request: HttpRequest, approval: Approval) -> HttpResponse:
    """Send what people signed as a file that anybody can verify."""
    found = receipt_of(approval.pk)
    if found is None:
        raise Http404
    return found


@admin.register(Approval)
class ApprovalAdmin(RecordAdmin):
    """What was asked, and what became of it."""

    columns = APPROVAL
    person_column = "requester"
    searched_keys = ("pk",)
    searched_texts = ("binding_code",)
    list_display = ["created_at", "person", "application", "state_label", "is_break_glass"]
    list_filter = [ApprovalStateFilter, EmergencyFilter, ClientFilter, AskedSinceFilter]
    list_select_related = ["requester", "client"]
    sortable_by = ["created_at"]
    ordering = ["-created_at"]
    fields = [
        ("binding_code", "state"),
        ("requester", "client"),
        ("audience", "policy_rev"),
        ("created_at", "approved_at", "expires_at"),
        ("is_break_glass", "justification"),
        ("reason", "row_count"),
        ("address", "user_agent"),
    ]
    actions = ["revoke"]
    pages = (
        ObjectPage(
            "revoke",
            revoke_approval,
            lambda own, request, _approval: own.has_revoke_permission(request),
            is_of=lambda approval: approval.state in OPEN,
            title=_("Revoke"),
            icon="block",
        ),
        ObjectPage(
            "receipt",
            download_receipt,
            lambda own, request, approval: own.has_view_permission(request, approval),
            is_of=lambda approval: (
                terms_of(approval).needs_signature
                and approval.votes.filter(outcome=VoteOutcome.APPROVE).exists()
            ),
            methods=LOOK,
            title=_("Signatures"),
            icon="download",
        ),
    )
    change_form_outer_after_template = "admin/includes/approval.html"

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Whoever may change approvals may end them; nobody approves here."""
        return request.user.has_perm("approvals.change_approval")

    @admin.action(description=_("Revoke"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Approval]) -> HttpResponse | None:
        """End the chosen approvals, tokens included, with one reason."""
        if not (chosen := chosen_among(self, request, queryset.filter(state__in=OPEN))):
            return None
        form = reason_form(request, of_list=True)
        if not form.is_valid():
            return ask(request, _confirmation(chosen, self.address("changelist")), form)
        _revoke(self, request, chosen, form.cleaned_data["reason"])
        return None

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Show what was asked for as its approvers saw it, and what they said."""
        if (approval := kwargs.get("obj")) is not None:
            votes = approval.votes.select_related("voter", "on_behalf_of").order_by("voted_at")
            context |= {"card": card_of(approval), "votes": votes}
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response

    def acts_of(self, obj: Approval) -> QuerySet[Act]:
        """Return everything from the request to what became of it."""
        since = period(obj.created_at - ASKED_BEFORE)
        acts = Act.objects.filter(client=obj.client_id, **since)
        if obj.requester_id is not None:  # of one person there are fewer than of one application
            acts = Act.objects.filter(personal__person=obj.requester_id)
        return acts.filter(detail__approval=str(obj.pk)).order_by("-at", "-id")

    def history_query(self, obj: Approval) -> dict[str, Any]:
        """Ask for everything between the two."""
        return {"person": obj.requester_id or "", "client": obj.client_id}

    @display(description=_("state"), ordering="state", label=STATE_LABELS)
    def state_label(self, approval: Approval) -> tuple[str, str]:
        """Show the state as a label."""
        return approval.state, approval.get_state_display()


def _confirmation(
    chosen: Sequence[Approval], back: str, *, about: Approval | None = None
) -> Confirmation:
    return Confirmation(
        title=_("Revoke approvals"),
        question=ngettext("Revoke this approval?", "Revoke these approvals?", len(chosen)),
        sentences=[_("Its token stops working at once. Whoever asked is told.")],
        yes=_("Revoke"),
        back=back,
        about=about,
        names=[(each.requester or "–", each.client, each.binding_code) for each in chosen],
        hidden=() if about else chosen_again("revoke", chosen),
    )


def _revoke(own: Any, request: HttpRequest, chosen: Sequence[Approval], reason: str) -> None:
    context = administrator_context(request, reason)
    ended = sum(revoke(approval, reason, context) for approval in chosen)
    told = ngettext("%(n)d approval has been revoked.", "%(n)d approvals have been revoked.", ended)
    own.message_user(request, told % {"n": ended}, messages.SUCCESS)
