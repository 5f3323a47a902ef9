"""What keeps a client from trying out names, and from wearing people down with requests."""

from django.core.cache import cache
from django.utils import timezone

from consent.approvals.notices.reaching import may_ask, may_ask_for_itself, take_turns
from foundation.base import conf
from foundation.directory.models import Client, User
from idp.errors import TemporarilyUnavailableError
from idp.models import BackchannelRequest

UNKNOWN_HINTS = 20
"""So often in an hour a client may name somebody who is not here."""
HOUR = 3600
WAITING_AT_ONCE = 5
"""So many requests of one client may wait for one person."""


class TooManyRequestsError(TemporarilyUnavailableError):
    """RFC 6585 §4: later, not never."""

    status_code = 429
    default_description = "Too many requests. Try again later."


def refuse_guessing(client: Client) -> None:
    """Raise when the client has named too many strangers, whoever it names now."""
    if conf.current().rate_limits and cache.get(_key(client), 0) >= UNKNOWN_HINTS:
        raise TooManyRequestsError


def note_stranger(client: Client) -> None:
    """Count a hint that means nobody."""
    cache.add(_key(client), 0, HOUR)
    cache.incr(_key(client))


def refuse_crowding(client: Client, person: User) -> None:
    """Raise when enough was asked of this person, by this client or by all; or they said no.

    Call it in the transaction that stores the request: others wait until that ends.
    """
    take_turns(client.pk, person.pk)
    waiting = BackchannelRequest.objects.filter(
        client=client,
        user=person,
        expires_at__gt=timezone.now(),
        consent_request__decided_at__isnull=True,
    )
    if waiting.count() >= WAITING_AT_ONCE or not may_ask(client.pk, person.pk):
        raise TooManyRequestsError


def refuse_own_flood(client: Client, wanted: int) -> None:
    """Raise when a client that asks for itself has asked for enough; as `refuse_crowding`."""
    take_turns(client.pk)
    if not may_ask_for_itself(client.pk, wanted):
        raise TooManyRequestsError


def _key(client: Client) -> str:
    return f"backchannel-strangers:{client.pk}"
