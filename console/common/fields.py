"""Form fields for lists of texts, and for attributes by their kind."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminNullBooleanSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from claims.attributes import Definition
from claims.models import AttributeKind


class OptionalJsonField(forms.JSONField):
    """JSON, or nothing: an empty field, where Django's own says `null`."""

    widget = UnfoldAdminTextareaWidget

    def prepare_value(self, value: Any) -> Any:
        """Show nothing as nothing."""
        return "" if value is None else super().prepare_value(value)


class LinesField(forms.CharField):
    """A list of texts, one a line. Without an entry it is the empty list."""

    widget = UnfoldAdminTextareaWidget

    def __init__(self, *, rows: int = 3, **kwargs: Any) -> None:
        kwargs.setdefault("widget", UnfoldAdminTextareaWidget(attrs={"rows": rows}))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Show a list as lines; what was typed stays as it was."""
        return "\n".join(map(str, value)) if isinstance(value, list | tuple) else value

    def to_python(self, value: Any) -> Any:
        """Return the entries without surrounding spaces, each once."""
        lines = (line.strip() for line in str(value or "").splitlines())
        return list(dict.fromkeys(line for line in lines if line))

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare as lists."""
        return bool(list(initial or []) != self.to_python(data))


class PairsField(LinesField):
    """A table of two columns, a row a line: left = right. Returns a list of pairs of texts."""

    def prepare_value(self, value: Any) -> Any:
        """Show pairs as lines; what was typed stays as it was."""
        rows = value if isinstance(value, list | tuple) else ()
        return "\n".join(" = ".join(row) for row in rows) if rows else value or ""

    def to_python(self, value: Any) -> Any:
        """Return the pairs; the sign that counts is the first with spaces around it, or any."""
        return [self._pair(line) for line in super().to_python(value)]

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare as tables; what is no table differs from every one."""
        try:
            return bool([list(row) for row in initial or []] != self.to_python(data))
        except forms.ValidationError:
            return True

    def _pair(self, line: str) -> list[str]:
        sign = " = " if " = " in line else "="
        left, _sign, right = (part.strip() for part in line.partition(sign))
        if not (left and right):
            raise forms.ValidationError(
                gettext("“%(line)s” is not of the form left = right.") % {"line": line}
            )
        return [left, right]


def attribute_field(definition: Definition) -> forms.Field:
    """Return the form field for values of one attribute. What is left empty is not recorded."""
    make = _FIELDS[definition.kind]
    return make(definition)


def _text(definition: Definition) -> forms.Field:
    return forms.CharField(
        label=gettext(definition.title), required=False, widget=UnfoldAdminTextInputWidget
    )


def _list(definition: Definition) -> forms.Field:
    return LinesField(
        label=gettext(definition.title), required=False, help_text=_("One value a line.")
    )


def _level(definition: Definition) -> forms.Field:
    levels = [(level, f"{number} – {level}") for number, level in enumerate(definition.levels)]
    return forms.ChoiceField(
        label=gettext(definition.title),
        required=False,
        choices=[("", _("Not recorded")), *levels],
        widget=UnfoldAdminSelectWidget,
        help_text=_("Tokens carry the number."),
    )


def _flag(definition: Definition) -> forms.Field:
    """Return a choice of three: no is a fact that tokens carry, and not the same as no answer."""
    return forms.NullBooleanField(
        label=gettext(definition.title), widget=UnfoldAdminNullBooleanSelectWidget
    )


_FIELDS: Mapping[AttributeKind, Callable[[Definition], forms.Field]] = {
    AttributeKind.TEXT: _text,
    AttributeKind.LIST: _list,
    AttributeKind.LEVEL: _level,
    AttributeKind.FLAG: _flag,
}
