"""Rows of pages: rendered by Django once for all rows of a kind, with places for their texts.

A page of fifty rows asks the same questions fifty times: which words in this language, which
address, is there a badge. A template says for what it has to be rendered anew: its `conditions`.
For each of their values, and in each language, that is done once; into it every row puts its own
`texts`.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from html import escape
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString

BEGIN, END = "\x02", "\x03"
"""Around the name of a text while a template is rendered; no template has them."""
MOST_KEPT = 500
"""Patterns of one template. Conditions have few values; if not, it costs time instead of memory."""
NO_ROW = UUID(int=0)
SPECIAL = re.compile(r"[&<>\"']")


class _Pattern(NamedTuple):
    """A template that has been rendered, and the texts it has under its conditions."""

    html: str
    texts: tuple[str, ...]


class Fragment:
    """One template: `texts` it only puts out, `conditions` it only asks about.

    A text may be named as templates look it up: `request.get_full_path`.
    """

    def __init__(
        self, template: str, *, texts: Sequence[str] = (), conditions: Sequence[str] = ()
    ) -> None:
        self.template = template
        self.texts = tuple(texts)
        self.conditions = tuple(conditions)
        self._patterns: dict[tuple[str, tuple[Hashable, ...]], _Pattern] = {}

    def draw(
        self, language: str, texts: Mapping[str, Any] | None = None, *conditions: Hashable
    ) -> SafeString:
        """Return it as HTML in the active language, which is `language`.

        Texts are escaped, unless they are HTML (`SafeString`); conditions come in their order.
        Raises KeyError for a text that is missing; those which the conditions leave out may be.
        """
        pattern = self._patterns.get((language, conditions)) or self._compose(language, conditions)
        given = texts or {}
        return SafeString(pattern.html % {name: escaped(given[name]) for name in pattern.texts})

    def _compose(self, language: str, conditions: tuple[Hashable, ...]) -> _Pattern:
        """Return the template with `%(name)s` for each text."""
        context: dict[str, Any] = dict(zip(self.conditions, conditions, strict=True))
        context |= nested({name: place_of(name) for name in self.texts})
        with translation.override(language):
            html = render_to_string(self.template, context).strip().replace("%", "%%")
        for name in self.texts:
            html = html.replace(f"{BEGIN}{name}{END}", f"%({name})s")
        if BEGIN in html or END in html:
            raise ValueError(f"{self.template} changes a text instead of putting it out")
        pattern = _Pattern(html, tuple(name for name in self.texts if f"%({name})s" in html))
        if not settings.DEBUG:
            # In development templates change while the program runs.
            if len(self._patterns) >= MOST_KEPT:
                # Most likely nobody asks about it any more: the house looked like that once.
                self._patterns.pop(next(iter(self._patterns)), None)
            self._patterns[language, conditions] = pattern
        return pattern


def nested(texts: Mapping[str, Any]) -> dict[str, Any]:
    """Return texts as a template looks them up: `a.b` as `b` of `a`."""
    context: dict[str, Any] = {}
    for name, text in texts.items():
        *outer, last = name.split(".")
        place = context
        for step in outer:
            place = place.setdefault(step, {})
        place[last] = text
    return context


def place_of(name: str) -> SafeString:
    """Return what stands for a text while a template is rendered.

    For conditions that put a text out themselves, such as a form with it as an initial value.
    """
    return SafeString(f"{BEGIN}{name}{END}")


def joined(pieces: Iterable[SafeString]) -> SafeString:
    """Return pieces of HTML as one."""
    return SafeString("".join(pieces))


def escaped(text: Any) -> str:
    """Return a text as HTML, what is HTML as it is."""
    if type(text) is SafeString:
        return text
    plain = str(text)
    return escape(plain) if SPECIAL.search(plain) else plain


def row_addresses(route: str) -> Callable[[object], str]:
    """Return what gives the address of a row by its key, for a route whose one argument is a UUID.

    The route is looked up once, whatever number of rows there is.
    """
    before, after = reverse(route, args=[NO_ROW]).split(str(NO_ROW))
    return lambda key: f"{before}{key}{after}"
