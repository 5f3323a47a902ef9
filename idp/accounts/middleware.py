"""Sessions of pages: judged before the page is made, listed for the person as allauth does."""

from datetime import timedelta

from allauth.account.adapter import get_adapter
from allauth.usersessions.middleware import UserSessionsMiddleware
from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from idp.accounts.watching import judge_change
from idp.risk import device_cookie

PRECISION = timedelta(minutes=1)
"""How exactly the list of sessions says when one was last used."""


class WatchedSessions(UserSessionsMiddleware):
    """Stop a session that has become too unusual, and give devices their cookie."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the page, or with why the session is over."""
        response: HttpResponse = judge_change(request) or self._page(request)
        token = getattr(request, "device_token", "")
        if token:
            device_cookie.remember(response, token)
        return response

    def _page(self, request: HttpRequest) -> HttpResponse:
        # allauth writes with every page, which would make each look at one wait for the disk.
        page = self.get_response if _is_listed(request) else super().__call__
        response: HttpResponse = page(request)
        return response


def _is_listed(request: HttpRequest) -> bool:
    """Whether the list of sessions says all there is to say, down to the minute."""
    if not request.session.session_key or not request.user.is_authenticated:
        return False
    is_listed: bool = UserSession.objects.filter(
        session_key=request.session.session_key,
        user_id=request.user.pk,
        ip=get_adapter().get_client_ip(request),
        user_agent=request.META.get("HTTP_USER_AGENT", "")[:200],
        last_seen_at__gt=timezone.now() - PRECISION,
    ).exists()
    return is_listed
