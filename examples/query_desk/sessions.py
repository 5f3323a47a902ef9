"""Sessions kept on the server: the browser holds a random id and never sees a token."""

import secrets
import threading
import time
from collections import OrderedDict
from typing import Any

from flask import Flask, Request, Response
from flask.sessions import SessionInterface, SessionMixin

LIFETIME = 8 * 3600
MOST_SESSIONS = 10_000


class Session(dict[str, Any], SessionMixin):
    """What one browser's visit consists of; threads that serve it at the same time share it."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self.key = key
        self.lock = threading.RLock()
        self.expires_at = time.monotonic() + LIFETIME


class ServerSideSessions(SessionInterface):
    """Flask's sessions in the memory of this process."""

    def __init__(self) -> None:
        self._sessions: OrderedDict[str, Session] = OrderedDict()
        self._lock = threading.Lock()

    def open_session(self, app: Flask, request: Request) -> Session:
        """Return the visit the cookie names, or a fresh one that nobody else knows."""
        key = request.cookies.get(self.get_cookie_name(app), "")
        with self._lock:
            session = self._sessions.get(key)
            if session is not None and session.expires_at > time.monotonic():
                return session
            self._sessions.pop(key, None)
        return Session(secrets.token_urlsafe(32))

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Keep a visit that holds something and tell the browser its id."""
        if not isinstance(session, Session) or not session:
            return
        with self._lock:
            known = session.key in self._sessions
            self._sessions[session.key] = session
            while len(self._sessions) > MOST_SESSIONS:
                self._sessions.popitem(last=False)
        if not known:
            response.set_cookie(
                self.get_cookie_name(app),
                session.key,
                httponly=True,
                secure=self.get_cookie_secure(app),
                samesite="Lax",
            )

    def renew(self, session: Session) -> None:
        """Give the visit another id: whoever knew the old one stays outside (session fixation)."""
        with self._lock:
            self._sessions.pop(session.key, None)
            session.key = secrets.token_urlsafe(32)
