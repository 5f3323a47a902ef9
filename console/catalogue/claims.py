"""Attributes and claim mappings."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from claims.models import Attribute, AttributeKind, ClaimMapping
from console.catalogue.presets import AWS_SESSION_TAGS, preset_page
from console.common.configuration_admin import ConfigurationAdmin
from console.common.fields import LinesField


class AttributeForm(forms.ModelForm):  # type: ignore[type-arg]
    """An attribute; its levels one a line."""

    levels = LinesField(
        label=_("Levels"),
        required=False,
        rows=4,
        help_text=_(
            "For an ordered level: the allowed values, one a line, lowest first. Tokens carry the "
            "position, the lowest being 0, so add new levels at the end."
        ),
    )

    class Meta:
        model = Attribute
        fields = ["title", "name", "kind", "levels"]


@admin.register(Attribute)
class AttributeAdmin(ConfigurationAdmin):
    """What can be recorded of people and groups."""

    form = AttributeForm
    list_display = ["title", "name", "kind_label", "claims_made"]
    search_fields = ["name", "title"]
    prepopulated_fields = {"name": ["title"]}
    conditional_fields = {"levels": f"kind == '{AttributeKind.LEVEL}'"}
    fieldsets = [
        (
            None,
            {
                "fields": ["title", "name", "kind", "levels"],
                "description": _(
                    "A fact that can be recorded of people and groups. It reaches an application "
                    "only through a claim mapping."
                ),
            },
        )
    ]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Attribute]:
        """Fetch the mappings along."""
        return super().get_queryset(request).prefetch_related("mappings")  # type: ignore[no-any-return]

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        """Suggest a name for new attributes only: stored values go by it."""
        return {} if obj else self.prepopulated_fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Keep the name, because stored values go by it."""
        return ["name"] if obj else []

    @display(description=_("kind"), ordering="kind")
    def kind_label(self, attribute: Attribute) -> str:
        """Show the kind without its explanation."""
        return str(attribute.get_kind_display()).partition(":")[0]

    @display(description=_("released as"))
    def claims_made(self, attribute: Attribute) -> str:
        """Show the claims that come from it."""
        return ", ".join(mapping.claim for mapping in attribute.mappings.all())


@admin.register(ClaimMapping)
class ClaimMappingAdmin(ConfigurationAdmin):
    """How attributes become claims."""

    list_display = [
        "claim",
        "attribute",
        "scope",
        "in_id_token",
        "in_access_token",
        "in_userinfo",
    ]
    list_select_related = ["attribute"]
    list_filter = ["scope"]
    search_fields = ["claim", "scope", "attribute__title"]
    fieldsets = [
        (
            None,
            {
                "fields": [("claim", "attribute"), "scope"],
                "description": _(
                    "When a person has granted the scope, the value of the attribute is released "
                    "as the claim, into the payloads ticked below. A scope that the catalogue does "
                    "not have yet releases nothing."
                ),
            },
        ),
        (_("Released into"), {"fields": [("in_id_token", "in_access_token", "in_userinfo")]}),
    ]
    actions_list = ["add_aws_session_tags"]

    @action(
        description=_("Add preset: AWS session tags"),
        icon="playlist_add",
        permissions=["add"],
        url_path="presets/aws-session-tags",
    )
    def add_aws_session_tags(self, request: HttpRequest) -> HttpResponse:
        """Make the mappings that AWS expects."""
        return preset_page(self, request, AWS_SESSION_TAGS)
