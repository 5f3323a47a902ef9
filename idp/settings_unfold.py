"""How the admin looks: the colours of `static/css/tokens.css`; `idp.settings` takes it."""

from functools import partial
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

STYLES = (
    "tokens",
    "admin/frame",
    "admin/house",
    "admin/lists",
    "admin/records",
    "admin/policy",
    "admin/without_scripts",
)
STEPS = ("50", *(str(step) for step in range(100, 1000, 100)), "950")
"""Of the two ramps of colours in `static/css/tokens.css`, with which unfold paints."""


def _house_name(_request: HttpRequest) -> str:
    """Return what the house is called; its module has models, which are there later."""
    from foundation.base.house.in_use import house

    return house().name


def _mark(column: str, _request: HttpRequest) -> str:
    """Return the address of the house's logo, of our mark where it has none."""
    from foundation.base.house.in_use import house

    logo = getattr(house(), column)
    return logo.path if logo else static("img/mark.svg")


def _colours(_request: HttpRequest) -> str:
    """Return the address of the house's colours, of ours (which are there) where it has none."""
    from foundation.base.house.in_use import house

    now = house()
    return now.stylesheet_path if now.has_colours else static("css/tokens.css")


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": _house_name,
    "SITE_HEADER": _house_name,
    "SITE_SUBHEADER": _("Administration"),
    "SITE_URL": "/",
    "SITE_ICON": {"light": partial(_mark, "logo_light"), "dark": partial(_mark, "logo_dark")},
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "href": partial(_mark, "logo_light"),
        }
    ],
    "STYLES": [
        *(lambda _request, name=name: static(f"css/{name}.css") for name in STYLES),
        _colours,
    ],
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
