"""One request of a program, from its environment to Django's response."""

import time
from collections.abc import Callable
from typing import Any

import structlog
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.utils.log import log_response
from django.utils.module_loading import import_string

from foundation.base.configuration.one import one_configuration
from idp.errors import InvalidRequestError
from idp.web import access_log, cors
from idp.web.answers import refuse
from idp.web.machine_endpoints import MACHINE_ENDPOINTS, machine_endpoint
from idp.web.machines.connections import look_after
from idp.web.machines.request import MachineRequest, path_of
from idp.web.outages import OUTAGES, unavailable
from idp.web.proxy import client_address

Environ = dict[str, Any]
View = Callable[[HttpRequest], HttpResponse]


class Machines:
    """Answers the endpoints of `MACHINE_ENDPOINTS`, in JSON whatever goes wrong.

    They use no cookies, no session and no messages, and answer to any host name. `behind_proxy`
    says whether a proxy writes down who its clients are, `logs` whether each request is a line;
    `before` is called before each.
    """

    def __init__(
        self, *, behind_proxy: bool, logs: bool, before: Callable[[], None] = look_after
    ) -> None:
        self.behind_proxy, self.logs, self.before = behind_proxy, logs, before
        self.views: dict[str, View] = {
            path: import_string(view) for path, view in MACHINE_ENDPOINTS.items()
        }

    def respond(self, environ: Environ) -> HttpResponse | None:
        """Return the answer, whole; None for a path that is a page's. Raises nothing."""
        started = time.perf_counter()
        name = machine_endpoint(path_of(environ))
        if name is None:
            return None
        if self.behind_proxy:
            environ["REMOTE_ADDR"] = client_address(environ)
        self.before()
        request = MachineRequest(environ)
        # Until the thread's next request binds another: some is logged after the answer.
        structlog.contextvars.bind_contextvars(request_id=request.request_id)
        response = _answer(self.views[name], request)
        response["X-Content-Type-Options"] = "nosniff"
        # An endpoint may have to repeat what no log should hold (AuthZEN 1.0 §10.1.11).
        response.setdefault("X-Request-ID", request.request_id)
        if response.status_code >= 400:
            _log_refusal(request, response)
        if self.logs:
            path, status = request.path_info, response.status_code
            access_log.note(request.method or "", path, status, request.request_id, started)
        return response


def _answer(view: View, request: HttpRequest) -> HttpResponse:
    """Return the view's answer or an error, as the page of a registered client may read it."""
    with one_configuration():
        try:
            if request.method == "OPTIONS":
                return cors.preflight(request)
            return cors.allow(request, _called(view, request))
        except OUTAGES as error:
            return unavailable(request, error)
        except Exception as error:  # noqa: BLE001 - whatever it is, programs are answered in JSON
            return _failed(request, error)


def _called(view: View, request: HttpRequest) -> HttpResponse:
    """Return the view's answer, or what is wrong; raises nothing but `OUTAGES`."""
    try:
        return view(request)
    except OUTAGES:
        raise
    except (SuspiciousOperation, BadRequest, UnreadablePostError):
        # Django reads the body when somebody asks for it, and refuses what is too much then.
        return refuse(InvalidRequestError("The request is too large, malformed or not in UTF-8."))
    except Exception as error:  # noqa: BLE001 - whatever it is, programs are answered in JSON
        return _failed(request, error)


def _failed(request: HttpRequest, error: Exception) -> HttpResponse:
    answer = {"error": "server_error", "error_description": "Unexpected failure."}
    response = JsonResponse(answer, status=500)
    log_response("Failed: %s", request.path, response=response, request=request, exception=error)
    return response


def _log_refusal(request: HttpRequest, response: HttpResponse) -> None:
    """Log as Django does what it answers by itself; once for each answer."""
    log_response("%s: %s", response.reason_phrase, request.path, response=response, request=request)
