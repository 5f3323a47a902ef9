"""The page "Name and looks": the form, and beside it what it would come to."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from console.common.pages import SitePage
from console.house.form import ACCENTS, HouseForm
from foundation.base.house.colours import DARK, LIGHT, Figures, figures, nearest
from foundation.base.house.in_use import HouseInUse
from foundation.base.house.models import hexadecimal
from foundation.base.house.services import house_row, save_house
from foundation.base.house.stylesheet import stylesheet

HOUSE = SitePage("house", _("Name and looks"), ("base.change_house",))
OUR_LIGHT, OUR_DARK = "#0b5c62", "#7ad3cf"
"""`--primary-600` and `--primary-400` of `static/css/tokens.css`."""


@dataclass(frozen=True)
class Sample:
    """The house in one scheme: what a page would look like, and how well it can be read."""

    scheme: str
    title: Any
    accent: str
    logo: str
    """As a `data:` address; empty: our mark."""
    figures: Figures


@HOUSE.at()
@require_http_methods(["GET", "HEAD", "POST"])
def house_page(request: HttpRequest) -> HttpResponse:
    """Show the form with a preview; save it, unless only the preview was asked for."""
    if request.method != "POST":
        form = HouseForm(instance=house_row())
        return _page(request, form)
    said = request.POST.copy()
    column, _colon, accent = said.pop("take", [""])[-1].partition(":")
    if column in ACCENTS:
        said[column] = accent
    form = HouseForm(said, request.FILES, instance=house_row())
    if form.is_valid() and "save" in said and not column:
        save_house(form.instance, form.pictures.values())
        messages.success(request, gettext("Saved. Every page and mail goes by it now."))
        return redirect(HOUSE.address)
    return _page(request, form)


@HOUSE.at("preview.css", name="house_preview")
@require_safe
def preview_stylesheet(request: HttpRequest) -> HttpResponse:
    """Return the colours of the preview: `light` and `dark`, both `#rrggbb`."""
    accents = [request.GET.get(name, "") for name in ("light", "dark")]
    try:
        for accent in accents:
            hexadecimal(accent)
    except ValidationError:
        return HttpResponse(status=400)
    sheet = stylesheet(accents[0], accents[1], selector=".house-sample")
    return HttpResponse(sheet, content_type="text/css; charset=utf-8")


def _page(request: HttpRequest, form: HouseForm) -> HttpResponse:
    looks = form.looks()
    light, dark = looks.accent_light or OUR_LIGHT, looks.accent_dark or OUR_DARK
    samples = [
        Sample("light", _("On light"), light, _inline(looks, "logo_light"), figures(light, LIGHT)),
        Sample("dark", _("On dark"), dark, _inline(looks, "logo_dark"), figures(dark, DARK)),
    ]
    context = {
        "form": form,
        "looks": looks,
        "samples": samples,
        "colours": urlencode({"light": light, "dark": dark}),
        "offers": list(_offers(form)),
    }
    return HOUSE.render(request, "admin/house.html", context)


def _inline(looks: HouseInUse, column: str) -> str:
    picture = getattr(looks, column)
    return picture.inline if picture else ""


def _offers(form: HouseForm) -> Iterator[tuple[str, str]]:
    """Yield the column and the nearest colour for each that cannot be read."""
    for column, scheme in ACCENTS.items():
        said = form.too_faint.get(column)
        if said:
            yield column, nearest(said, scheme)
