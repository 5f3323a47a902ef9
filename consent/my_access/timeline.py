"""The history as its person reads it: sentences, newest first."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from consent.grants.single_claims import entry_of
from consent.my_access.sentences import ANSWERS, TOLD_BY_DETAIL, Said, said_of
from foundation.base.prepared.statements import PreparedValues
from foundation.base.replica.reading import may_be_old, moments_old
from foundation.journal.models import Act, Kind

PER_PAGE = 50
SHOWN = (
    "at", "kind", "actor", "scope", "detail", "client__name", "personal__address",
    "personal__user_agent", "personal__reason", "personal__shared_email",
)  # fmt: skip
"""What an entry says of an act: ten columns of fifty."""
WITH_SCOPES = frozenset({Kind.ASKED, Kind.SHOWN, Kind.MINTED})
Row = Mapping[str, Any]


class TimelineEntry(NamedTuple):
    """One act, in the language of the reader."""

    at: datetime
    sentence: str
    quote: str
    """What was said then, as it was said; empty where nothing was."""
    scopes: str
    """Titles."""
    address: str
    browser: str
    reason: str
    shared_email: str


def acts_of(person: UUID, grant: UUID | None = None) -> QuerySet[Act, Any]:
    """Return what is shown of a person's acts, newest first; of those of one grant if given."""
    acts = Act.objects.filter(personal__person=person)
    if grant is not None:
        acts = acts.filter(grant=grant)
    shown: QuerySet[Act, Any] = acts.order_by("-at", "-number").values(*SHOWN)
    return shown


def page_of_acts(person: UUID, grant: UUID | None, number: str) -> Page[Row]:
    """Return a page of a person's acts, of one grant if given; the last one for a number too high.

    The newest are what is looked at: one statement that is composed once, and nothing is counted.
    """
    if number not in {"", "1"}:
        return Paginator(moments_old(acts_of(person, grant)), PER_PAGE).get_page(number)
    if grant is None and not may_be_old():
        found: Sequence[Row] = NEWEST.rows(person)
    else:
        found = list(moments_old(_newest(person, grant)))
    return Paginator(found, PER_PAGE).page(1)


def _newest(person: UUID, grant: UUID | None = None) -> QuerySet[Act, Any]:
    """One more than a page has: whether there is another one."""
    return acts_of(person, grant)[: PER_PAGE + 1]


NEWEST = PreparedValues([UUID], _newest)


class Telling:
    """Puts the acts of one page into words: each sentence and each title is looked up once."""

    def __init__(self) -> None:
        self._sentences: dict[Said, str] = {}
        self._titles: dict[str, str] = {}

    def entry(self, act: Row) -> TimelineEntry:
        """Put an act (its `SHOWN`) into words."""
        kind = act["kind"]
        detail = act["detail"] if kind in TOLD_BY_DETAIL else {}
        titles = self._titles_of(act["scope"])
        application = act["client__name"]
        if application is None:
            application = _("an application that is gone")
        named = {"application": application, "titles": titles}
        return TimelineEntry(
            at=act["at"],
            sentence=self._sentence(said_of(kind, act["actor"], detail)) % named,
            quote=detail.get("sentence", "") if kind in ANSWERS else "",
            scopes=titles if kind in WITH_SCOPES else "",
            address=act["personal__address"],
            browser=act["personal__user_agent"],
            reason=act["personal__reason"],
            shared_email=act["personal__shared_email"],
        )

    def _sentence(self, said: Said) -> str:
        if said not in self._sentences:
            self._sentences[said] = said()
        return self._sentences[said]

    def _titles_of(self, scope: str) -> str:
        if scope not in self._titles:
            entries = ((name, entry_of(name)) for name in scope.split())
            titles = (entry.title if entry else name for name, entry in entries)
            self._titles[scope] = ", ".join(titles)
        return self._titles[scope]
