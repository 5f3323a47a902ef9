"""Where the pages are that belong to no single table."""

from django.contrib.admin import AdminSite
from django.urls import URLPattern, path

from console.figures.page import figures_page
from console.records.decision_pages import (
    decision_page,
    decisions_page,
    denials_page,
    export_decisions,
)
from console.records.history import export_history, history_page


def pages(site: AdminSite) -> list[URLPattern]:
    """Return the paths of history, decisions and figures, behind the administration's sign-in."""
    decisions = "policy-decisions/"
    export, single = site.admin_view(export_decisions), site.admin_view(decision_page)
    return [
        path(decisions, site.admin_view(decisions_page), name="policy_decisions"),
        path(f"{decisions}export/", export, name="policy_decisions_export"),
        path(f"{decisions}denials/", site.admin_view(denials_page), name="policy_denials"),
        path(f"{decisions}<str:reference>/", single, name="policy_decision"),
        path("history/", site.admin_view(history_page), name="history"),
        path("history/export/", site.admin_view(export_history), name="history_export"),
        path("figures/", site.admin_view(figures_page), name="figures"),
    ]
