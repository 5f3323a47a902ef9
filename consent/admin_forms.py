"""The form of a scope: texts by language, and asking people again when the meaning changes."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from django.utils.translation import get_language_info, gettext, gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget, UnfoldBooleanSwitchWidget

from consent.models import Scope

SCOPE_TOKEN = RegexValidator(
    # RFC 6749 §3.3 scope-token.
    r"\A[\x21\x23-\x5b\x5d-\x7e]+\Z",
    _("Use printable ASCII characters without spaces, quotation marks and backslashes."),
)
"""What a scope may be called."""


def translated_fields() -> dict[str, tuple[str, str]]:
    """Return the form fields for texts beside English: `{field: (language, part)}`."""
    languages = [code for code, _name in settings.LANGUAGES if code != "en"]
    return {f"{part}_{code}": (code, part) for code in languages for part in ("title", "sentence")}


class TextsForm(forms.ModelForm):  # type: ignore[type-arg]
    """A row with title and sentence: one field for each language beside English."""

    longest_sentence = 300

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (code, part) in translated_fields().items():
            stored = self.instance.translations.get(code, {})
            longest = 100 if part == "title" else self.longest_sentence
            self.fields[name] = _text_field(code, part, longest, initial=stored.get(part, ""))

    def clean(self) -> dict[str, Any]:
        """Gather the texts by language."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        texts: dict[str, dict[str, str]] = {}
        for name, (code, part) in translated_fields().items():
            if text := cleaned.get(name):
                texts.setdefault(code, {})[part] = text
        known = {code for code, _part in translated_fields().values()}
        others = {c: t for c, t in self.instance.translations.items() if c not in known}
        self.instance.translations = others | texts
        return cleaned


class ScopeForm(TextsForm):
    """A scope."""

    ask_again = forms.BooleanField(
        label=_("The meaning has changed"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text=_("Everybody who has granted it is asked again on the next visit."),
    )

    class Meta:
        model = Scope
        fields = [
            "name",
            "title",
            "sentence",
            "card",
            "policy",
            "ticked",
            "position",
            "resource_server",
            "minimum_acr",
            "maximum_lifetime",
            "is_active",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "name" in self.fields:
            self.fields["name"].validators.append(SCOPE_TOKEN)

    def save(self, commit: bool = True) -> Any:
        """Make a changed meaning a new text version."""
        if self.cleaned_data.get("ask_again") and self.instance.pk:
            self.instance.text_version += 1
        return super().save(commit)


def _text_field(code: str, part: str, longest: int, initial: str) -> forms.CharField:
    language = get_language_info(code)["name_translated"]
    label = gettext("Title") if part == "title" else gettext("Sentence")
    return forms.CharField(
        label=f"{label} ({language})",
        required=False,
        max_length=longest,
        initial=initial,
        widget=UnfoldAdminTextInputWidget,
    )
