"""Using an approval up, and reporting what came of it: for the resource server it is for.

`POST /approvals/{id}/consume` and `/report`, JSON, HTTP Basic. Why an approval cannot be used is
in the history and in no answer.
"""

import json
import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse

from consent.approvals.use import consuming as use
from consent.approvals.use.consuming import Report
from foundation.directory.models import Client
from foundation.journal.context import BY_THE_SYSTEM
from idp.client_authentication.resource_server import resource_server_behind
from idp.errors import InvalidGrantError, InvalidRequestError, OAuthError
from idp.protocol.paths import APPROVALS
from idp.web.answers import refuse

MAX_BODY = 4096
"""Bytes."""
NAME = re.compile(r"[\x21-\x7e]{0,128}")
"""Token ids and digests."""
OUTCOMES = {"executed": True, "failed": False}

Act = Callable[[Client, UUID, dict[str, Any]], HttpResponse]


def consume(request: HttpRequest) -> HttpResponse:
    """Let exactly one use of one token win; every other is `invalid_grant`."""
    return _answer(request, _consume)


def report(request: HttpRequest) -> HttpResponse:
    """Take down what came of a use, once."""
    return _answer(request, _report)


def _consume(client: Client, approval_id: UUID, said: dict[str, Any]) -> HttpResponse:
    consumption = use.consume(
        approval_id,
        jti=_name(said, "jti"),
        detail_digest=_name(said, "detail_digest"),
        audience=client.resource_server,
    )
    used = consumption.approval
    if not consumption or used is None or used.consumed_at is None:
        raise InvalidGrantError
    at = used.consumed_at.isoformat()
    return JsonResponse({"consumed": True, "approval_id": str(used.pk), "consumed_at": at})


def _report(client: Client, approval_id: UUID, said: dict[str, Any]) -> HttpResponse:
    outcome, row_count, detail = said.get("outcome"), said.get("row_count"), said.get("detail", "")
    if not isinstance(outcome, str) or outcome not in OUTCOMES:
        raise InvalidRequestError("outcome must be executed or failed.")
    if not (row_count is None or type(row_count) is int) or not isinstance(detail, str):
        raise InvalidRequestError("row_count must be a whole number, and detail a text.")
    try:
        told = Report(OUTCOMES[outcome], row_count, detail, _name(said, "jti"))
    except ValueError as error:
        raise InvalidRequestError("row_count is out of range.") from error
    if not use.report(approval_id, client.resource_server, told, BY_THE_SYSTEM):
        raise InvalidGrantError
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _answer(request: HttpRequest, act: Act) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        response = act(resource_server_behind(request), _approval_id(request), _body(request))
    except OAuthError as error:
        return refuse(error)
    response["Cache-Control"] = "no-store"
    return response


def _approval_id(request: HttpRequest) -> UUID:
    """Return the id in the address; one that is none looks like an approval of somebody else."""
    named = request.path_info.removeprefix(f"{APPROVALS}/").partition("/")[0]
    try:
        approval_id = UUID(named)
    except ValueError:
        raise InvalidGrantError from None
    if str(approval_id) != named:
        raise InvalidGrantError
    return approval_id


def _body(request: HttpRequest) -> dict[str, Any]:
    text = request.body
    try:
        said = json.loads(text) if len(text) <= MAX_BODY else None
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise InvalidRequestError("The body must be a JSON object.")
    return said


def _name(said: dict[str, Any], member: str) -> str:
    value = said.get(member)
    if not isinstance(value, str) or not NAME.fullmatch(value):
        raise InvalidRequestError(f"{member} is missing or malformed.")
    return value
