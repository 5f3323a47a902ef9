"""One kind of mail, and the parts of it that differ each time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from foundation.base import conf
from foundation.base.house.in_use import house
from foundation.base.texts.inert import inert

MOMENT, NUMBER = datetime(2031, 2, 3, 4, 5, tzinfo=UTC), 987654
"""Stand for a moment and a number where a template is read for its words; no text has them."""


@dataclass(frozen=True)
class Placeholder:
    """A part of a mail that differs each time: `{name}` in its text."""

    name: str
    label: Any
    example: Any
    path: str = ""
    """Where it is in what the mail is made of; empty: under its name."""
    route: str = ""
    """Instead: the name of a page of ours."""
    is_link: bool = False
    """Ours, so it is put in as it is. Of a letter's own: the mail is of no use without it."""

    def value(self, said: Mapping[str, Any]) -> str:
        """Return it as text: others' words as one line that leads nowhere."""
        if self.route:
            return conf.current().issuer + reverse(self.route)
        place: Any = said
        for step in (self.path or self.name).split("."):
            place = place.get(step) if isinstance(place, Mapping) else getattr(place, step, None)
        found = place() if callable(place) else place
        if isinstance(found, datetime):
            return date_format(timezone.localtime(found), "DATETIME_FORMAT")
        return "" if found is None else str(found) if self.is_link else inert(str(found))


@dataclass(frozen=True)
class Letter:
    """One kind of mail."""

    name: str
    title: Any
    """When it is sent."""
    own: tuple[Placeholder, ...] = ()
    body_template: str = ""
    """Empty: `account/email/NAME_message.txt`, and its subject beside it."""
    subject: Any = ""
    """Where no template has it."""

    @property
    def placeholders(self) -> tuple[Placeholder, ...]:
        """All that may be in its text."""
        return (*self.own, HOUSE, SITE)

    def values(self, said: Mapping[str, Any]) -> dict[str, str]:
        """Return what stands for each placeholder."""
        known = {**said, "house": house().name, "site": conf.current().issuer}
        return {each.name: each.value(known) for each in self.placeholders}

    def examples(self) -> dict[str, str]:
        """Return the same of nobody."""
        issuer = conf.current().issuer
        said = {each.name: str(each.example) for each in self.own}
        said |= {each.name: f"{issuer}/…" for each in self.own if each.is_link}
        said |= {each.name: each.value({}) for each in self.own if each.route}
        return {**said, "house": house().name, "site": issuer}


HOUSE = Placeholder("house", _("what the house is called"), "", is_link=True)
SITE = Placeholder("site", _("the address of this site"), "", is_link=True)
