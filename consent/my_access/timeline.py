"""The history as its person reads it: sentences, newest first."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from consent.approvals.timeline import OF_ANOTHER, SENTENCES as OF_APPROVALS
from consent.grants.single_claims import entry_of
from foundation.base.prepared.statements import PreparedValues
from foundation.base.replica.reading import may_be_old, moments_old
from foundation.journal.models import Act, Actor, Kind

PER_PAGE = 50
SHOWN = (
    "at", "kind", "actor", "scope", "detail", "client__name", "personal__address",
    "personal__user_agent", "personal__reason", "personal__shared_email",
)  # fmt: skip
"""What an entry says of an act: ten columns of fifty."""
ANSWERS = frozenset({Kind.GRANTED, Kind.DENIED})
WITH_SCOPES = frozenset({Kind.ASKED, Kind.SHOWN, Kind.MINTED})
Row = Mapping[str, Any]
Said = Callable[[], str]


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
        detail = act["detail"] if kind in _TOLD_BY_DETAIL else {}
        titles = self._titles_of(act["scope"])
        application = act["client__name"]
        if application is None:
            application = _("an application that is gone")
        named = {"application": application, "titles": titles}
        return TimelineEntry(
            at=act["at"],
            sentence=self._sentence(_said_of(kind, act["actor"], detail)) % named,
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


def _said_of(kind: str, actor: str, detail: Mapping[str, Any]) -> Said:
    if kind == Kind.GRANTED and detail.get("implicit"):
        return _with_the_sign_in
    for said in _ENDED if kind == Kind.SESSION_ENDED else ():
        if detail.get(said):
            return _ENDED[said][actor == Actor.PERSON]
    if kind == Kind.CREDENTIAL_SET:
        return _OF_CREDENTIALS[detail.get("what") == "password"]
    if (kind, actor) in _SENTENCES_OF_OTHERS:
        return _SENTENCES_OF_OTHERS[kind, actor]
    if actor == Actor.APPROVER and kind in OF_ANOTHER:
        return OF_ANOTHER[kind]
    return OF_APPROVALS.get(kind) or _SENTENCES[kind]


def _everywhere() -> str:
    return _("You signed out everywhere.")


def _everywhere_by_others() -> str:
    return _("An administrator signed you out everywhere.")


def _with_the_sign_in() -> str:
    return _("With the sign-in, %(application)s got: %(titles)s.")


def _in_another_browser() -> str:
    return _("A session of yours was ended, because it turned up in another browser.")


_ENDED = {
    "left_its_browser": (_in_another_browser, _in_another_browser),
    "everywhere": (_everywhere_by_others, _everywhere),
}
"""By what the act says: by others, and by the person."""
_TOLD_BY_DETAIL = ANSWERS | {Kind.SESSION_ENDED, Kind.CREDENTIAL_SET}
_SENTENCES: dict[str, Said] = {
    Kind.ASKED: lambda: _("%(application)s asked for access."),
    Kind.SHOWN: lambda: _("You were shown what %(application)s asks for."),
    Kind.GRANTED: lambda: _("You allowed %(application)s: %(titles)s."),
    Kind.DENIED: lambda: _("You said no to %(application)s: %(titles)s."),
    Kind.EXPIRED: lambda: _("The time that %(application)s had is over: %(titles)s."),
    Kind.REVOKED: lambda: _("You took back from %(application)s: %(titles)s."),
    Kind.REOPENED: lambda: _("You let %(application)s ask again: %(titles)s."),
    Kind.MINTED: lambda: _("%(application)s got a token."),
    Kind.ERASED: lambda: _("Personal data was erased from the history."),
    Kind.EXPORTED: lambda: _("An administrator exported records about you."),
    Kind.SECRET_ROTATED: lambda: _("A secret of the servers was replaced."),
    Kind.HISTORY_RESUMED: lambda: _("The history was taken up again after a loss."),
    Kind.CREATED: lambda: _("Something that decides about your access was added."),
    Kind.CHANGED: lambda: _("Something that decides about your access was changed."),
    Kind.REMOVED: lambda: _("Something that decides about your access was removed."),
    Kind.FOUND: lambda: _("Something that decides about your access was found, without an act."),
    Kind.DELEGATED: lambda: _("You let somebody stand in for you."),
    Kind.DELEGATION_ENDED: lambda: _("You ended somebody standing in for you."),
    Kind.SESSION_ENDED: lambda: _("You ended a session that was not yours."),
    Kind.INVITED: lambda: _("An administrator invited you."),
    Kind.INVITATION_USED: lambda: _("You accepted an invitation."),
    Kind.UNINVITED: lambda: _("An administrator withdrew an invitation."),
    Kind.LET_GO: lambda: _("An administrator ended your access."),
    Kind.FACTOR_ADDED: lambda: _("You added a way of signing in."),
    Kind.FACTOR_REMOVED: lambda: _("You removed a way of signing in."),
    Kind.FACTOR_COPIED: lambda: _("A key of yours was switched off: there may be a copy of it."),
    Kind.RECOVERY_CODE_USED: lambda: _("You used a recovery code."),
    Kind.RECOVERY_CODES_MADE: lambda: _("You made new recovery codes."),
    Kind.RESET_ASKED: lambda: _("An administrator asked to reset how you sign in."),
    Kind.RESET_STOPPED: lambda: _("You stopped the reset of how you sign in."),
    Kind.RESET_DONE: lambda: _("How you sign in was reset."),
}
_OF_CREDENTIALS: dict[bool, Said] = {
    True: lambda: _("An administrator set your password."),
    False: lambda: _("An administrator changed your e-mail address."),
}
_SENTENCES_OF_OTHERS: dict[tuple[str, str], Said] = {
    (Kind.REVOKED, Actor.ADMINISTRATOR): lambda: _(
        "An administrator took back from %(application)s: %(titles)s."
    ),
    (Kind.REVOKED, Actor.CLIENT): lambda: _("%(application)s gave back: %(titles)s."),
    (Kind.REVOKED, Actor.SYSTEM): lambda: _("Taken back from %(application)s: %(titles)s."),
    (Kind.EXPORTED, Actor.PERSON): lambda: _("You downloaded your data."),
    (Kind.RESET_STOPPED, Actor.ADMINISTRATOR): lambda: _(
        "An administrator stopped the reset of how you sign in."
    ),
    (Kind.FACTOR_REMOVED, Actor.SYSTEM): lambda: _("A way of signing in was removed."),
    (Kind.RESET_STOPPED, Actor.SYSTEM): lambda: _("The reset of how you sign in was stopped."),
    (Kind.SESSION_ENDED, Actor.SYSTEM): lambda: _(
        "A session of yours was ended, because it was too unusual."
    ),
}
"""Where it makes a difference who did it."""
