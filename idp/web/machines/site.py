"""All that is served: endpoints for programs, and pages."""

from collections.abc import Callable, Iterable
from typing import Any

from idp.web.machines.application import Environ, Machines

WSGI = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


class Site:
    """Asks `machines` first; what they do not know is for `pages`, which is Django.

    `idp.front` asks the two by themselves. As a whole it is an application of WSGI (PEP 3333).
    """

    def __init__(self, machines: Machines, pages: WSGI) -> None:
        self.machines, self.pages = machines, pages

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        response = self.machines.respond(environ)
        if response is None:
            return self.pages(environ, start_response)
        status = f"{response.status_code} {response.reason_phrase}"
        start_response(status, list(response.items()))
        return [response.content]
