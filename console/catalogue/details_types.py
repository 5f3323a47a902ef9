"""The types of authorization details: words, schema, and a preview of what people will read."""

import json
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import get_language_info, gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from claims.catalogue.details.catalogue import entry_of
from claims.catalogue.details.wording import in_words
from claims.catalogue.models import AuthorizationDetailsType
from console.catalogue.scope_forms import TextsForm, translated_fields
from console.common.configuration_admin import ConfigurationAdmin
from console.common.levels import LevelsChosen


class IndentedJSONField(forms.JSONField):
    """JSON over several lines."""

    widget = UnfoldAdminTextareaWidget

    def prepare_value(self, value: Any) -> Any:
        """Show JSON a member a line; what was typed stays as it was."""
        if isinstance(value, str):
            return value
        return json.dumps(value, indent=2, ensure_ascii=False)


class DetailsTypeForm(LevelsChosen, TextsForm):
    """A type of authorization details."""

    longest_sentence = 500
    schema = IndentedJSONField(
        label=_("JSON Schema"),
        help_text=_(
            'Draft 2020-12. It must have "additionalProperties": false and fix the member "type".'
        ),
    )
    example = IndentedJSONField(
        label=_("Example"),
        help_text=_("A detail of this type, for the preview and for developers."),
    )

    class Meta:
        model = AuthorizationDetailsType
        fields = [
            "type",
            "title",
            "sentence",
            "schema",
            "example",
            "version",
            "description",
            "documentation_uri",
            "resource_server",
            "single_use",
            "may_be_narrowed",
            "token_lifetime",
            "approval_lifetime",
            "request_lifetime",
            "minimum_acr",
            "maximum_age",
            "needs_signature",
            "is_active",
        ]
        field_classes = {"documentation_uri": partial(forms.URLField, assume_scheme="https")}


@admin.register(AuthorizationDetailsType)
class DetailsTypeAdmin(ConfigurationAdmin):
    """What applications may ask people to approve one by one."""

    form = DetailsTypeForm
    list_display = ["title", "type", "resource_server", "single_use", "is_active"]
    list_filter = ["is_active", "single_use"]
    search_fields = ["type", "title", "sentence", "resource_server"]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Put the words first: they are what people read."""
        words = ["type", "title", "sentence", *translated_fields()]
        return [
            (_("In words"), {"fields": [*words, "preview"] if obj else words}),
            (_("What it may say"), {"fields": ["schema", "example", "version"]}),
            (_("For developers"), {"fields": ["description", "documentation_uri"]}),
            (
                _("Tokens"),
                {
                    "fields": [
                        "resource_server",
                        ("single_use", "may_be_narrowed"),
                        ("token_lifetime", "approval_lifetime"),
                    ]
                },
            ),
            (
                _("Approval"),
                {
                    "fields": [
                        ("minimum_acr", "maximum_age"),
                        "needs_signature",
                        "request_lifetime",
                        "is_active",
                    ]
                },
            ),
        ]

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Let the form make its fields for other languages; they are not columns."""
        return super().get_form(request, obj, **{**kwargs, "fields": None})

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Keep the type, because applications and tokens go by it."""
        return ["type", "preview"] if obj else []

    @display(description=_("preview"))
    def preview(self, row: AuthorizationDetailsType) -> str:
        """Show what people read about the example, in every language it is written in."""
        entry = entry_of(row)
        return format_html_join(
            "",
            "<p><b>{}</b><br>{}</p>",
            (
                (
                    get_language_info(language)["name_translated"],
                    in_words(entry.text("sentence", language), row.example, language),
                )
                for language in sorted(entry.texts, key=lambda code: code != "en")
            ),
        )
