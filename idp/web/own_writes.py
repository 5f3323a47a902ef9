"""Whoever has posted something sees it: their next pages are not a moment old."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from foundation.base import conf
from foundation.base.replica.reading import Visitor, visited_by

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
MARK = "posted"
"""A cookie of the browser. Who forges it gets what the primary has, as without a replica."""
MORE = 2
"""Seconds beyond the greatest age of the replica: what is committed may be written a bit later."""


class OwnWrites:
    """Remember in the browser, for some seconds, that it has posted; a middleware for pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        name = f"__Host-{MARK}" if settings.HTTPS else f"{MARK}-{settings.PORT}"
        posts = request.method not in SAFE
        with visited_by(Visitor(has_posted=name in request.COOKIES, posts=posts)):
            response = self._get_response(request)
        if posts:
            response.set_cookie(
                name,
                "1",
                max_age=conf.current().replica_lag + MORE,
                secure=settings.HTTPS,
                httponly=True,
                samesite="Lax",
            )
        return response
