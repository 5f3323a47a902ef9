"""SCIM 2.0 (RFC 7644): `/scim/v2`, for systems that hold a token of their own."""

import json
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from pydantic import ValidationError
from scim2_models import NotFoundException, SCIMException

from foundation.base import clock, conf
from foundation.journal.acts import acting_as
from idp.protocol.paths import SCIM
from idp.scim.bodies import MethodError, TooLargeError, read_body
from idp.scim.bulk import bulk
from idp.scim.calls import ScimCall, ScimReply, refused
from idp.scim.discovery import DOCUMENTS, discovered
from idp.scim.handling import handle, search_all
from idp.scim.tokens import caller_of
from idp.web.parameters import authorization_of, bearer_token, query_lists

WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


def scim(request: HttpRequest) -> HttpResponse:
    """Answer one request of a provisioning system."""
    try:
        reply = _reply(request)
    except RequestDataTooBig:
        reply = refused(TooLargeError())
    except (SCIMException, ValidationError) as error:
        reply = refused(error)
    return _response(reply)


def _reply(request: HttpRequest) -> ScimReply:
    caller = caller_of(bearer_token({}, authorization_of(request)), now=clock.now())
    _, kind, *rest = (*request.path_info.removeprefix(SCIM).split("/"), "", "")
    method, key = request.method or "", rest[0]
    base = conf.current().issuer + SCIM
    query = {name: values[-1] for name, values in query_lists(request)}
    if kind in DOCUMENTS:
        if method != "GET":
            raise MethodError
        return discovered(kind, key, base, is_filtered="filter" in query)
    body = read_body(request.body, request.content_type or "") if method in WITH_BODY else {}
    if key == ".search" and method == "POST":
        method, key = "SEARCH", ""
    call = ScimCall(
        caller=caller,
        method=method,
        kind=kind,
        key=key,
        base=base,
        body=body,
        query=query,
        if_match=request.META.get("HTTP_IF_MATCH", ""),
        if_none_match=request.META.get("HTTP_IF_NONE_MATCH", ""),
    )
    with acting_as(caller.author(address=request.META.get("REMOTE_ADDR", ""))):
        if kind == "Bulk" and not key:
            if method != "POST":
                raise MethodError
            return bulk(call, handle)
        if kind == ".search" and not key and method == "POST":
            return search_all(call)
        if kind == "Me":
            raise NotFoundException(detail="A token is nobody: there is no Me.")
        return handle(call)


def _response(reply: ScimReply) -> HttpResponse:
    content = b"" if reply.body is None else json.dumps(reply.body).encode()
    response = HttpResponse(content, status=reply.status, content_type="application/scim+json")
    response["Cache-Control"] = "no-store"
    headers: dict[str, Any] = {"ETag": reply.version, "Location": reply.location}
    for name, value in headers.items():
        if value:
            response[name] = value
    if reply.status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="scim"'
    if reply.status == 503:
        response["Retry-After"] = "1"
    return response
