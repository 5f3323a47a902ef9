"""grant_type=urn:ietf:params:oauth:grant-type:device_code (RFC 8628 §3.4, §3.5)."""

from django.utils import timezone

from foundation.directory.models import Client
from idp.answered.fetching import fetch_for_person, refuse_unless_granted
from idp.backchannel.outcome import outcome_of
from idp.backchannel.selectors import find_for_client
from idp.errors import InvalidGrantError
from idp.token_requests.request import TokenRequest
from idp.tokens.issue import Issue


def issue_for_device_code(request: TokenRequest, client: Client) -> Issue:
    """Exchange a `device_code` for tokens, once, when it was granted; raises `OAuthError`."""
    found = find_for_client(request.required("device_code"), client)
    if found is None or not found.is_of_a_device:
        raise InvalidGrantError
    now = timezone.now()
    outcome = outcome_of(found, now=now)
    refuse_unless_granted(found, outcome, now=now)
    return fetch_for_person(found, outcome, request, now=now)
