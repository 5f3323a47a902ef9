"""Form fields of the workbench. All of them work without JavaScript."""

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from unfold.widgets import (
    INPUT_CLASSES,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

EDITOR = {
    "rows": 26,
    "class": "policy-editor",
    "spellcheck": "false",
    "autocapitalize": "off",
    "autocomplete": "off",
    "wrap": "off",
}
LOCAL = "%Y-%m-%dT%H:%M"


def text(label: Any, **options: Any) -> forms.CharField:
    """Return a line of text that may be empty."""
    attrs = options.pop("attrs", None)
    widget = UnfoldAdminTextInputWidget(attrs=attrs)
    return forms.CharField(label=label, required=False, max_length=1000, widget=widget, **options)


def number(label: Any, most: int | None = None, **options: Any) -> forms.IntegerField:
    """Return a whole number that may be missing."""
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=0,
        max_value=most,
        widget=UnfoldAdminIntegerFieldWidget(),
        **options,
    )


def choice(label: Any, choices: Any = (), **options: Any) -> forms.ChoiceField:
    """Return one of some values, or none."""
    widget = UnfoldAdminSelectWidget()
    return forms.ChoiceField(
        label=label,
        required=options.pop("required", False),
        choices=choices,
        widget=widget,
        **options,
    )


class WordsField(forms.CharField):
    """Names separated by spaces, commas or lines; the value is a list."""

    def __init__(self, *, rows: int = 1, **options: Any) -> None:
        widget = (
            UnfoldAdminTextareaWidget(attrs={"rows": rows})
            if rows > 1
            else UnfoldAdminTextInputWidget()
        )
        super().__init__(required=False, widget=widget, max_length=10_000, **options)

    def prepare_value(self, value: Any) -> Any:
        """Show a list as it would be typed."""
        rows = isinstance(self.widget, UnfoldAdminTextareaWidget)
        return ("\n" if rows else " ").join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        """Return the names, each once."""
        said = super().clean(value)
        return list(dict.fromkeys(name for name in re.split(r"[\s,;]+", said) if name))


class ObjectField(forms.JSONField):
    """A JSON object that may be missing; the value is an object."""

    def __init__(self, *, rows: int, **options: Any) -> None:
        widget = UnfoldAdminTextareaWidget(attrs={"rows": rows})
        super().__init__(required=False, widget=widget, **options)

    def prepare_value(self, value: Any) -> Any:
        """Show nothing for nothing, and JSON that was filled in as it is."""
        if isinstance(value, str):
            return value
        return super().prepare_value(value) if value else ""

    def clean(self, value: Any) -> Any:
        """Return an object."""
        said = super().clean(value)
        if said and not isinstance(said, dict):
            raise ValidationError(_("Enter an object."))
        return said or {}


class MomentField(forms.CharField):
    """A local time in the zone of a policy set; the value is in seconds of unix time."""

    zone = ZoneInfo("UTC")

    def __init__(self, **options: Any) -> None:
        attrs = {"type": "datetime-local", "class": " ".join(INPUT_CLASSES)}
        super().__init__(required=False, widget=forms.TextInput(attrs=attrs), **options)

    def prepare_value(self, value: Any) -> Any:
        """Show seconds as a time."""
        if isinstance(value, int | float):
            return datetime.fromtimestamp(value, self.zone).strftime(LOCAL)
        return value

    def clean(self, value: Any) -> Any:
        """Return the seconds, None for an empty field."""
        said = super().clean(value)
        if not said:
            return None
        try:
            moment = datetime.fromisoformat(said)
            return int((moment if moment.tzinfo else moment.replace(tzinfo=self.zone)).timestamp())
        except (ValueError, OverflowError) as error:
            raise ValidationError(_("Enter a date and a time.")) from error
