"""A device asks (RFC 8628 §3.2), and somebody takes its request on (§3.3)."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from foundation.base import conf
from foundation.base.secrets import digest, digests
from foundation.directory.may_use import may_use
from foundation.directory.models import Client, User
from idp.authorize.request import AuthorizationRequest
from idp.backchannel.services import ask_person
from idp.device.codes import new_code, read_code
from idp.models import BackchannelRequest

LIFETIME = 600
"""Seconds from the device's request until it is over."""
WRONG_CODES = 10
HOUR = 3_600
"""So many wrong codes a person may type in so many seconds (RFC 8628 §5.1)."""


@dataclass(frozen=True, slots=True)
class DeviceCodes:
    """The answer to the device (RFC 8628 §3.2). Durations are seconds."""

    device_code: str
    user_code: str
    interval: int
    expires_in: int = LIFETIME


class TooManyCodesError(Exception):
    """Somebody has typed too many wrong codes."""


def lodge(request: AuthorizationRequest, client: Client, *, address: str | None) -> DeviceCodes:
    """Keep a checked request until somebody types its code. One statement."""
    device_code, user_code, now = secrets.token_urlsafe(32), new_code(), timezone.now()
    interval = conf.current().backchannel_interval
    BackchannelRequest.objects.create(
        reference=digest(device_code),
        user_code=digest(user_code),
        asked_from=address,
        client=client,
        parameters=request.as_json(),
        created_at=now,
        expires_at=now + timedelta(seconds=LIFETIME),
        interval=interval,
        next_poll_at=now,
    )
    return DeviceCodes(device_code, user_code, interval)


def find_by_code(typed: str, person: User) -> BackchannelRequest | None:
    """Return the request that waits for this code; None for a wrong one, which is counted.

    Raises `TooManyCodesError`.
    """
    key = f"device-codes:{person.pk}"
    if conf.current().rate_limits and cache.get(key, 0) >= WRONG_CODES:
        raise TooManyCodesError
    code = read_code(typed)
    rows = _waiting(timezone.now()).select_related("client")
    found = rows.filter(user_code__in=digests(code)).first() if code else None
    if found is None or not may_use(found.client, person.pk):
        cache.add(key, 0, HOUR)
        cache.incr(key)
        return None
    return found


@transaction.atomic
def claim(request: BackchannelRequest, person: User, *, code: str) -> bool:
    """Make a request somebody's, and ask them; False when somebody else was first.

    `code` is what the device shows: the consent screen shows it too.
    """
    mine = _waiting(timezone.now()).filter(pk=request.pk).update(user=person)
    if not mine:
        return False
    ask_person(request, person, binding_message=code)
    return True


def _waiting(now: datetime) -> QuerySet[BackchannelRequest]:
    return BackchannelRequest.objects.filter(
        user_code__isnull=False, user__isnull=True, expires_at__gt=now, client__is_active=True
    )
