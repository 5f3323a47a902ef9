"""How the admin looks: the colours of `static/css/tokens.css`; `idp.settings` takes it."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

STYLES = (
    "tokens",
    "admin/frame",
    "admin/lists",
    "admin/records",
    "admin/policy",
    "admin/without_scripts",
)
STEPS = ("50", *(str(step) for step in range(100, 1000, 100)), "950")
"""Of the two ramps of colours in `static/css/tokens.css`, with which unfold paints."""


def mark(_request: HttpRequest) -> str:
    """Return the address of our mark."""
    return static("img/mark.svg")


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Scopeward",
    "SITE_HEADER": "Scopeward",
    "SITE_SUBHEADER": _("Administration"),
    "SITE_URL": "/",
    "SITE_ICON": mark,
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda _request: static("img/favicon.svg"),
        }
    ],
    "STYLES": [lambda _request, name=name: static(f"css/{name}.css") for name in STYLES],
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "var(--radius-m)",
    "SIDEBAR": {"show_search": False, "navigation": "console.site.navigation.navigation"},
    "ACCOUNT": {
        "navigation": [
            {"title": _("My account"), "link": lambda _request: reverse("account")},
        ]
    },
    "COLORS": {
        ramp: {step: f"var(--{ramp}-{step})" for step in STEPS} for ramp in ("base", "primary")
    },
}
