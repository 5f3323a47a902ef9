"""The attributes of a person or group as a form: one proper field for each defined attribute."""

from typing import Any

from django import forms

from claims.attributes import definitions, recorded
from claims.services import merged
from console.common.fields import attribute_field


class AttributesForm(forms.ModelForm):  # type: ignore[type-arg]
    """Edits `values` of PersonAttributes or GroupAttributes. Made by `attributes_form`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = self.instance.values if isinstance(self.instance.values, dict) else {}
        for name, definition in definitions().items():
            self.initial[name] = recorded(definition, stored.get(name))

    def clean(self) -> dict[str, Any]:
        """Put what was entered into the row; values of attributes unknown here stay as they are."""
        cleaned = super().clean() or {}
        entered = {name: cleaned[name] for name in definitions() if name in cleaned}
        given = {name: None if value in ("", []) else value for name, value in entered.items()}
        self.instance.values = merged(self.instance.values, given)
        return cleaned


def attributes_form() -> type[AttributesForm]:
    """Return the form for the attributes that are defined now."""
    fields = {name: attribute_field(definition) for name, definition in definitions().items()}
    return type("AttributesFormOfNow", (AttributesForm,), fields)
