"""Bundles for Open Policy Agent: `GET /opa/bundles/{name}.tar.gz`, as the resource server.

https://www.openpolicyagent.org/docs/management-bundles: ETag and If-None-Match, `Prefer: wait=`.
"""

import re

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from foundation.base.keys.ring import NoSigningKeyError
from foundation.directory.models import Client
from foundation.journal.deny_list import DenyListUnavailableError
from idp.client_authentication.resource_server import resource_server_behind
from idp.errors import InvalidTargetError, OAuthError, TemporarilyUnavailableError
from idp.opa.editions import current_bundle
from idp.opa.long_polls import TooManyWaitError, next_bundle
from idp.protocol.paths import OPA_BUNDLES
from idp.web.answers import refuse
from policy.opa.bundle import MEDIA_TYPE, PLAIN_MEDIA_TYPE, OpaBundle
from policy.opa.config import bundle_name

ETAG = re.compile(r'"([0-9a-f]{32})"')
WAIT = re.compile(r"(?:^|[;,\s])wait=(\d{1,6})(?=$|[;,\s])")


def bundles(request: HttpRequest) -> HttpResponse:
    """Answer with the bundle; 304 to whoever has it, after waiting for another when asked to.

    503 when nobody can tell what was revoked. Warm: one statement, with Redis none.
    """
    if request.method not in {"GET", "HEAD"}:
        return HttpResponseNotAllowed(["GET", "HEAD"])
    try:
        client = resource_server_behind(request)
        _check_name(request, client)
        return _answer(request, client.resource_server)
    except (DenyListUnavailableError, NoSigningKeyError):
        return refuse(TemporarilyUnavailableError("There is no bundle that could be relied on."))
    except OAuthError as error:
        return refuse(error)


def _answer(request: HttpRequest, audience: str) -> HttpResponse:
    known = ETAG.search(request.META.get("HTTP_IF_NONE_MATCH", ""))
    asked = WAIT.search(request.META.get("HTTP_PREFER", ""))
    try:
        bundle = next_bundle(audience, known[1] if known else "", int(asked[1]) if asked else 0)
    except TooManyWaitError:
        # Without the media type of long polling OPA goes back to asking at intervals.
        _, bundle = current_bundle(audience)
        return _with_headers(HttpResponse(bundle.content, content_type=PLAIN_MEDIA_TYPE), bundle)
    if known and known[1] == bundle.revision:
        return _with_headers(HttpResponse(status=304), bundle)
    return _with_headers(HttpResponse(bundle.content, content_type=MEDIA_TYPE), bundle)


def _check_name(request: HttpRequest, client: Client) -> None:
    """Raise `InvalidTargetError` for the bundle of another resource server."""
    named = request.path_info.removeprefix(f"{OPA_BUNDLES}/")
    if named != f"{bundle_name(client.client_id)}.tar.gz":
        raise InvalidTargetError("That is not the bundle of this resource server.")


def _with_headers(response: HttpResponse, bundle: OpaBundle) -> HttpResponse:
    response["ETag"] = f'"{bundle.revision}"'
    response["Cache-Control"] = "private, no-cache"
    return response
