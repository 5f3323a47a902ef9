"""Bodies that come without a `Content-Length`: in chunks (RFC 9112 §7.1), or over HTTP/2.

Django reads as many bytes as that header says and none without it, so a whole token request would
seem empty.
"""

from collections.abc import Iterable
from io import BytesIO
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

WITHOUT_BODY = {"GET", "HEAD", "OPTIONS"}


class WholeBodies:
    """Put before the WSGI application: gives every body its length, up to what Django takes."""

    def __init__(self, application: "WSGIApplication") -> None:
        self.application = application

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Measure the body where nobody has; a longer one is cut where Django refuses it."""
        if _is_unmeasured(environ):
            body = environ["wsgi.input"].read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
            environ |= {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        return self.application(environ, start_response)


def _is_unmeasured(environ: "WSGIEnvironment") -> bool:
    """Say whether there may be more to read than is said, and reading it comes to an end."""
    return (
        not environ.get("CONTENT_LENGTH")
        and bool(environ.get("wsgi.input_terminated"))
        and environ["REQUEST_METHOD"] not in WITHOUT_BODY
    )
