"""Finding acts: by person, application, grant, kind and time."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from console.records.finding.changes import kinds_of_objects
from console.records.finding.record_filter import RecordFilter, line, one_of
from console.records.finding.searching import of_people
from foundation.journal.changes.selectors import OF_CONFIGURATION
from foundation.journal.keys import period
from foundation.journal.models import Act, Kind

BIGGEST = 2**63 - 1


class ActFilter(RecordFilter):
    """Which acts; empty fields mean all."""

    field_order = ("person", "client", "kind", "since", "until", "object", "key", "grant", "number")

    grant = forms.UUIDField(label=_("Grant"), required=False, widget=UnfoldAdminTextInputWidget)
    kind = one_of(_("Act"), Kind.choices)
    key = line(_("Key of the object"), max_length=64)
    number = forms.IntegerField(
        label=_("Place in the chain"),
        required=False,
        min_value=1,
        max_value=BIGGEST,
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["object"] = one_of(_("Kind of object"), list(kinds_of_objects()))
        self.order_fields(self.field_order)


def acts_found(form: ActFilter) -> QuerySet[Act]:
    """Return the acts that a filter means, newest first; none when it cannot be understood."""
    # Up to now: the act of an export is not in it.
    acts = Act.objects.filter(at__lte=timezone.now()).order_by("-at", "-id")
    if not form.is_valid():
        return acts.none()
    given = form.cleaned_data
    if given["person"]:
        acts = of_people(acts, "personal__person", form.people)
    if given["object"] or given["key"]:
        # Only these have an object; SQLite finds them by their kind.
        acts = acts.filter(kind__in=OF_CONFIGURATION)
    if given["key"] and not given["object"]:
        # The index has the kind first.
        acts = acts.filter(object_kind__in=[kind for kind, _ in kinds_of_objects()])
    narrowing = {
        "client": given["client"],
        "grant": given["grant"],
        "kind": given["kind"],
        "object_kind": given["object"],
        "object_key": given["key"],
        "number": given["number"],
        **period(given["since"], given["until"]),
    }
    acts = acts.filter(**{lookup: value for lookup, value in narrowing.items() if value})
    return acts.select_related("client", "personal__person", "grant")
