"""Posts to webhooks about approvals, signed as Standard Webhooks describes."""

import json
from datetime import UTC
from typing import Any

from django.db.models import F
from django.utils import timezone

from consent.approvals.models import Notice, WebhookEndpoint
from foundation.base.keyed import secret_key
from foundation.base.outgoing import Call, OutgoingReach, call
from foundation.journal.outbox.delivery import NotTakenError, NotWantedError
from foundation.journal.outbox.standard_webhooks import signed

GONE = 410
"""The receiver wants no more of it ("Delivery success and failure")."""


def post(notice: Notice, endpoint: WebhookEndpoint, base_url: str, reach: OutgoingReach) -> None:
    """Post a notice; raises `OutgoingError` unless it is taken."""
    body = json.dumps(payload(notice, base_url), separators=(",", ":")).encode()
    seconds = int(timezone.now().timestamp())
    headers = signed(str(notice.pk), seconds, body, endpoint.secret)
    headers["Content-Type"] = "application/json"
    status = call(Call(endpoint.url, body=body, headers=headers), reach).status
    if status == GONE:
        raise NotWantedError(f"answered {status}")
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


def payload(notice: Notice, base_url: str) -> dict[str, Any]:
    """Return what is said of a notice; `base_url` is the origin of this site."""
    # No statement and nobody's name: whoever may read them follows the link and signs in.
    approval: Any = notice.approval
    return {
        "type": f"approval.{notice.event}",
        "timestamp": notice.created_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "data": {
            "approval": str(approval.pk),
            "state": notice.state,
            "type": approval.type,
            "audience": approval.audience,
            "code": approval.binding_code,
            "url": base_url + approval.get_absolute_url(),
        },
    }
