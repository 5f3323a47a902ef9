"""The mode ping: the client is told that there is an answer, not which (CIBA Core §10.2)."""

import json
import time
from datetime import datetime, timedelta

import structlog
from django.db.models import Q
from django.utils import timezone
from jwcrypto.common import JWException

from foundation.base.keys.secret_texts import unseal_text
from foundation.base.outgoing import Call, OutgoingError, Reach, breaker, call
from idp.backchannel.outcome import State, outcome_of
from idp.backchannel.selectors import WITH_ALL
from idp.models import BackchannelRequest

log = structlog.get_logger(__name__)

FIRST_PAUSE = timedelta(seconds=5)
"""Doubles with every attempt, until the request expires."""
GIVE_UP_AFTER = 8
BATCH = 100
LONGEST_RUN = 20.0
"""Seconds after which a run leaves the rest to the next one."""


def ping_due(reach: Reach) -> int:
    """Tell every client whose request has been answered; return how many took it.

    Safe at any time and many at once: a request is taken up by one conditional UPDATE. A client
    that does not answer rests, and its requests wait.
    """
    now = timezone.now()
    answered = Q(consent_request__isnull=True) | Q(consent_request__decided_at__isnull=False)
    due = BackchannelRequest.objects.filter(answered, notify_at__lte=now, expires_at__gt=now)
    pinged, ends_at = 0, time.monotonic() + LONGEST_RUN
    for request in due.select_related(*WITH_ALL).order_by("notify_at")[:BATCH]:
        pinged += _ping(request, now, reach)
        if time.monotonic() > ends_at:
            break
    return pinged


def _ping(request: BackchannelRequest, now: datetime, reach: Reach) -> bool:
    if rest := breaker.rest(request.client.backchannel_client_notification_endpoint):
        rows = BackchannelRequest.objects.filter(pk=request.pk, notify_at=request.notify_at)
        rows.update(notify_at=now + timedelta(seconds=rest))
        return False
    state = outcome_of(request, now=now).state
    if state not in {State.GRANTED, State.DENIED} or not _take_up(request, now):
        return False
    try:
        status = _send(request, reach)
    except (OutgoingError, JWException) as error:
        log.warning("ping_not_sent", request=str(request.pk), error=type(error).__name__)
        return False
    if status < 500:
        # A client that refuses it will do so again (§10.2): it may still poll.
        _stop(request)
    log.info("client_pinged", request=str(request.pk), status=status)
    return 200 <= status < 300


def _take_up(request: BackchannelRequest, now: datetime) -> bool:
    attempts = request.attempts + 1
    following = now + FIRST_PAUSE * 2**request.attempts if attempts < GIVE_UP_AFTER else None
    rows = BackchannelRequest.objects.filter(pk=request.pk, notify_at=request.notify_at)
    return rows.update(notify_at=following, attempts=attempts) == 1


def _send(request: BackchannelRequest, reach: Reach) -> int:
    said = json.loads(unseal_text(request.notification))
    body = json.dumps({"auth_req_id": said["auth_req_id"]}).encode()
    headers = {
        "Authorization": f"Bearer {said['client_notification_token']}",
        "Content-Type": "application/json",
    }
    url = request.client.backchannel_client_notification_endpoint
    return call(Call(url, body=body, headers=headers), reach).status


def _stop(request: BackchannelRequest) -> None:
    BackchannelRequest.objects.filter(pk=request.pk).update(notify_at=None)
