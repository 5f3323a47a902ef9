"""The deny-list, for resource servers that validate JWTs themselves: GET, authenticated.

Everybody gets the same list: it names grants, tokens and families by ids that say nothing to
whoever does not hold such a token.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse

from foundation.base import clock
from foundation.journal import deny_list
from foundation.journal.deny_list import DenyListUnavailableError
from idp.client_authentication.resource_server import resource_server_behind
from idp.errors import OAuthError, TemporarilyUnavailableError
from idp.web.answers import refuse
from scopeward_guard.vocabulary import DenyList


def revocations(request: HttpRequest) -> HttpResponse:
    """Answer with the list, 304 to whoever has it, 503 when nobody can tell what is on it.

    At most one statement, with Redis none.
    """
    if request.method not in {"GET", "HEAD"}:
        return HttpResponseNotAllowed(["GET", "HEAD"])
    try:
        resource_server_behind(request)
        listed = deny_list.current()
    except DenyListUnavailableError:
        return refuse(TemporarilyUnavailableError("What has been revoked cannot be told now."))
    except OAuthError as error:
        return refuse(error)
    # Weak: the same list at another moment differs in when it was made (RFC 9110 §8.8.1).
    etag = f'W/"{listed.revision}"'
    if etag in request.META.get("HTTP_IF_NONE_MATCH", ""):
        response = HttpResponse(status=304)
    else:
        response = JsonResponse(as_document(listed))
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response


def as_document(listed: DenyList) -> dict[str, Any]:
    """Return the list as it is handed out at this moment."""
    return {**listed.as_json(), "generated_at": int(clock.timestamp())}
