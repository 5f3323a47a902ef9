"""`{% load house %}`: what the house says of itself, the same for every visitor."""

from functools import lru_cache

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from foundation.base.house.in_use import HouseInUse, house

register = template.Library()


@register.simple_tag
def house_name() -> str:
    """Return what the house is called; the template escapes it."""
    return house().name


@register.simple_tag
def house_part(name: str) -> SafeString:
    """Return a template that knows the house and nobody else, rendered once for each look of it."""
    now = house()
    if settings.DEBUG:
        return render_to_string(name, {"house": now})
    return _rendered(name, get_language(), now)


@lru_cache(maxsize=64)
def _rendered(name: str, _language: str | None, now: HouseInUse) -> SafeString:
    return render_to_string(name, {"house": now})
