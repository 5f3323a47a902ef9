"""Something that we depend on is not there: the database, Redis, a key to sign with.

Nobody asks beforehand whether they are there, and nothing has to be switched on again: whoever
needs one that is away fails with one of `OUTAGES`, is answered 503 in one place (programs by
`machines.application`, people by `error_responses.server_error`), and the next request tries
anew.
"""

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils.log import log_response
from redis import RedisError

from foundation.base.keys.ring import NoSigningKeyError
from idp.errors import TemporarilyUnavailableError
from idp.web.answers import refuse

OUTAGES = (OperationalError, InterfaceError, RedisError, NoSigningKeyError)
"""Also what passes by itself while they are there: a deadlock, a lock that took too long."""
RETRY_AFTER = 5
"""Seconds."""


def unavailable(request: HttpRequest, error: Exception) -> HttpResponse:
    """Tell a program that asking again later will help, and the log what is away, in one line."""
    sentence = "Something that the provider needs does not answer. Try again in a moment."
    response = refuse(TemporarilyUnavailableError(sentence, retry_after=RETRY_AFTER))
    log_response("Unavailable: %s: %s", request.path, error, response=response, request=request)
    return response
