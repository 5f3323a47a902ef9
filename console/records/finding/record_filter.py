"""What every search of records begins with: about whom, through which application, when."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from console.records.finding.searching import people_meant
from foundation.directory.models import Client

# Midnight of other days may not exist in every time zone.
POSSIBLE = (MinValueValidator(date(1970, 1, 1)), MaxValueValidator(date(9000, 1, 1)))


class DateInput(UnfoldAdminTextInputWidget):
    """The date field of the browser."""

    input_type = "date"


def line(label: Any, help_text: Any = "", *, max_length: int = 255) -> forms.CharField:
    """Return a field for one line that may stay empty; spaces around it are dropped."""
    return forms.CharField(
        label=label,
        required=False,
        help_text=help_text,
        max_length=max_length,
        widget=UnfoldAdminTextInputWidget,
    )


def one_of(label: Any, choices: Any) -> forms.ChoiceField:
    """Return a field for one of the choices, or all."""
    return forms.ChoiceField(
        label=label,
        required=False,
        choices=[("", _("All")), *choices],
        widget=UnfoldAdminSelectWidget,
    )


def day(label: Any) -> forms.DateField:
    """Return a field for a day that may stay empty."""
    return forms.DateField(label=label, required=False, widget=DateInput, validators=POSSIBLE)


class PeriodFilter(forms.Form):
    """From which day to which; empty fields mean all.

    Cleaned, `since` is the moment its day begins, `until` the one in which its day is over.
    """

    since = day(_("From"))
    until = day(_("To"))

    def clean_since(self) -> datetime | None:
        """Return when the first day begins."""
        return _midnight(self.cleaned_data["since"])

    def clean_until(self) -> datetime | None:
        """Return when the last day is over."""
        last = self.cleaned_data["until"]
        return _midnight(last + timedelta(days=1)) if last else None


class RecordFilter(PeriodFilter):
    """Which records of which person and application; empty fields mean all."""

    person = line(_("Person"), _("Beginning of a username or e-mail address, or identifier"))
    client: Any = forms.ModelChoiceField(
        None,
        label=_("Application"),
        required=False,
        empty_label=_("All"),
        widget=UnfoldAdminSelectWidget,
    )

    people: Sequence[UUID] = ()
    """Whom `person` means, once it is cleaned."""

    def clean_person(self) -> str:
        """Find them; raises ValidationError when that is too many."""
        term: str = self.cleaned_data["person"]
        self.people = people_meant(term)
        return term

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        clients = Client.objects
        self.fields["client"].queryset = clients.order_by("name")  # type: ignore[attr-defined]


def _midnight(of: date | None) -> datetime | None:
    return timezone.make_aware(datetime.combine(of, time.min)) if of else None
