"""Ending sessions, and with them what they gave to applications."""

from collections.abc import Iterable

from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from django.contrib.auth import logout
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.sessions.models import Session
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from foundation.directory.factors import remembered
from foundation.directory.sign_in import SID_KEY
from idp.accounts.browser_sessions.store import SessionStore
from idp.tokens.families.store import revoke_families
from idp.tokens.revocation import revoke_session


def sign_out(request: HttpRequest) -> None:
    """End this browser's session, and the tokens that were not meant to outlive it."""
    revoke_session(request.session.get(SID_KEY, ""), now=timezone.now())
    logout(request)


def take(request: HttpRequest) -> bool:
    """Remove the row of this browser's session; return whether it was there: to one of several."""
    removed, _ = Session.objects.filter(session_key=request.session.session_key).delete()
    return removed > 0


def end_sessions(sessions: Iterable[UserSession]) -> None:
    """End other browsers' sessions, and their tokens in the same way."""
    for session in sessions:
        sid = SessionStore(session.session_key).get(SID_KEY, "")
        revoke_session(sid, now=timezone.now())
        session.end()


def end_session_named(subject: str, sid: str) -> None:
    """End the session of one person that ID tokens call `sid`, and its tokens; it may be over."""
    for session in UserSession.objects.filter(user=subject) if sid else ():
        if SessionStore(session.session_key).get(SID_KEY) == sid:
            end_sessions([session])
            return


def end_elsewhere(person: AbstractBaseUser, request: HttpRequest | None = None) -> None:
    """End every session of somebody and every token, for whoever has them may be somebody else.

    What belongs to the person's own session in this browser goes on. Offline access elsewhere ends
    as well, and no device stands for a factor any more: whoever knew the old password may have
    asked for both.
    """
    mine = request.session if request is not None and request.user.pk == person.pk else None
    here = mine.session_key if mine is not None else None
    for session in UserSession.objects.filter(user=person.pk).exclude(session_key=here or ""):
        session.end()
    remembered.forget(person.pk)
    sid = mine.get(SID_KEY, "") if mine is not None else ""
    others = ~Q(sid=sid) if sid else Q()
    revoke_families(timezone.now(), others, user=person.pk)


class UserSessionsAdapter(DefaultUserSessionsAdapter):
    """The same for allauth's own page."""

    def end_sessions(self, sessions: Iterable[UserSession]) -> None:
        """End them with their tokens."""
        end_sessions(sessions)
