"""The form of a scope: texts by language, and asking people again when the meaning changes."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from django.utils.translation import get_language_info, gettext, gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget, UnfoldBooleanSwitchWidget

from claims.catalogue import parameters
from claims.catalogue.models import Scope
from console.common.levels import LevelsChosen

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


class ScopeForm(LevelsChosen, TextsForm):
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
            self.fields["name"].help_text = _(
                "A part in braces is a parameter: report:{id} is asked for as report:2026-q3. "
                "The texts say {id} where the value stands."
            )

    def clean_name(self) -> str:
        """Return a name that is one scope, or a template of scopes that no other entry means."""
        name: str = self.cleaned_data["name"]
        if parameters.is_template(name) and not parameters.is_well_formed(name):
            raise forms.ValidationError(
                gettext("A parameter is a whole part between : or /, as in report:{id}.")
            )
        others = Scope.objects.exclude(pk=self.instance.pk).values_list("name", flat=True)
        for other in others:
            if other != name and parameters.overlap(name, other):
                raise forms.ValidationError(
                    gettext("A request could mean this one and %(other)s.") % {"other": other}
                )
        return name

    def clean(self) -> dict[str, Any]:
        """Check that the texts speak of the parameters that the name has."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "name" in self.errors:
            return cleaned
        name = cleaned.get("name", self.instance.name)
        texts = {"": (cleaned.get("title", ""), cleaned.get("sentence", ""))}
        for code in {code for code, _part in translated_fields().values()}:
            texts[f"_{code}"] = (
                cleaned.get(f"title_{code}", ""),
                cleaned.get(f"sentence_{code}", ""),
            )
        for suffix, (title, sentence) in texts.items():
            for part, wrong in parameters.complaints(name, title, sentence):
                self.add_error(f"{part}{suffix}", _complaint(wrong))
        return cleaned

    def save(self, commit: bool = True) -> Any:
        """Make a changed meaning a new text version."""
        if self.cleaned_data.get("ask_again") and self.instance.pk:
            self.instance.text_version += 1
        return super().save(commit)


def examples(scope: Scope) -> Iterator[tuple[str, str, str]]:
    """Yield (language, title, sentence) of a template as people read them, each value an example.

    Nothing for a scope without parameters: its texts are what people read.
    """
    if not parameters.is_template(scope.name):
        return
    values = {name: name for name in parameters.placeholders(scope.name)}
    own = {"en": {"title": scope.title, "sentence": scope.sentence}}
    for code, texts in (own | scope.translations).items():
        title, sentence = (texts.get(part, "") for part in ("title", "sentence"))
        yield code, parameters.filled(title, values), parameters.filled(sentence, values)


def _complaint(wrong: frozenset[str]) -> str:
    if not wrong:
        return gettext("A brace that belongs to no parameter.")
    names = ", ".join(f"{{{name}}}" for name in sorted(wrong))
    return gettext("Name and text do not agree about: %(names)s.") % {"names": names}


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
