"""The history as its person reads it: sentences, newest first."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from consent.approvals.timeline import SENTENCES as OF_APPROVALS, of_another
from consent.grants.single_claims import entry_of
from foundation.base.replica.reading import moments_old
from foundation.journal.models import Act, Actor, Kind


@dataclass(frozen=True)
class TimelineEntry:
    """One act, in the language of the reader."""

    at: datetime
    kind: str
    sentence: str
    quote: str
    """What was said then, as it was said; empty where nothing was."""
    scopes: tuple[str, ...]
    """Titles."""
    address: str
    browser: str
    reason: str
    shared_email: str


def acts_of(person: UUID, grant: UUID | None = None) -> QuerySet[Act]:
    """Return a person's acts with client and personal part, newest first; of one grant if given."""
    acts = Act.objects.filter(personal__person=person).select_related("client", "personal")
    if grant is not None:
        acts = acts.filter(grant=grant)
    return moments_old(acts.order_by("-at", "-number"))


def moment_of(act: Act) -> TimelineEntry:
    """Put an act into words."""
    titles = _titles(act)
    words = {"application": _application(act), "titles": ", ".join(titles)}
    return TimelineEntry(
        at=act.at,
        kind=act.kind,
        sentence=_template(act)() % words,
        quote=act.detail.get("sentence", "") if act.kind in {Kind.GRANTED, Kind.DENIED} else "",
        scopes=titles if act.kind in {Kind.ASKED, Kind.SHOWN, Kind.MINTED} else (),
        address=act.personal.address,
        browser=act.personal.user_agent,
        reason=act.personal.reason,
        shared_email=act.personal.shared_email,
    )


def _application(act: Act) -> str:
    client: Any = act.client
    return client.name if client else _("an application that is gone")


def _titles(act: Act) -> tuple[str, ...]:
    names = act.scope.split()
    return tuple(entry.title if (entry := entry_of(name)) else name for name in names)


def _template(act: Act) -> Callable[[], str]:
    if act.kind == Kind.GRANTED and act.detail.get("implicit"):
        return lambda: _("With the sign-in, %(application)s got: %(titles)s.")
    kind = Kind(act.kind)
    if kind is Kind.SESSION_ENDED and act.detail.get("left_its_browser"):
        return lambda: _("A session of yours was ended, because it turned up in another browser.")
    if kind is Kind.CREDENTIAL_SET:
        return _OF_CREDENTIALS[act.detail.get("what") == "password"]
    if (kind, act.actor) in _SENTENCES_OF_OTHERS:
        return _SENTENCES_OF_OTHERS[kind, Actor(act.actor)]
    if act.actor == Actor.APPROVER:
        return of_another(kind)
    return OF_APPROVALS.get(kind) or _SENTENCES[kind]


_SENTENCES: dict[Kind, Callable[[], str]] = {
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
}
_OF_CREDENTIALS: dict[bool, Callable[[], str]] = {
    True: lambda: _("An administrator set your password."),
    False: lambda: _("An administrator changed your e-mail address."),
}
_SENTENCES_OF_OTHERS: dict[tuple[Kind, Actor], Callable[[], str]] = {
    (Kind.REVOKED, Actor.ADMINISTRATOR): lambda: _(
        "An administrator took back from %(application)s: %(titles)s."
    ),
    (Kind.REVOKED, Actor.CLIENT): lambda: _("%(application)s gave back: %(titles)s."),
    (Kind.REVOKED, Actor.SYSTEM): lambda: _("Taken back from %(application)s: %(titles)s."),
    (Kind.SESSION_ENDED, Actor.SYSTEM): lambda: _(
        "A session of yours was ended, because it was too unusual."
    ),
}
"""Where it makes a difference who did it."""
