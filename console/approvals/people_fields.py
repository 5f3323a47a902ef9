"""Naming people in forms: as they sign in, or by identifier. It takes no script."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from console.common.fields import LinesField
from console.common.people import find_person
from foundation.directory.models import User

HELP = _("Username, e-mail address or subject identifier.")


class PersonField(forms.CharField):
    """One person, who has to exist."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"list": "people", "autocomplete": "off"}
        super().__init__(widget=UnfoldAdminTextInputWidget(attrs=attrs), help_text=HELP, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Show the username of a stored key; what was typed stays as it was."""
        if value is None or isinstance(value, str):
            return value
        return "".join(_usernames([value]))

    def clean(self, value: Any) -> Any:
        """Return the person."""
        said = super().clean(value)
        return find_person(said) if said else None

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare as it is shown."""
        return bool((self.prepare_value(initial) or "") != (data or ""))


class PeopleField(LinesField):
    """Some people, one a line."""

    def __init__(self, **kwargs: Any) -> None:
        help_text = _("Usernames, e-mail addresses or subject identifiers, one a line.")
        super().__init__(required=False, help_text=help_text, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Show the usernames of stored people; what was typed stays as it was."""
        return super().prepare_value(_names(value))

    def clean(self, value: Any) -> Any:
        """Return the people; the error names the line that means nobody."""
        return [_found(line) for line in super().clean(value)]

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare as lists of names."""
        return super().has_changed(_names(initial), data)


def _names(value: Any) -> Any:
    return [person.get_username() for person in value] if isinstance(value, list) else value


def _found(line: str) -> Any:
    try:
        return find_person(line)
    except ValidationError as error:
        raise ValidationError(f"{line}: {error.messages[0]}") from error


def _usernames(keys: Iterable[Any]) -> Iterable[str]:
    model = User
    people = model._default_manager.filter(pk__in=keys)  # noqa: SLF001 - Django's documented name
    return [person.get_username() for person in people]
