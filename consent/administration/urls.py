"""Where the pages are that belong to no single table."""

from django.contrib.admin import AdminSite
from django.urls import URLPattern, path

from consent.administration.figures_page import figures_page
from consent.administration.history import export_history, history_page


def pages(site: AdminSite) -> list[URLPattern]:
    """Return the paths of history and figures, behind the sign-in of the administration."""
    return [
        path("history/", site.admin_view(history_page), name="history"),
        path("history/export/", site.admin_view(export_history), name="history_export"),
        path("figures/", site.admin_view(figures_page), name="figures"),
    ]
