"""Finding policy decisions: by whom, through what, by which policy, when, and what came of it."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from consent.administration.acts import PeriodFilter, midnight_after, midnight_of
from consent.administration.searching import people_like
from policy.decision_log.search import Search, found

NO_POLICY = "-"
"""Stands for denials that no policy decided."""
OUTCOMES = {"denied": False, "permitted": True}


def _text(label: Any, help_text: Any = "", **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        help_text=help_text,
        widget=UnfoldAdminTextInputWidget,
        **{"max_length": 255, **more},
    )


class DecisionFilter(PeriodFilter):
    """Which policy decisions; empty fields mean all."""

    reference = _text(_("Reference"), _("As it was told to whoever was refused"), max_length=40)
    person = _text(
        _("Person or subject"), _("Beginning of a username or e-mail address, or identifier")
    )
    client: Any = forms.ModelChoiceField(
        None,
        label=_("Application"),
        required=False,
        empty_label=_("All"),
        to_field_name="client_id",
        widget=UnfoldAdminSelectWidget,
    )
    audience = _text(_("Resource server"))
    policy = _text(_("Policy"), _("Its name; - for denials because nothing permits"))
    resource = _text(_("Resource"), _("Whole name, such as hr.employees.salary"))
    outcome = forms.ChoiceField(
        label=_("Outcome"),
        required=False,
        choices=[("", _("All")), ("denied", _("Denied")), ("permitted", _("Permitted"))],
        widget=UnfoldAdminSelectWidget,
    )


def decisions_found(form: DecisionFilter) -> QuerySet[Any]:
    """Return the decisions that a filter means, newest first; none when it makes no sense."""
    if not form.is_valid():
        return found(Search()).none()
    given = form.cleaned_data
    policy = given["policy"].strip()
    return found(
        Search(
            reference=given["reference"].strip(),
            subjects=_subjects(given["person"].strip()),
            client_id=given["client"].client_id if given["client"] else "",
            audience=given["audience"].strip(),
            policy="" if policy == NO_POLICY else policy or None,
            resource=given["resource"].strip(),
            permit=OUTCOMES.get(given["outcome"]),
            since=midnight_of(given["since"]) if given["since"] else None,
            until=midnight_after(given["until"]) if given["until"] else None,
        )
    )


def _subjects(term: str) -> set[str] | None:
    # Somebody who is gone, or was never ours, can still be asked for by the identifier.
    return {term, *map(str, people_like(term))} if term else None
