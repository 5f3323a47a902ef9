"""JSON from a provider: over the one way out, of a bounded size, without following redirects."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from foundation.base.outgoing import Call, OutgoingError, call
from idp.upstream.relying_party.errors import UpstreamAwayError, UpstreamRefusedError
from scopeward_guard.vocabulary import MalformedError, parse_object

LARGEST = 256 * 1024
"""Bytes of an answer."""


def fetch(url: str, *, authorization: str = "") -> dict[str, Any]:
    """Return the JSON object at an address; raises `UpstreamError`."""
    headers = {"Accept": "application/json"}
    if authorization:
        headers["Authorization"] = authorization
    return _asked(Call(url, method="GET", headers=headers, largest_answer=LARGEST))


def post(url: str, form: Mapping[str, str], *, authorization: str = "") -> dict[str, Any]:
    """Post a form and return the JSON object that is answered; raises `UpstreamError`."""
    headers = {
        "Accept": "application/json",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    if authorization:
        headers["Authorization"] = authorization
    body = urlencode(form).encode()
    return _asked(Call(url, body=body, headers=headers, largest_answer=LARGEST))


def _asked(what: Call) -> dict[str, Any]:
    try:
        answer = call(what, settings.OUTGOING)
    except OutgoingError as error:
        raise UpstreamAwayError(f"{type(error).__name__}: {error}") from error
    if answer.status >= 500:
        raise UpstreamAwayError(f"answered {answer.status}")
    if answer.status != 200:
        raise UpstreamRefusedError(f"answered {answer.status}")
    try:
        return parse_object(answer.body, max_bytes=LARGEST)
    except MalformedError as error:
        raise UpstreamRefusedError(f"not a JSON object: {error}") from error
