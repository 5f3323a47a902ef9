"""Signed posts to webhooks.

The receiver checks `Scopeward-Signature: t=<seconds>,v1=<hex>`: the HMAC-SHA-256, under its secret,
of the time, a dot and the body; and refuses old times. `Scopeward-Delivery` names the notice: the
same for every attempt.
"""

import hmac
import json
from typing import Any

from django.db.models import F
from django.utils import timezone

from consent.approvals.models import Notice, WebhookEndpoint
from foundation.base.keyed import secret_key
from foundation.base.outgoing import Call, OutgoingError, Reach, call


class NotTakenError(OutgoingError):
    """The receiver answered something else than 2xx."""


def post(notice: Notice, endpoint: WebhookEndpoint, base_url: str, reach: Reach) -> None:
    """Post a notice; raises `OutgoingError` unless it is taken."""
    body = json.dumps(_payload(notice, base_url)).encode()
    seconds = int(timezone.now().timestamp())
    headers = {
        "Content-Type": "application/json",
        "Scopeward-Delivery": str(notice.pk),
        "Scopeward-Signature": f"t={seconds},v1={signature(endpoint.secret, seconds, body)}",
    }
    status = call(Call(endpoint.url, body=body, headers=headers), reach).status
    if not 200 <= status < 300:
        raise NotTakenError(f"answered {status}")


def rotate_secret(endpoint: WebhookEndpoint) -> str:
    """Give a webhook another secret and return it; the old one signs nothing from now on."""
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(
        secret_version=F("secret_version") + 1, secret_key_id=secret_key().key_id
    )
    endpoint.refresh_from_db(fields=["secret_version", "secret_key_id"])
    return endpoint.secret


def resting_on(key_id: str) -> int:
    """Return how many webhooks have a secret that is derived from this SECRET_KEY."""
    return WebhookEndpoint.objects.filter(secret_key_id=key_id).count()


def signature(secret: str, seconds: int, body: bytes) -> str:
    """Return what a receiver has to find: hexadecimal HMAC-SHA-256 of `<seconds>.<body>`."""
    return hmac.digest(secret.encode(), f"{seconds}.".encode() + body, "sha256").hex()


def _payload(notice: Notice, base_url: str) -> dict[str, object]:
    # No statement and nobody's name: whoever may read them follows the link and signs in.
    approval: Any = notice.approval
    return {
        "id": str(notice.pk),
        "event": f"approval.{notice.event}",
        "at": notice.created_at.isoformat(),
        "approval": str(approval.pk),
        "state": notice.state,
        "type": approval.type,
        "audience": approval.audience,
        "code": approval.binding_code,
        "url": base_url + approval.get_absolute_url(),
    }
