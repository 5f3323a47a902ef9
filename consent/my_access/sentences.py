"""What the acts of a person's history say, as its person reads it."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from consent.approvals.timeline import OF_ANOTHER, SENTENCES as OF_APPROVALS
from foundation.journal.models import Actor, Kind

ANSWERS = frozenset({Kind.GRANTED, Kind.DENIED})
Said = Callable[[], str]


def said_of(kind: str, actor: str, detail: Mapping[str, Any]) -> Said:
    """Return what says an act, in the language of whoever calls it."""
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
TOLD_BY_DETAIL = ANSWERS | {Kind.SESSION_ENDED, Kind.CREDENTIAL_SET}
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
