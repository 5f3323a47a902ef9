"""The rows of the consent screen, in cards, and in the cards by who receives the scope."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from claims.catalogue.models import ScopeCard
from claims.catalogue.scopes import CatalogueEntry
from consent.asking.addresses import AddressChoice
from consent.asking.claim_choices import ClaimChoice
from foundation.directory.resource_servers import ResourceServer, resource_server


@dataclass(frozen=True)
class Badge:
    """A few words beside a scope's title; `kind` is the style: accent, warning or none."""

    text: str
    kind: str = ""


@dataclass(frozen=True)
class ScreenRow:
    """One scope: its entry, the (label, value) pairs it would release, and what to say of it."""

    entry: CatalogueEntry
    values: list[tuple[str, str]]
    badges: tuple[Badge, ...] = ()
    note: str = ""
    ticked: bool = False
    claims: tuple[ClaimChoice, ...] = ()
    """Its claims one by one, where single ones may be left out."""
    addresses: tuple[AddressChoice, ...] = ()
    """The e-mail addresses to choose from, where there are several."""

    @cached_property
    def title(self) -> str:
        """The scope's, looked up once: a screen is drawn in one language."""
        return self.entry.title

    @cached_property
    def sentence(self) -> str:
        """The scope's."""
        return self.entry.sentence


@dataclass(frozen=True)
class Group:
    """The rows of one card that go to one resource server, or to none in particular (None)."""

    receiver: ResourceServer | None
    implicit: tuple[ScreenRow, ...]
    asked: tuple[ScreenRow, ...]

    @property
    def stated(self) -> tuple[ScreenRow, ...]:
        """The rows that cannot be left off."""
        return self.implicit + self.required

    @property
    def required(self) -> tuple[ScreenRow, ...]:
        """The rows that cannot be left off without refusing everything."""
        return tuple(row for row in self.asked if row.entry.is_required)

    @property
    def choices(self) -> tuple[ScreenRow, ...]:
        """The rows with a box to tick."""
        return tuple(row for row in self.asked if not row.entry.is_required)

    @property
    def size(self) -> int:
        """How many rows there are."""
        return len(self.implicit) + len(self.asked)


@dataclass(frozen=True)
class CardOfGroups:
    """One card of the screen; what is for no particular resource server comes first."""

    name: str
    title: str
    groups: tuple[Group, ...]

    @property
    def has_receivers(self) -> bool:
        """Whether it has to be said who gets what."""
        return any(group.receiver for group in self.groups)


def cards(implicit: Iterable[ScreenRow], asked: Iterable[ScreenRow]) -> Iterator[CardOfGroups]:
    """Yield the cards that have rows; inside each group the rows keep their order."""
    implicit, asked = list(implicit), list(asked)
    for card in ScopeCard:
        groups = tuple(_groups(_of(card, implicit), _of(card, asked)))
        if groups:
            yield CardOfGroups(card.value, str(card.label), groups)


def _of(card: ScopeCard, rows: Iterable[ScreenRow]) -> list[ScreenRow]:
    return [row for row in rows if row.entry.card == card]


def _groups(implicit: list[ScreenRow], asked: list[ScreenRow]) -> Iterator[Group]:
    audiences = dict.fromkeys(row.entry.resource_server for row in (*implicit, *asked))
    for audience in sorted(audiences, key=bool):
        yield Group(
            resource_server(audience) if audience else None,
            tuple(row for row in implicit if row.entry.resource_server == audience),
            tuple(row for row in asked if row.entry.resource_server == audience),
        )
