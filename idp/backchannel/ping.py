"""The mode ping: the client is told that there is an answer, not which (CIBA Core §10.2)."""

import json
from datetime import datetime, timedelta
from functools import partial

from django.db.models import Q, QuerySet
from django.utils import timezone
from jwcrypto.common import JWException

from foundation.base.keys.secret_texts import unseal_text
from foundation.base.outgoing import Call, OutgoingReach, call
from foundation.journal.outbox.delivery import Channel, NotTakenError, NotWantedError, deliver_due
from idp.backchannel.outcome import BackchannelState, outcome_of
from idp.backchannel.selectors import WITH_ALL
from idp.models import BackchannelRequest

FIRST_PAUSE = timedelta(seconds=5)


def ping_due(reach: OutgoingReach) -> int:
    """Tell every client whose request has been answered; return how many took it."""
    return deliver_due(
        Channel(
            name="ping",
            pause=FIRST_PAUSE,
            waiting=_answered,
            is_ready=_has_an_outcome,
            send=partial(_send, reach=reach),
            address=lambda request: request.client.backchannel_client_notification_endpoint,
        )
    )


def _answered(now: datetime) -> QuerySet[BackchannelRequest]:
    answered = Q(consent_request__isnull=True) | Q(consent_request__decided_at__isnull=False)
    rows = BackchannelRequest.objects.filter(answered, expires_at__gt=now)
    return rows.select_related(*WITH_ALL)


def _has_an_outcome(request: BackchannelRequest) -> bool:
    return outcome_of(request, now=timezone.now()).state in {
        BackchannelState.GRANTED,
        BackchannelState.DENIED,
    }


def _send(request: BackchannelRequest, reach: OutgoingReach) -> None:
    try:
        said = json.loads(unseal_text(request.notification))
    except JWException as error:
        raise NotTakenError("It is sealed under a key that is not here.") from error
    body = json.dumps({"auth_req_id": said["auth_req_id"]}).encode()
    headers = {
        "Authorization": f"Bearer {said['client_notification_token']}",
        "Content-Type": "application/json",
    }
    url = request.client.backchannel_client_notification_endpoint
    status = call(Call(url, body=body, headers=headers), reach).status
    if status >= 500:
        raise NotTakenError(f"answered {status}")
    if not 200 <= status < 300:
        # A client that refuses it will do so again (§10.2): it may still poll.
        raise NotWantedError(f"answered {status}")
