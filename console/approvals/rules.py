"""Who has to agree to what: rules, owners of data, and how sensitive data is."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from claims.catalogue.models import DataOwner, SensitivityLabel
from consent.approvals.models import ApprovalRule
from console.approvals.people_fields import PeopleField, PersonField
from console.common.levels import LevelsChosen
from console.common.object_admin import ObjectAdmin
from console.common.people import may_see_people, people_suggested


class RuleForm(LevelsChosen):
    """A rule; people are named as they sign in."""

    people = PeopleField(label=_("People"))


class OwnerForm(forms.ModelForm):  # type: ignore[type-arg]
    """Somebody who answers for data, named as they sign in."""

    person = PersonField(label=_("Person"))


class NamesPeople(ObjectAdmin):
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
    list_display = [
        "title", "pattern", "who", "role", "needed", "needs_signature", "is_active",
    ]  # fmt: skip
    list_filter = ["who", "needs_signature", "is_active"]
    search_fields = ["title", "pattern", "role", "resource_server"]
    fieldsets = [
        (_("When"), {"fields": ["title", "pattern", ("type", "resource_server")]}),
        (_("Who"), {"fields": [("who", "needed"), "role", "people"]}),
        (_("How"), {"fields": ["minimum_acr", "needs_signature"]}),
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
class SensitivityLabelAdmin(ObjectAdmin):
    """How sensitive columns are."""

    list_display = ["pattern", "resource_server", "level", "label"]
    list_filter = ["level"]
    search_fields = ["pattern", "label", "resource_server"]
