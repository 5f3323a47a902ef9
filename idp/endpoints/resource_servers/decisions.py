"""The decision log, for resource servers that decide by themselves: POST, JSON, HTTP Basic.

A batch is taken whole or not at all, and may be sent again: `policy.decision_log.ingest`.
"""

from http import HTTPStatus

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from idp.client_authentication.resource_server import resource_server_behind
from idp.errors import InvalidRequestError, OAuthError, TemporarilyUnavailableError
from idp.web.answers import refuse
from policy.decision_log.ingest import parse_batch
from policy.decision_log.services import record_batch
from scopeward_guard.vocabulary import MalformedError, parse_object

MAX_BODY = 256 * 1024
"""Bytes."""
MINUTE = 60
"""Seconds."""
MOST_BATCHES = 600
"""Of one resource server in a minute: more would fill the disk, not inform anybody."""


def decisions(request: HttpRequest) -> HttpResponse:
    """Log the caller's decisions: 204, or 400 and nothing of the batch is logged."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        audience = resource_server_behind(request).resource_server
        _check_rate(audience)
        record_batch(parse_batch(parse_object(_body(request), max_bytes=MAX_BODY), audience))
    except MalformedError as error:
        return refuse(InvalidRequestError(f"The batch cannot be logged: {error}."))
    except OAuthError as error:
        return refuse(error)
    return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"Cache-Control": "no-store"})


def _body(request: HttpRequest) -> bytes:
    # Django would read up to ten times as much before it looks at what came.
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > MAX_BODY:
        raise MalformedError("too long")
    return request.body


def _check_rate(audience: str) -> None:
    key = f"decision-log:{audience}"
    try:
        cache.add(key, 0, timeout=MINUTE)
        batches = cache.incr(key)
    except ValueError:  # the minute ended between the two lines
        return
    if batches > MOST_BATCHES:
        sentence = "Too many batches. Send larger ones, less often."
        raise TemporarilyUnavailableError(sentence, retry_after=MINUTE)
