"""Finding acts: by person, application, grant, kind and time."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from console.records.finding.record_filter import RecordFilter, one_of
from console.records.finding.searching import key_of, people_like
from foundation.journal.models import Act, Kind


class ActFilter(RecordFilter):
    """Which acts; empty fields mean all."""

    field_order = ("person", "client", "grant", "kind")

    grant = forms.UUIDField(label=_("Grant"), required=False, widget=UnfoldAdminTextInputWidget)
    kind = one_of(_("Act"), Kind.choices)


def acts_found(form: ActFilter) -> QuerySet[Act]:
    """Return the acts that a filter means, newest first; none when it cannot be understood."""
    acts = Act.objects.order_by("-at", "-id")
    if not form.is_valid():
        return acts.none()
    given = form.cleaned_data
    if given["person"]:
        acts = acts.filter(personal__person__in=_people(given["person"]))
    narrowing = {
        "client": given["client"],
        "grant": given["grant"],
        "kind": given["kind"],
        "at__gte": given["since"],
        "at__lt": given["until"],
    }
    return acts.filter(**{lookup: value for lookup, value in narrowing.items() if value})


def _people(term: str) -> list[Any]:
    # Somebody who is gone can still be asked for by the identifier.
    key = key_of(term)
    return [key] if key else people_like(term)
