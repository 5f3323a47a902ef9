"""Finding requests: the client's by its `auth_req_id`, the person's by who they are."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from foundation.base.secrets import digests
from foundation.directory.models import Client, User
from idp.models import BackchannelRequest

WITH_ALL = ("client", "user", "consent_request")


def find_for_client(auth_req_id: str, client: Client) -> BackchannelRequest | None:
    """Return the request that this client lodged; another client's looks like none."""
    rows = BackchannelRequest.objects.select_related(*WITH_ALL)
    return rows.filter(reference__in=digests(auth_req_id), client=client).first()


def find_for_person(request_id: UUID, person: User) -> BackchannelRequest | None:
    """Return the request that was put to this person; another's looks like none."""
    rows = BackchannelRequest.objects.select_related(*WITH_ALL)
    return rows.filter(pk=request_id, user=person).first()


def waiting_for(person: User, now: datetime) -> QuerySet[BackchannelRequest]:
    """Return what waits for this person's answer, the first to run out first."""
    rows = BackchannelRequest.objects.select_related(*WITH_ALL).order_by("expires_at")
    return rows.filter(
        user=person,
        expires_at__gt=now,
        client__is_active=True,
        consent_request__decided_at__isnull=True,
        consent_request__isnull=False,
    )
