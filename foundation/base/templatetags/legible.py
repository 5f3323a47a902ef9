"""`{% load legible %}{{ text|visible }}`: a text from outside, as people can trust it."""

from typing import Any

from django import template

from foundation.base.texts.legible import in_a_line, visible as visible_text

register = template.Library()


@register.filter
def visible(text: Any) -> str:
    """Return what `foundation.base.texts.legible.visible` does; the template escapes it."""
    return visible_text(str(text))


@register.filter
def line(text: Any) -> str:
    """Return what `texts.legible.in_a_line` does: for names, which have one line."""
    return in_a_line(str(text))
