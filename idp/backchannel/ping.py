"""The mode ping: the client is told that there is an answer, not which (CIBA Core §10.2)."""

import json
from datetime import datetime, timedelta

import httpx
import structlog
from django.db.models import Q
from django.utils import timezone
from jwcrypto.common import JWException

from consent.approvals.webhooks import UnsafeTargetError, send
from idp.backchannel.outcome import State, outcome_of
from idp.backchannel.selectors import WITH_ALL
from idp.models import BackchannelRequest
from idp.tokens.secret_texts import unseal_text

log = structlog.get_logger(__name__)

FIRST_PAUSE = timedelta(seconds=5)
"""Doubles with every attempt, until the request expires."""
GIVE_UP_AFTER = 8


def ping_due(*, may_reach_anything: bool) -> int:
    """Tell every client whose request has been answered; return how many took it.

    Safe at any time and many at once: a request is taken up by one conditional UPDATE.
    `may_reach_anything` allows plain HTTP and private networks: in development.
    """
    now = timezone.now()
    answered = Q(consent_request__isnull=True) | Q(consent_request__decided_at__isnull=False)
    due = BackchannelRequest.objects.filter(answered, notify_at__lte=now, expires_at__gt=now)
    found = list(due.select_related(*WITH_ALL))
    return sum(_ping(request, now, anywhere=may_reach_anything) for request in found)


def _ping(request: BackchannelRequest, now: datetime, *, anywhere: bool) -> bool:
    state = outcome_of(request, now=now).state
    if state not in {State.GRANTED, State.DENIED} or not _take_up(request, now):
        return False
    try:
        status = _send(request, anywhere=anywhere)
    except (OSError, httpx.HTTPError, UnsafeTargetError, JWException) as error:
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


def _send(request: BackchannelRequest, *, anywhere: bool) -> int:
    said = json.loads(unseal_text(request.notification))
    body = json.dumps({"auth_req_id": said["auth_req_id"]}).encode()
    headers = {"Authorization": f"Bearer {said['client_notification_token']}"}
    url = request.client.backchannel_client_notification_endpoint
    return send(url, body, headers, anywhere=anywhere)


def _stop(request: BackchannelRequest) -> None:
    BackchannelRequest.objects.filter(pk=request.pk).update(notify_at=None)
