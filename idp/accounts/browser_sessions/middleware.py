"""Sessions of pages: judged before the page is made, listed for the person as allauth does."""

import hashlib

from allauth.usersessions.middleware import UserSessionsMiddleware
from django.core.cache.backends.locmem import LocMemCache
from django.http import HttpRequest, HttpResponse

from foundation.directory.risk import device_cookie
from idp.accounts.browser_sessions.watching import judge_change

LISTED_FOR = 60
"""Seconds by which the list may be late in saying when a session was seen last."""
listings = LocMemCache(
    "listed sessions", {"TIMEOUT": LISTED_FOR, "OPTIONS": {"MAX_ENTRIES": 10_000}}
)
"""What this process has listed lately; each process lists on its own."""


class WatchedSessions(UserSessionsMiddleware):
    """Stop a session that has become too unusual, and give devices their cookie."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the page, or with why the session is over."""
        response: HttpResponse = judge_change(request) or self._listed(request)
        token = getattr(request, "device_token", "")
        if token:
            device_cookie.remember(response, token)
        return response

    def _listed(self, request: HttpRequest) -> HttpResponse:
        """Answer, and let allauth list the session: three statements, so once in a while only."""
        key = request.session.session_key
        if key and not listings.add(_listing(request, key), True):
            answer: HttpResponse = self.get_response(request)
            return answer
        listed: HttpResponse = super().__call__(request)
        return listed


def _listing(request: HttpRequest, session_key: str) -> str:
    """Return what stands for a session as the list shows it; another address is another one."""
    here = (request.META.get("REMOTE_ADDR"), request.META.get("HTTP_USER_AGENT"))
    seen = (session_key, request.user.pk, *here)
    return hashlib.sha256(repr(seen).encode()).hexdigest()
