"""Request ids, and the short way for endpoints that programs call."""

import re
import uuid
from collections.abc import Callable

import structlog
from django.conf import settings
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.utils import timezone
from django.utils.module_loading import import_string

from idp import cors
from idp.errors import InvalidRequestError

GetResponse = Callable[[HttpRequest], HttpResponse]
log = structlog.get_logger(__name__)
ACCEPTED_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


class RequestId:
    """Give every request an id; a proxy's `X-Request-ID` is kept when it is well-formed."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Bind the id to the log and return it in the answer."""
        offered = request.META.get("HTTP_X_REQUEST_ID", "")
        request_id = offered if ACCEPTED_REQUEST_ID.fullmatch(offered) else uuid.uuid4().hex
        request.request_id = request_id  # type: ignore[attr-defined]
        request.arrived_at = timezone.now()  # type: ignore[attr-defined]
        structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            response = self.get_response(request)
        finally:
            structlog.contextvars.unbind_contextvars("request_id")
        # An endpoint may have to repeat what no log should hold (AuthZEN 1.0 §10.1.11).
        response.setdefault("X-Request-ID", request_id)
        return response


class MachineEndpoints:
    """Answer the endpoints of `settings.MACHINE_ENDPOINTS` without the middleware for pages.

    A path that ends in a slash stands for everything one level below it; a star stands for any one
    name before the last.

    They use no cookies, no CSRF token, no session and no messages. Whatever goes wrong in them is
    answered as JSON.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.views: dict[str, GetResponse] = {
            path: import_string(view) for path, view in settings.MACHINE_ENDPOINTS.items()
        }

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer here, or hand on to the pages."""
        path = request.path_info
        candidates = (path, _parent(path), _starred(path))
        view = next((self.views[name] for name in candidates if name in self.views), None)
        if view is None:
            return self.get_response(request)
        if request.method == "OPTIONS":
            return cors.preflight(request)
        try:
            response = view(request)
        except (SuspiciousOperation, BadRequest, UnreadablePostError):
            # Django reads the body when somebody asks for it, and refuses what is too much then.
            error = InvalidRequestError("The request is too large, malformed or not in UTF-8.")
            response = HttpResponse(error.json, status=error.status_code, headers=error.headers)
        except Exception:
            log.exception("machine_endpoint_failed", path=request.path_info)
            response = JsonResponse(
                {"error": "server_error", "error_description": "Unexpected failure."}, status=500
            )
        response["X-Content-Type-Options"] = "nosniff"
        return cors.allow(request, response)


def _parent(path: str) -> str:
    return path.rpartition("/")[0] + "/"


def _starred(path: str) -> str:
    """Return the path with a star for the name before the last."""
    above, _, last = path.rpartition("/")
    return f"{above.rpartition('/')[0]}/*/{last}"
