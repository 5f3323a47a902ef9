"""Two ways of the outbox: e-mail to people, signed posts to webhooks."""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from django.db.models import Q

from consent.approvals.models import Notice
from consent.approvals.notices.mail import mail
from consent.approvals.notices.webhooks import post
from foundation.base.outgoing import OutgoingReach
from foundation.journal.outbox.delivery import Channel, deliver_due

FIRST_PAUSE = timedelta(seconds=30)
"""The last attempt comes after about an hour."""


@dataclass(frozen=True)
class Office:
    """Where notices are sent from."""

    base_url: str
    """The origin of this site, for links."""
    reach: OutgoingReach = field(default_factory=OutgoingReach)
    """Where webhooks may be."""


def deliver_mail(office: Office) -> int:
    """Send the mails that are due; return how many were sent."""
    return deliver_due(_channel("mail", Q(endpoint=None), office))


def post_webhooks(office: Office) -> int:
    """Send the posts that are due; return how many were taken."""
    return deliver_due(_channel("webhook", Q(endpoint__isnull=False), office))


def _channel(name: str, condition: Q, office: Office) -> Channel[Notice]:
    notices = Notice.objects.filter(condition).select_related("endpoint")
    return Channel(
        name=name,
        pause=FIRST_PAUSE,
        waiting=lambda _now: notices,
        send=partial(_send, office=office),
        address=lambda notice: notice.endpoint.url if notice.endpoint else "",
    )


def _send(notice: Notice, office: Office) -> None:
    if notice.endpoint is not None:
        if notice.endpoint.is_active:
            post(notice, notice.endpoint, office.base_url, office.reach)
    elif notice.person is not None and notice.person.is_active and notice.person.email:
        mail(notice, notice.person, office.base_url)
