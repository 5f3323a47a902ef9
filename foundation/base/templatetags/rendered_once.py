"""What is the same on every page of a language is rendered once."""

from functools import lru_cache
from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from foundation.base.texts.fragments import Fragment

register = template.Library()


@register.simple_tag
def draw(name: str, **texts: Any) -> SafeString:
    """Return a template that only puts these texts out, rendered but for them."""
    return _fragment(name, tuple(texts)).draw(get_language() or "", texts)


@lru_cache(maxsize=256)
def _fragment(name: str, texts: tuple[str, ...]) -> Fragment:
    return Fragment(name, texts=texts)
