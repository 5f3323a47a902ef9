"""Finding acts: by person, application, grant, kind and time."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.apps import apps
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from consent.administration.searching import key_of, people_like
from consent.models import Act, Kind

# Midnight of other days may not exist in every time zone.
POSSIBLE = (MinValueValidator(date(1970, 1, 1)), MaxValueValidator(date(9000, 1, 1)))

TIMES = ("since", "until")


class DateInput(UnfoldAdminTextInputWidget):
    """The date field of the browser."""

    input_type = "date"


class PeriodFilter(forms.Form):
    """Base of filters: a time, and the applications to choose from in the field `client`."""

    since = forms.DateField(label=_("From"), required=False, widget=DateInput, validators=POSSIBLE)
    until = forms.DateField(label=_("To"), required=False, widget=DateInput, validators=POSSIBLE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        clients = apps.get_model(settings.OAUTH2_PROVIDER_APPLICATION_MODEL)._default_manager  # noqa: SLF001
        self.fields["client"].queryset = clients.order_by("name")  # type: ignore[attr-defined]
        # The time comes last on the page too.
        self.order_fields([name for name in self.fields if name not in TIMES] + list(TIMES))


class ActFilter(PeriodFilter):
    """Which acts; empty fields mean all."""

    person = forms.CharField(
        label=_("Person"),
        required=False,
        max_length=254,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Beginning of a username or e-mail address, or identifier"),
    )
    client: Any = forms.ModelChoiceField(
        None,
        label=_("Application"),
        required=False,
        empty_label=_("All"),
        widget=UnfoldAdminSelectWidget,
    )
    grant = forms.UUIDField(label=_("Grant"), required=False, widget=UnfoldAdminTextInputWidget)
    kind = forms.ChoiceField(
        label=_("Act"),
        required=False,
        choices=[("", _("All")), *Kind.choices],
        widget=UnfoldAdminSelectWidget,
    )


def acts_found(form: ActFilter) -> QuerySet[Act]:
    """Return the acts that a filter means, newest first; none when it cannot be understood."""
    acts = Act.objects.order_by("-at", "-id")
    if not form.is_valid():
        return acts.none()
    given = form.cleaned_data
    if given["person"]:
        acts = acts.filter(personal__person__in=_people(given["person"].strip()))
    for name in ("client", "grant", "kind"):
        if given[name]:
            acts = acts.filter(**{name: given[name]})
    if given["since"]:
        acts = acts.filter(at__gte=midnight_of(given["since"]))
    if given["until"]:
        acts = acts.filter(at__lt=midnight_after(given["until"]))
    return acts


def _people(term: str) -> list[Any]:
    # Somebody who is gone can still be asked for by the identifier.
    key = key_of(term)
    return [key] if key else people_like(term)


def midnight_of(day: date) -> datetime:
    """Return when a day begins."""
    return timezone.make_aware(datetime.combine(day, time.min))


def midnight_after(day: date) -> datetime:
    """Return when a day is over."""
    return midnight_of(day + timedelta(days=1))
