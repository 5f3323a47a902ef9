"""Levels of sign-in: what `acr` says of each, in their order."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import get_language_info, gettext
from unfold.widgets import UnfoldAdminTextInputWidget

from console.common.configuration_admin import ConfigurationAdmin
from foundation.directory.level_changes import (
    next_strength,
    reasons_not_to_remove,
    reasons_to_keep,
)
from foundation.directory.models import SignInLevel
from foundation.directory.models.level import Takes

TITLES = {f"title_{code}": code for code, _name in settings.LANGUAGES if code != "en"}
"""The fields for titles beside English, and their languages."""


class LevelForm(forms.ModelForm):  # type: ignore[type-arg]
    """A level; one that something needs is not called otherwise."""

    class Meta:
        model = SignInLevel
        fields = ["takes", "value", "title"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, code in TITLES.items():
            language = get_language_info(code)["name_translated"]
            self.fields[name] = forms.CharField(
                label=f"{gettext('Title')} ({language})",
                required=False,
                max_length=100,
                initial=self.instance.translations.get(code, {}).get("title", ""),
                widget=UnfoldAdminTextInputWidget,
            )
        if "takes" in self.fields and (following := next_strength()) is not None:
            takes: Any = self.fields["takes"]
            takes.choices = [(following.value, following.label)]

    def clean_value(self) -> str:
        """Refuse another name where something goes by this one."""
        value: str = self.cleaned_data["value"]
        if self.instance.pk and value != self.initial["value"]:
            kept = SignInLevel.objects.get(pk=self.instance.pk)
            if reasons := reasons_to_keep(kept):
                raise forms.ValidationError(reasons)
        return value

    def clean(self) -> dict[str, Any]:
        """Gather the titles by language."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        told = {code: cleaned[name] for name, code in TITLES.items() if cleaned.get(name)}
        others = {c: t for c, t in self.instance.translations.items() if c not in TITLES.values()}
        self.instance.translations = others | {c: {"title": text} for c, text in told.items()}
        return cleaned


@admin.register(SignInLevel)
class LevelAdmin(ConfigurationAdmin):
    """What the levels are called; what each takes is what there is."""

    form = LevelForm
    list_display = ["title", "value", "takes"]
    ordering = ["takes"]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Put what it takes first: the rest is only what that is called."""
        return [(None, {"fields": ["takes", "value", "title", *TITLES]})]

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Let the form make its fields for other languages; they are not columns."""
        return super().get_form(request, obj, **{**kwargs, "fields": None})

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Keep what it takes: policies compare the places of levels."""
        return ["takes"] if obj else []

    def has_add_permission(self, request: HttpRequest) -> bool:
        """There is one level for each strength that a sign-in can have."""
        return bool(super().has_add_permission(request)) and next_strength() is not None

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Refuse what something needs, or stands on."""
        chosen = list(objs[: len(Takes) + 1]) if isinstance(objs, QuerySet) else list(objs)
        if reasons := list(dict.fromkeys(reasons_not_to_remove(chosen))):
            return [], {}, set(), reasons
        return super().get_deleted_objects(objs, request)
