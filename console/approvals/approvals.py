"""Rules, owners and labels to be edited; approvals to be looked at and revoked."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext, gettext_lazy as _, ngettext
from unfold.admin import ModelAdmin
from unfold.decorators import action, display

from claims.catalogue.models import DataOwner, SensitivityLabel
from consent.approvals.models import Approval, ApprovalRule, Delegation, State, WebhookEndpoint
from consent.approvals.notices.webhooks import rotate_secret
from consent.approvals.use.ending import revoke
from console.approvals.people_fields import PeopleField, PersonField
from console.common.configuration_admin import ReadOnlyAdmin, labelled
from console.common.people import may_see_people, people_suggested
from foundation.journal.visitor import administrator_context

STATE_LABELS = {
    State.PENDING: "warning",
    State.APPROVED: "success",
    State.EXECUTED: "success",
    State.DENIED: "danger",
    State.FAILED: "danger",
    State.UNKNOWN: "danger",
    State.REVOKED: "danger",
}


class RuleForm(forms.ModelForm):  # type: ignore[type-arg]
    """A rule; people are named as they sign in."""

    people = PeopleField(label=_("People"))


class OwnerForm(forms.ModelForm):  # type: ignore[type-arg]
    """Somebody who answers for data, named as they sign in."""

    person = PersonField(label=_("Person"))


class NamesPeople(ModelAdmin):
    """For forms in which people are named: browsers suggest some of them."""

    change_form_outer_before_template = "admin/policy/includes/suggestions.html"

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> Any:
        """Add the suggestions, for those who may look at people."""
        people = people_suggested() if may_see_people(request.user) else []
        more = {**(extra_context or {}), "suggestions": {"people": people}}
        return super().changeform_view(request, object_id, form_url, more)


@admin.register(ApprovalRule)
class ApprovalRuleAdmin(NamesPeople):
    """Who has to agree to what."""

    form = RuleForm
    list_display = ["title", "pattern", "who", "role", "needed", "is_active"]
    list_filter = ["who", "is_active"]
    search_fields = ["title", "pattern", "role", "resource_server"]
    fieldsets = [
        (_("When"), {"fields": ["title", "pattern", ("type", "resource_server")]}),
        (_("Who"), {"fields": [("who", "needed"), "role", "people"]}),
        (_("Limits"), {"fields": ["break_glass_role", ("position", "is_active")]}),
    ]


@admin.register(DataOwner)
class DataOwnerAdmin(NamesPeople):
    """Who answers for which data."""

    form = OwnerForm
    list_display = ["pattern", "resource_server", "person"]
    list_select_related = ["person"]
    search_fields = ["pattern", "resource_server", "person__username"]


@admin.register(SensitivityLabel)
class SensitivityLabelAdmin(ModelAdmin):
    """How sensitive columns are."""

    list_display = ["pattern", "resource_server", "level", "label"]
    list_filter = ["level"]
    search_fields = ["pattern", "label", "resource_server"]


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(ModelAdmin):
    """Where events are posted to. A secret is shown once, when it is made."""

    list_display = ["title", "url", "is_active"]
    fields = ["title", "url", "is_active"]
    formfield_overrides: Any = {models.URLField: {"assume_scheme": "https"}}
    actions_detail = ["rotate_secret"]

    def response_add(
        self, request: HttpRequest, obj: WebhookEndpoint, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the secret of a new webhook, the only time that it is shown."""
        return self._secret_page(request, obj, secret=obj.secret)

    @action(description=_("Rotate secret"), icon="autorenew", permissions=["change"])
    def rotate_secret(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask first, then make a new secret and show it once."""
        endpoint = self.get_object(request, object_id)
        if endpoint is None:
            raise Http404
        if request.method != "POST":
            return self._secret_page(request, endpoint)
        secret = rotate_secret(endpoint)
        self.log_change(request, endpoint, gettext("Rotated the secret."))
        return self._secret_page(request, endpoint, secret=secret)

    def _secret_page(
        self, request: HttpRequest, endpoint: WebhookEndpoint, *, secret: str = ""
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("Secret of %(name)s") % {"name": endpoint},
            "opts": self.opts,
            "original": endpoint,
            "secret": secret,
        }
        return TemplateResponse(request, "admin/webhook_secret.html", context)


@admin.register(Delegation)
class DelegationAdmin(ReadOnlyAdmin):
    """Who stands in for whom."""

    list_display = [
        labelled("from_person", _("person")),
        labelled("to_person", _("stood in for by")),
        "starts_at",
        "ends_at",
    ]
    list_select_related = ["from_person", "to_person"]


@admin.register(Approval)
class ApprovalAdmin(ReadOnlyAdmin):
    """What was asked, and what became of it."""

    list_display = ["created_at", "requester", "client", "state_label", "is_break_glass"]
    list_filter = ["state", "is_break_glass", "client"]
    list_select_related = ["requester", "client"]
    search_fields = ["id", "binding_code", "txn", "requester__username", "client__name"]
    ordering = ["-created_at"]
    fields = [
        ("binding_code", "state"),
        ("requester", "client", "audience"),
        ("type", "policy_rev"),
        "canonical",
        ("created_at", "approved_at", "expires_at"),
        ("is_break_glass", "justification"),
        ("reason", "row_count"),
        ("address", "user_agent"),
    ]
    actions = ["end"]

    def has_end_permission(self, request: HttpRequest) -> bool:
        """Whoever may change approvals may end them; nobody approves here."""
        return request.user.has_perm("approvals.change_approval")

    @admin.action(description=_("Revoke"), permissions=["end"])
    def end(self, request: HttpRequest, queryset: QuerySet[Approval]) -> None:
        """End the chosen approvals, tokens included."""
        context = administrator_context(request)
        reason = str(_("An administrator revoked it."))
        ended = sum(revoke(approval, reason, context) for approval in queryset)
        told = ngettext(
            "%(n)d approval has been revoked.", "%(n)d approvals have been revoked.", ended
        )
        self.message_user(request, told % {"n": ended}, messages.SUCCESS)

    @display(description=_("state"), ordering="state", label=STATE_LABELS)
    def state_label(self, approval: Approval) -> tuple[str, str]:
        """Show the state as a label."""
        return approval.state, approval.get_state_display()
