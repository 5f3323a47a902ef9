"""Finding policy decisions: by whom, through what, by which policy, when, and what came of it."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from console.records.finding.record_filter import RecordFilter, line, one_of
from policy.decision_log.search import Search, found

LOOKED_BACK = timedelta(days=7)
"""What is searched by names without a day: names are in every week, and each is looked at."""
NAMES = ("policy", "resource")
NO_POLICY = "-"
"""Stands for denials that no policy decided."""
OUTCOMES = {"denied": False, "permitted": True}


class DecisionFilter(RecordFilter):
    """Which policy decisions; empty fields mean all."""

    field_order = ("reference", "person", "client", "audience", "policy", "resource", "outcome")

    reference = line(_("Reference"), _("As it was told to whoever was refused"), max_length=40)
    audience = line(_("Resource server"))
    policy = line(_("Policy"), _("Its name; - for denials because nothing permits"))
    resource = line(_("Resource"), _("Whole name, such as hr.employees.salary"))
    outcome = one_of(_("Outcome"), [("denied", _("Denied")), ("permitted", _("Permitted"))])

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(_with_a_day(data), **kwargs)
        self.fields["person"].label = _("Person or subject")
        self.fields["client"].to_field_name = "client_id"  # type: ignore[attr-defined]


def decisions_found(form: DecisionFilter) -> QuerySet[Any]:
    """Return the decisions that a filter means, newest first; none when it makes no sense."""
    if not form.is_valid():
        return found(Search()).none()
    given = form.cleaned_data
    policy = given["policy"]
    return found(
        Search(
            reference=given["reference"],
            subjects=_subjects(form),
            client_id=given["client"].client_id if given["client"] else "",
            audience=given["audience"],
            policy="" if policy == NO_POLICY else policy or None,
            resource=given["resource"],
            permit=OUTCOMES.get(given["outcome"]),
            since=given["since"],
            until=given["until"],
        )
    )


def _with_a_day(data: Any) -> Any:
    """Return what was asked for; a search by names says from which day on, for all to see."""
    if not data or data.get("since") or data.get("until"):
        return data
    if not any(data.get(name) for name in NAMES):
        return data
    return {**data.dict(), "since": (timezone.localdate() - LOOKED_BACK).isoformat()}


def _subjects(form: DecisionFilter) -> set[str] | None:
    # Somebody who was never ours can still be asked for by the identifier.
    term: str = form.cleaned_data["person"]
    return {term, *map(str, form.people)} if term else None
