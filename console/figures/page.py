"""The page "Figures": three charts, each with its numbers as a table."""

from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from console.common.pages import SitePage
from console.figures import charts
from console.figures.figures import MOST_SHOWN, answers, standing_by_client

PERIODS = (30, 90)
FIGURES = SitePage("figures", _("Figures"), ("journal.view_act", "consent.view_grant"))
"""They are made of acts and grants."""


@FIGURES.at()
@require_safe
def figures_page(request: HttpRequest) -> HttpResponse:
    """Show what people answered in the last 30 days, or `?days=90`, and what stands."""
    asked = request.GET.get("days")
    days = next((period for period in PERIODS if str(period) == asked), PERIODS[0])
    found, (standing, clients) = answers(days), standing_by_client()
    rates = [(rate.scope, rate.percent, f"{rate.percent:.0f} %") for rate in found.rates]
    counts = [(name, float(count), str(count)) for name, count in clients]
    context = {
        "days": days,
        "periods": PERIODS,
        "answers": found,
        "standing": standing,
        "clients": clients,
        "rate_chart": charts.rows(rates[:MOST_SHOWN], 100),
        "day_chart": charts.columns(
            [(date_format(day, "j M"), count) for day, count in found.days]
        ),
        "client_chart": charts.rows(counts, max((n for _, n, _ in counts), default=0)),
    }
    return FIGURES.render(request, "admin/figures.html", context)
