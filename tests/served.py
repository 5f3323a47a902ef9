"""Django's test client as one of the whole site: programs reach the application that serves them.

Django's own would ask its handler, which knows pages alone. Whoever imports a relying party has
the client of here.
"""

from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse
from django.test import client

from idp.web.machines.application import Machines


class SiteHandler(client.ClientHandler):
    """What a test client calls: `idp.web.machines.site.Site`, less WSGI."""

    def __call__(self, environ: dict[str, Any]) -> HttpResponse:
        request = {**environ}
        response = machines().respond(request)
        if response is None:
            return super().__call__(environ)
        response.wsgi_request = WSGIRequest(environ)  # type: ignore[attr-defined]
        client.conditional_content_removal(response.wsgi_request, response)  # type: ignore[attr-defined]
        return response


_made: list[Machines] = []


def machines() -> Machines:
    """Return the application for programs, set up as `idp.wsgi` does."""
    if not _made:
        # The connection is the test's, as with Django's own client.
        _made.append(
            Machines(
                behind_proxy=settings.BEHIND_PROXY, logs=settings.ACCESS_LOG, before=lambda: None
            )
        )
    return _made[0]


client.ClientHandler = SiteHandler  # type: ignore[misc]
