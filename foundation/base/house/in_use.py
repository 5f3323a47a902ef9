"""The house as it is now: kept in process, and there when the database is not."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, InterfaceError

from foundation.base.configuration.kept import Kept
from foundation.base.configuration.one import look_for_newer
from foundation.base.house.colours import DARK, LIGHT, nearest
from foundation.base.house.models import THE_ONE, House
from foundation.base.house.pictures import PATH, Picture, stored

OUR_NAME = "Scopeward"


@dataclass(frozen=True, eq=False)
class HouseInUse:
    """What pages and mails say. Whatever is empty is ours, or is not said."""

    name: str = OUR_NAME
    accent_light: str = ""
    accent_dark: str = ""
    logo_light: Picture | None = None
    logo_dark: Picture | None = None
    logo_says_name: bool = False
    support_address: str = ""
    imprint_uri: str = ""
    privacy_uri: str = ""
    terms_uri: str = ""
    look: str = field(init=False)
    """Stands for all of it: what is kept of a page is kept by this."""

    def __post_init__(self) -> None:
        said = [self.name, self.accent_light, self.accent_dark, self.logo_says_name]
        said += [picture and picture.digest for picture in (self.logo_light, self.logo_dark)]
        said += [self.support_address, self.imprint_uri, self.privacy_uri, self.terms_uri]
        look = hashlib.sha256(repr(said).encode()).hexdigest()[:32]
        object.__setattr__(self, "look", look)

    @property
    def is_ours(self) -> bool:
        """Whether nobody has given the house a name of its own."""
        return self.name == OUR_NAME

    @property
    def has_colours(self) -> bool:
        """Whether there are colours beside ours."""
        return bool(self.accent_light)

    @property
    def stylesheet_path(self) -> str:
        """Where its colours are served."""
        return f"{PATH}{self.accent_light[1:]}-{self.accent_dark[1:]}.css"

    @property
    def has_links(self) -> bool:
        """Whether the foot of a page has something to say."""
        return bool(self.support_address or self.imprint_uri or self.privacy_uri or self.terms_uri)


OURS = HouseInUse()
"""Of an installation that nobody has given a name."""
_as_known: ContextVar[bool] = ContextVar("house_as_known", default=False)


def house() -> HouseInUse:
    """Return the house of the configuration in use; while the database is away, the last known."""
    if _as_known.get():
        return _house.last or OURS
    try:
        return _house.get()
    except (DatabaseError, InterfaceError):
        return _house.last or OURS


def look_for_newer_house() -> None:
    """Look at the configuration of this very moment, unless more of it has been seen."""
    look_for_newer(_house)


@contextmanager
def house_as_known() -> Iterator[None]:
    """Let everything inside ask no database: something may be wrong with it."""
    before = _as_known.set(True)
    try:
        yield
    finally:
        _as_known.reset(before)


def house_of(row: House, pictures: Mapping[str, Picture]) -> HouseInUse:
    """Return what a row says, as far as it may be said: it was checked, but not only by us."""
    light, dark = (_valid(row, each) for each in ("accent_light", "accent_dark"))
    logos = [pictures.get(digest) for digest in (row.logo_light, row.logo_dark)]
    return HouseInUse(
        name=_valid(row, "product_name") or OUR_NAME,
        accent_light=nearest(light or dark, LIGHT) if light or dark else "",
        accent_dark=nearest(dark or light, DARK) if light or dark else "",
        logo_light=logos[0] or logos[1],
        logo_dark=logos[1] or logos[0],
        logo_says_name=row.logo_says_name,
        support_address=_valid(row, "support_address"),
        imprint_uri=_valid(row, "imprint_uri"),
        privacy_uri=_valid(row, "privacy_uri"),
        terms_uri=_valid(row, "terms_uri"),
    )


def _valid(row: House, name: str) -> str:
    column: Any = House._meta.get_field(name)  # noqa: SLF001 - documented by Django
    try:
        return str(column.clean(getattr(row, name), row))
    except ValidationError:
        return ""


def _load() -> HouseInUse:
    row = House.objects.filter(pk=THE_ONE).first()
    if row is None:
        return OURS
    return house_of(row, stored(row.logo_light, row.logo_dark))


_house: Kept[HouseInUse] = Kept(_load)
