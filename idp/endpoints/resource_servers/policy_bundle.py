"""The policy bundle: all that a guard needs to decide by itself, signed. GET, authenticated.

A compact JWS (RFC 7515 §3.1) of `typ` `scopeward-policy+jwt`:

    {"iss", "aud", "iat", "max_age", "revision", "document", "revocations"}

`document` is a `scopeward_guard.cedar.PolicyDocument`, `revocations` what `/revocations`
answers. The same keys sign it that sign tokens, so a guard needs no other trust.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseNotFound

from foundation.base import clock, conf
from foundation.base.keys.ring import key_ring
from foundation.journal import deny_list
from foundation.journal.deny_list import DenyListUnavailableError
from idp.client_authentication.resource_server import resource_server_behind
from idp.endpoints.resource_servers.revocations import as_document
from idp.errors import OAuthError, TemporarilyUnavailableError
from idp.web.answers import refuse
from policy.selectors import policy_for
from scopeward_guard.cedar import PolicyDocument
from scopeward_guard.vocabulary import DenyList

MAX_AGE = 300
"""Seconds that a guard may decide by a bundle that nobody has confirmed since."""
ALGORITHM = "ES256"
TYP = "scopeward-policy+jwt"


def policy_bundle(request: HttpRequest) -> HttpResponse:
    """Answer with the caller's bundle, 304 to whoever has it, 404 where there is no policy."""
    if request.method not in {"GET", "HEAD"}:
        return HttpResponseNotAllowed(["GET", "HEAD"])
    try:
        policy = policy_for(resource_server_behind(request).resource_server)
        if policy is None:
            return HttpResponseNotFound()
        return _answer(request, policy.document, deny_list.current())
    except DenyListUnavailableError:
        return refuse(TemporarilyUnavailableError("What is revoked cannot be told now."))
    except OAuthError as error:
        return refuse(error)


def _answer(request: HttpRequest, document: PolicyDocument, listed: DenyList) -> HttpResponse:
    signer = key_ring().signer(ALGORITHM)
    etag = f'"{document.revision[:22]}.{signer.kid[:11]}.{listed.revision}"'
    if etag in request.META.get("HTTP_IF_NONE_MATCH", ""):
        response = HttpResponse(status=304)
    else:
        bundle = signer.sign(_payload(document, listed), typ=TYP)
        response = HttpResponse(bundle, content_type="application/jose")
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response


def _payload(document: PolicyDocument, listed: DenyList) -> dict[str, Any]:
    return {
        "iss": conf.current().issuer,
        "aud": document.audience,
        "iat": int(clock.timestamp()),
        "max_age": MAX_AGE,
        "revision": document.revision,
        "document": document.as_json(),
        "revocations": as_document(listed),
    }
