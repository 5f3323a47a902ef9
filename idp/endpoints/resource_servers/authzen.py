"""AuthZEN Authorization API 1.0 over HTTPS: POST, JSON, HTTP Basic as a resource server.

Each resource server asks its own policy. A denial is 200; an error is a sentence as plain text, by
the status codes of §10.1.9.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse

from foundation.base import conf
from idp.client_authentication.resource_server import resource_server_behind
from idp.errors import OAuthError
from idp.web.documents import Document
from policy.authzen import evaluation, evaluations, search
from scopeward_guard.vocabulary import MalformedError, parse_object

MAX_BODY = 256 * 1024
"""Bytes."""
LONGEST_REQUEST_ID = 256
PLAIN = "text/plain; charset=utf-8"

Answers = Callable[[str, dict[str, Any]], dict[str, Any]]


def _endpoint(answers: Answers, request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        response: HttpResponse = HttpResponseNotAllowed(["POST"])
    else:
        response = _answer(answers, request)
    _repeat_request_id(request, response)
    response["Cache-Control"] = "no-store"
    return response


def _answer(answers: Answers, request: HttpRequest) -> HttpResponse:
    try:
        audience = resource_server_behind(request).resource_server
        return JsonResponse(answers(audience, _body(request)))
    except MalformedError as error:
        return HttpResponse(f"The request cannot be read: {error}.", status=400, content_type=PLAIN)
    except OAuthError as error:
        status = 403 if error.status_code == 400 else error.status_code
        return HttpResponse(
            error.description, status=status, content_type=PLAIN, headers=error.challenge
        )


def _body(request: HttpRequest) -> dict[str, Any]:
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > MAX_BODY:
        raise MalformedError("too long")
    if request.content_type != "application/json":
        raise MalformedError("it is not application/json")
    return parse_object(request.body, max_bytes=MAX_BODY)


def _repeat_request_id(request: HttpRequest, response: HttpResponse) -> None:
    """§10.1.11: the same identifier comes back, whatever the caller's look like."""
    said = request.META.get("HTTP_X_REQUEST_ID", "")
    if said.isprintable() and said.isascii() and 0 < len(said) <= LONGEST_REQUEST_ID:
        response["X-Request-ID"] = said


def _metadata() -> dict[str, Any]:
    """§9: what there is, and where."""
    issuer = conf.current().issuer
    return {
        "policy_decision_point": issuer,
        "access_evaluation_endpoint": f"{issuer}/access/v1/evaluation",
        "access_evaluations_endpoint": f"{issuer}/access/v1/evaluations",
        "search_subject_endpoint": f"{issuer}/access/v1/search/subject",
        "search_resource_endpoint": f"{issuer}/access/v1/search/resource",
        "search_action_endpoint": f"{issuer}/access/v1/search/action",
    }


access_evaluation = partial(_endpoint, evaluation.evaluate)
access_evaluations = partial(_endpoint, evaluations.evaluate)
search_subject = partial(_endpoint, lambda a, b: search.find_subjects(a, b).as_json())
search_resource = partial(_endpoint, lambda a, b: search.find_resources(a, b).as_json())
search_action = partial(_endpoint, lambda a, b: search.find_actions(a, b).as_json())
configuration = Document(_metadata)
