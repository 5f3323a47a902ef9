"""Ending sessions, and with them what they gave to applications."""

from collections.abc import Iterable

from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from django.contrib.auth import logout
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.utils import timezone

from idp.accounts.sign_in import SID_KEY
from idp.tokens.revocation import revoke_session


def sign_out(request: HttpRequest) -> None:
    """End this browser's session, and the tokens that were not meant to outlive it."""
    revoke_session(request.session.get(SID_KEY, ""), now=timezone.now())
    logout(request)


def end_sessions(sessions: Iterable[UserSession]) -> None:
    """End other browsers' sessions, and their tokens in the same way."""
    for session in sessions:
        sid = SessionStore(session.session_key).get(SID_KEY, "")
        revoke_session(sid, now=timezone.now())
        session.end()


class UserSessionsAdapter(DefaultUserSessionsAdapter):
    """The same for allauth's own page."""

    def end_sessions(self, sessions: Iterable[UserSession]) -> None:
        """End them with their tokens."""
        end_sessions(sessions)
