"""What a fragment stands for: its template, rendered by Django for one row."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from django.forms import Form
from django.template.loader import render_to_string
from django.utils import translation

from foundation.base.texts.fragments import Fragment, nested


def rendered(
    fragment: Fragment, language: str, texts: Mapping[str, Any], conditions: Sequence[Hashable]
) -> str:
    """Return it as if nothing were kept; a form among the conditions begins with the texts."""
    context: dict[str, Any] = dict(zip(fragment.conditions, conditions, strict=True))
    for name, value in context.items():
        if isinstance(value, Form):
            context[name] = type(value)(initial=dict(texts))
    with translation.override(language):
        return render_to_string(fragment.template, {**context, **nested(texts)}).strip()
