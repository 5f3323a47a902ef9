"""Sending what is in the outbox: e-mail to people, signed posts to webhooks.

A notice is taken up by one conditional UPDATE that pushes its next attempt into the future. Who has
it sends it; who dies leaves it to the next attempt. Receivers know a repeated one by its id.
"""

import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import structlog
from django.core.mail import EmailMessage
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone, translation

from consent.approvals.models import Event, Notice
from consent.approvals.notices.webhooks import post
from consent.approvals.notices.words import inert
from foundation.base.outgoing import OutgoingError, Reach, breaker
from foundation.directory.models import User

log = structlog.get_logger(__name__)

BATCH = 50
LONGEST_RUN = 20.0
"""Seconds after which a run leaves the rest to the next one."""
GIVE_UP_AFTER = 8
FIRST_PAUSE = timedelta(seconds=30)
"""Doubles with every attempt: the last one comes after about an hour."""


@dataclass(frozen=True)
class Office:
    """Where notices are sent from."""

    base_url: str
    """The origin of this site, for links."""
    reach: Reach = field(default_factory=Reach)
    """Where webhooks may be."""


def deliver_mail(office: Office) -> int:
    """Send the mails that are due; return how many were sent. Safe at any time, many at once."""
    return _deliver_due(Q(endpoint=None), office)


def post_webhooks(office: Office) -> int:
    """Send the posts that are due; return how many were taken. Safe at any time, many at once."""
    return _deliver_due(Q(endpoint__isnull=False), office)


def _deliver_due(which: Q, office: Office) -> int:
    due = Notice.objects.filter(which, next_attempt_at__lte=timezone.now())
    sent, ends_at = 0, time.monotonic() + LONGEST_RUN
    for notice in list(due.select_related("endpoint").order_by("next_attempt_at")[:BATCH]):
        sent += _deliver(notice, office)
        if time.monotonic() > ends_at:
            break
    return sent


def _deliver(notice: Notice, office: Office) -> bool:
    if _is_put_off(notice) or not _take_up(notice):
        return False
    try:
        _send(notice, office)
    except (OSError, OutgoingError) as error:
        _failed(notice, error)
        return False
    Notice.objects.filter(pk=notice.pk).update(
        sent_at=timezone.now(), next_attempt_at=None, error=""
    )
    return True


def _is_put_off(notice: Notice) -> bool:
    """Put off what goes to an endpoint that rests: that is no attempt, and others come first."""
    rest = breaker.rest(notice.endpoint.url) if notice.endpoint else 0.0
    if rest:
        rows = Notice.objects.filter(pk=notice.pk, next_attempt_at=notice.next_attempt_at)
        rows.update(next_attempt_at=timezone.now() + timedelta(seconds=rest))
    return bool(rest)


def _take_up(notice: Notice) -> bool:
    pause = FIRST_PAUSE * 2**notice.attempts
    rows = Notice.objects.filter(pk=notice.pk, next_attempt_at=notice.next_attempt_at)
    taken = rows.update(next_attempt_at=timezone.now() + pause, attempts=notice.attempts + 1)
    notice.attempts += 1
    return taken == 1


def _failed(notice: Notice, error: Exception) -> None:
    log.warning("notice_not_sent", notice=str(notice.pk), error=type(error).__name__)
    values: dict[str, object] = {"error": f"{type(error).__name__}: {error}"[:200]}
    if notice.attempts >= GIVE_UP_AFTER:
        values["next_attempt_at"] = None
    Notice.objects.filter(pk=notice.pk).update(**values)


def _send(notice: Notice, office: Office) -> None:
    if notice.endpoint is not None:
        if notice.endpoint.is_active:
            post(notice, notice.endpoint, office.base_url, office.reach)
    elif notice.person is not None and notice.person.is_active and notice.person.email:
        _mail(notice, notice.person, office.base_url)


def _mail(notice: Notice, person: User, base_url: str) -> None:
    path, said = _about(notice)
    with translation.override(language_of(person.locale)):
        # The subject is ours alone: it is read before anything says who wrote what.
        subject = str(notice.get_event_display())
        said |= {"name": person.get_full_name(), "state": notice.get_state_display()}
        context = {name: inert(str(text)) for name, text in said.items()}
        body = render_to_string(
            f"consent/approvals/mail/{notice.event}.txt", {**context, "url": base_url + path}
        )
    EmailMessage(
        subject,
        body,
        to=[person.email],
        headers={"Message-ID": f"<{notice.pk}@scopeward>", "Auto-Submitted": "auto-generated"},
    ).send()


def _about(notice: Notice) -> tuple[str, dict[str, Any]]:
    """Return the path of what the mail is about, and what others have written about it."""
    if notice.consent_request is not None:
        asked: Any = notice.consent_request
        said = {"application": asked.client.name, "code": asked.binding_message}
        return asked.return_to, said
    approval: Any = notice.approval
    is_to_requester = notice.event == Event.DECIDED
    path = approval.get_waiting_url() if is_to_requester else approval.get_absolute_url()
    return path, {
        "application": approval.client.name,
        "code": approval.binding_code,
        "requester": approval.requester.get_full_name() if approval.requester else "",
        "justification": approval.justification,
    }


def language_of(locale: str) -> str:
    """Return the language of ours that goes with somebody's `locale`."""
    try:
        return translation.get_supported_language_variant(locale or "en")
    except LookupError:
        return "en"
