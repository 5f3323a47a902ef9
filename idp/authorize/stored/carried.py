"""Requests of browsers where nobody is signed in: the browser carries them, nothing is kept here.

Otherwise anybody could fill the database without being known. What is carried is signed, and holds
nothing that the browser did not bring itself: of a pushed request (RFC 9126) only which one it is.
"""

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from foundation.base.prepared.objects import PreparedObjects
from idp.errors import InvalidRequestError
from idp.models import PushedAuthorizationRequest, StoredAuthorizationRequest

PREFIX = "__Host-request-" if settings.HTTPS else f"request-{settings.PORT}-"
SALT = "idp.authorize.stored.carried"
_PUSHED = PreparedObjects[PushedAuthorizationRequest](
    (int,), lambda pk: PushedAuthorizationRequest.objects.filter(pk=pk)
)
LONGEST = 3_500
"""Characters of a cookie; browsers keep 4,096 with its name (RFC 6265 §6.1)."""
LONGEST_TOGETHER = 7_000
"""Of all of them: servers and proxies refuse headers of more than eight or sixteen thousand."""


def carry(request: HttpRequest, response: HttpResponse, stored: StoredAuthorizationRequest) -> None:
    """Give a request to the browser; the oldest that it carries already give way.

    Raises `InvalidRequestError` for one that fits into no cookie.
    """
    value = signing.dumps(_document(stored), salt=SALT, compress=True)
    if len(value) > LONGEST:
        raise InvalidRequestError("The request is too large: it has to be pushed (RFC 9126).")
    room = LONGEST_TOGETHER - len(value)
    for name in reversed([name for name in request.COOKIES if name.startswith(PREFIX)]):
        room -= len(request.COOKIES[name])
        if room < 0:
            response.delete_cookie(name, samesite="Lax")
    response.set_cookie(
        _name(stored.pk),
        value,
        expires=stored.expires_at,
        httponly=True,
        secure=settings.HTTPS,
        samesite="Lax",
    )


def find(request: HttpRequest, request_id: uuid.UUID) -> StoredAuthorizationRequest | None:
    """Return the request that this browser carries, not kept yet; None without one, or too late.

    Whoever asks has looked for a kept one first: that knows whether it was answered.
    """
    try:
        document = signing.loads(request.COOKIES.get(_name(request_id), ""), salt=SALT)
    except signing.BadSignature:
        return None
    parameters = _parameters(document)
    if document["id"] != request_id.hex or parameters is None:
        return None
    return StoredAuthorizationRequest(
        id=request_id,
        client_id=document["client"],
        parameters=parameters,
        browser_digest=document["browser"],
        pushed_request_id=document["pushed"],
        created_at=datetime.fromisoformat(document["created"]),
        expires_at=datetime.fromisoformat(document["expires"]),
    )


def forget(request: HttpRequest, response: HttpResponse, request_id: uuid.UUID) -> None:
    """Take a request from the browser that is kept here now, or was answered."""
    if _name(request_id) in request.COOKIES:
        response.delete_cookie(_name(request_id), samesite="Lax")


def _document(stored: StoredAuthorizationRequest) -> dict[str, Any]:
    return {
        "id": stored.pk.hex,
        "client": stored.client_id,
        "parameters": None if stored.pushed_request_id else stored.parameters,
        "pushed": stored.pushed_request_id,
        "browser": stored.browser_digest,
        "created": stored.created_at.isoformat(),
        "expires": stored.expires_at.isoformat(),
    }


def _parameters(document: dict[str, Any]) -> dict[str, Any] | None:
    if document["pushed"] is None:
        parameters: dict[str, Any] | None = document["parameters"]
    else:
        pushed = _PUSHED.first(document["pushed"])
        parameters = pushed.parameters if pushed else None
    return parameters


def _name(request_id: uuid.UUID) -> str:
    return f"{PREFIX}{request_id.hex}"
