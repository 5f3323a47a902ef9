"""Request ids, and the short way for endpoints that programs call."""

import re
import uuid
from collections.abc import Callable

import structlog
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict, UnreadablePostError
from django.utils.log import log_response
from django.utils.module_loading import import_string

from foundation.base import clock
from foundation.base.configuration.one import one_configuration
from foundation.base.texts.storable import is_storable
from idp.errors import InvalidRequestError
from idp.web import cors
from idp.web.answers import refuse
from idp.web.machine_endpoints import MACHINE_ENDPOINTS, machine_endpoint
from idp.web.outages import OUTAGES, unavailable

ASCII = bytes(range(32, 127))
GetResponse = Callable[[HttpRequest], HttpResponse]
ACCEPTED_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


def request_id_of(offered: str) -> str:
    """Return the id that a request came with if it is well-formed, or else a new one."""
    return offered if ACCEPTED_REQUEST_ID.fullmatch(offered) else uuid.uuid4().hex


class RequestId:
    """Give every request an id; a proxy's `X-Request-ID` is kept when it is well-formed."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Bind the id to the log and return it in the answer."""
        request_id = request_id_of(request.META.get("HTTP_X_REQUEST_ID", ""))
        request.request_id = request_id  # type: ignore[attr-defined]
        request.arrived_at = clock.estimate()  # type: ignore[attr-defined]
        # Until the thread's next request binds another: Django logs refusals after all middleware.
        structlog.contextvars.bind_contextvars(request_id=request_id)
        response = self.get_response(request)
        # An endpoint may have to repeat what no log should hold (AuthZEN 1.0 §10.1.11).
        response.setdefault("X-Request-ID", request_id)
        return response


class OneConfiguration:
    """Let everything that answers a request go by one configuration."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer. A body that is streamed is made later, and goes by what is in force then."""
        with one_configuration():
            return self.get_response(request)


class MachineEndpoints:
    """Answer the endpoints of `MACHINE_ENDPOINTS` without the middleware for pages.

    They use no cookies, no CSRF token, no session and no messages. Whatever goes wrong in them is
    answered as JSON.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.views: dict[str, GetResponse] = {
            path: import_string(view) for path, view in MACHINE_ENDPOINTS.items()
        }

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer here, or hand on to the pages."""
        _take_for_utf_8(request)
        name = machine_endpoint(request.path_info)
        if name is None:
            return self.get_response(request)
        view = self.views[name]
        try:
            if request.method == "OPTIONS":
                response = cors.preflight(request)
            else:
                response = cors.allow(request, _answer(view, request))
        except OUTAGES as error:
            response = unavailable(request, error)
        response["X-Content-Type-Options"] = "nosniff"
        return response


PROTOCOL_PAGES = frozenset({"/authorize", "/logout"})
"""They check each parameter they know (RFC 6749 appendix A) and ignore all others (§3.1)."""


class StorableText:
    """Refuse what no database of ours can hold or compare: a NUL in an address or a form.

    PostgreSQL answers it with an error, wherever a page puts it into a statement.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Hand on; raises `BadRequest`, which is answered as a page."""
        if request.path in PROTOCOL_PAGES:
            return self.get_response(request)
        given = [request.path, *_texts(request.GET)]
        # In either kind of form; of any other body Django makes none.
        given += _texts(request.POST)
        if not all(map(is_storable, given)):
            raise BadRequest("a text that cannot be stored")
        return self.get_response(request)


def _texts(given: QueryDict) -> list[str]:
    return [text for name, values in given.lists() for text in (name, *values)]


def _answer(view: GetResponse, request: HttpRequest) -> HttpResponse:
    """Return the view's answer, or an error in JSON; raises nothing but `OUTAGES`."""
    try:
        return view(request)
    except OUTAGES:
        raise
    except (SuspiciousOperation, BadRequest, UnreadablePostError):
        # Django reads the body when somebody asks for it, and refuses what is too much then.
        return refuse(InvalidRequestError("The request is too large, malformed or not in UTF-8."))
    except Exception as error:  # noqa: BLE001 - whatever it is, programs are answered in JSON
        answer = {"error": "server_error", "error_description": "Unexpected failure."}
        response = JsonResponse(answer, status=500)
        log_response(
            "Failed: %s", request.path, response=response, request=request, exception=error
        )
        return response


def _take_for_utf_8(request: HttpRequest) -> None:
    """Read a form as UTF-8 (RFC 6749 appendix B) when it names another charset that contains ASCII.

    The media type has no such parameter, and many libraries send one. What is not UTF-8 then is
    refused where it is read.
    """
    if request.encoding is None:
        return
    try:
        means_ascii = ASCII.decode(request.encoding) == ASCII.decode("ascii")
    except (LookupError, UnicodeError):
        return
    if means_ascii:
        request.encoding = "utf-8"
