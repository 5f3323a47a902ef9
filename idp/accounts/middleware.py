"""Sessions of pages: judged before the page is made, listed for the person as allauth does."""

from allauth.usersessions.middleware import UserSessionsMiddleware
from django.http import HttpRequest, HttpResponse

from idp.accounts.watching import judge_change
from idp.risk import device_cookie


class WatchedSessions(UserSessionsMiddleware):
    """Stop a session that has become too unusual, and give devices their cookie."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the page, or with why the session is over."""
        response: HttpResponse = judge_change(request) or super().__call__(request)
        token = getattr(request, "device_token", "")
        if token:
            device_cookie.remember(response, token)
        return response
