"""The pages "Policy decisions": a list to search in, one decision with everything, and figures."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_lazy as _
from django.views.decorators.http import require_safe

from console.common.pages import SitePage
from console.figures import charts
from console.figures.page import PERIODS
from console.records.export.columns import POLICY_DECISION
from console.records.finding.decision_filter import NO_POLICY, DecisionFilter, decisions_found
from console.records.finding.searching import key_of
from console.records.listing import RecordPage
from foundation.directory.models import Client, User
from policy.decision_log.denials import denials
from policy.decision_log.selectors import answer_of, decisions_under, simulation_of

PERMISSIONS = ("policy.view_loggeddecision",)
"""The log tells who asked for what."""
DENIALS = SitePage("policy_denials", _("Denials by policy"), PERMISSIONS)
DECIDED_BY = {
    "guard": _("The resource server's guard"),
    "provider": _("The provider"),
    "authzen": "AuthZEN",
    "opa": "Open Policy Agent",
}


@dataclass(frozen=True)
class ListedDecision:
    """One decision as the pages show it."""

    row: Any
    person: Any
    """The subject, where it is somebody we know."""
    application: Any

    @property
    def decided_by(self) -> Any:
        """Who decided, in words."""
        return DECIDED_BY.get(self.row.source, self.row.source)

    @property
    def question(self) -> str:
        """What is kept of the question, as JSON."""
        return json.dumps(self.row.evaluation, indent=2, ensure_ascii=False)

    @property
    def answer(self) -> str:
        """The decision, as JSON."""
        return json.dumps(answer_of(self.row).as_json(), indent=2, ensure_ascii=False)

    @property
    def simulation(self) -> str:
        """Where the same can be asked again; empty where it cannot."""
        return simulation_of(self.row)


def _entries(rows: Sequence[Any]) -> list[ListedDecision]:
    keys = {key for row in rows if (key := key_of(row.subject))}
    people = User.objects.in_bulk(keys) if keys else {}
    clients = Client.objects
    ids = {row.client_id for row in rows} - {""}
    applications = clients.in_bulk(ids, field_name="client_id") if ids else {}
    return [
        ListedDecision(row, people.get(key_of(row.subject)), applications.get(row.client_id))
        for row in rows
    ]


DECISIONS = RecordPage(
    page=SitePage("policy_decisions", _("Policy decisions"), PERMISSIONS),
    form=DecisionFilter,
    found=decisions_found,
    entries=lambda rows: {"decisions": _entries(rows)},
    template="admin/policy_decisions.html",
    columns=POLICY_DECISION,
).routed()


@DECISIONS.at("<str:reference>/", name="policy_decision")
@require_safe
def decision_page(request: HttpRequest, reference: str) -> HttpResponse:
    """Show everything about the decisions under a reference; almost always it is one."""
    rows = decisions_under(reference)
    if not rows:
        raise Http404
    title = gettext("Policy decision %s") % rows[0].reference
    context = {"decisions": _entries(rows)}
    return DECISIONS.render(request, "admin/policy_decision.html", context, title=title)


@DENIALS.at()
@require_safe
def denials_page(request: HttpRequest) -> HttpResponse:
    """Show the denials of the last 30 days, or `?days=90`, by day and by policy."""
    asked = request.GET.get("days")
    days = next((period for period in PERIODS if str(period) == asked), PERIODS[0])
    told = denials(days)
    policies = [
        (name or gettext("nothing permits it"), count, name or NO_POLICY)
        for name, count in told.policies
    ]
    bars = [(name, float(count), str(count)) for name, count, _query in policies]
    context = {
        "days": days,
        "since": timezone.localdate() - timedelta(days=days),
        "periods": PERIODS,
        "denials": told,
        "policies": policies,
        "day_chart": charts.columns([(date_format(day, "j M"), count) for day, count in told.days]),
        "policy_chart": charts.rows(bars, max((count for _, count in told.policies), default=0)),
    }
    return DENIALS.render(request, "admin/denials.html", context)
