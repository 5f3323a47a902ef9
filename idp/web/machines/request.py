"""A request of a program, made straight from its environment."""

from typing import Any

from django.core.handlers.wsgi import LimitedStream, WSGIRequest, get_path_info

from foundation.base import clock
from idp.web.parameters import FORM, take_form_for_utf_8
from idp.web.request_ids import request_id_of

WITHOUT_PARAMETERS = frozenset({FORM, "application/json", ""})
"""Media types as nearly all programs write them: there is nothing in them to parse."""
WHOLE_BODY = "scopeward.body"
"""Where `environ` has a body that was read already, and found not to be too long."""


class MachineRequest(WSGIRequest):
    """Django's request, with only what every endpoint looks at made beforehand.

    `environ` is one of WSGI (PEP 3333). Form and query are read as Django reads them, under the
    same limits, when somebody asks.
    """

    def __init__(self, environ: dict[str, Any]) -> None:
        self.environ = self.META = environ
        self.path_info = path_of(environ)
        self.path = environ.get("SCRIPT_NAME", "") + self.path_info
        self.method = environ["REQUEST_METHOD"].upper()
        media_type = environ.get("CONTENT_TYPE", "")
        if media_type in WITHOUT_PARAMETERS:
            self.content_type, self.content_params = media_type, {}
        else:
            self._set_content_type_params(environ)  # type: ignore[attr-defined]
            take_form_for_utf_8(self)
        self._stream = environ["wsgi.input"]
        self._read_started = False
        if WHOLE_BODY in environ:
            self._body = environ[WHOLE_BODY]
        else:
            length = environ.get("CONTENT_LENGTH") or ""
            limit = int(length) if length.isdecimal() else 0
            self._stream = LimitedStream(self._stream, limit)  # type: ignore[assignment,arg-type]
        self.resolver_match = None
        self.request_id = request_id_of(environ.get("HTTP_X_REQUEST_ID", ""))
        self.arrived_at = clock.estimate()


def path_of(environ: dict[str, Any]) -> str:
    """Return the path that is asked for, percent-decoded; what is not UTF-8 stays encoded."""
    path: str = environ.get("PATH_INFO", "")
    return path if path.isascii() else get_path_info(environ)
