"""Sending what is in the outbox: e-mail to people, signed posts to webhooks.

A notice is taken up by one conditional UPDATE that pushes its next attempt into the future. Who has
it sends it; who dies leaves it to the next attempt. Receivers know a repeated one by its id.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import structlog
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import timezone, translation

from consent.approvals.models import Event, Notice
from consent.approvals.webhooks import UnsafeTargetError, post

log = structlog.get_logger(__name__)

BATCH = 50
GIVE_UP_AFTER = 8
FIRST_PAUSE = timedelta(seconds=30)
"""Doubles with every attempt: the last one comes after about an hour."""


@dataclass(frozen=True)
class Office:
    """Where notices are sent from."""

    base_url: str
    """The origin of this site, for links."""
    may_reach_anything: bool = False
    """Whether webhooks may be plain HTTP and lie in private networks: in development."""


def deliver_due(office: Office) -> int:
    """Send what is due; return how many were sent. Safe at any time and many at once."""
    due = Notice.objects.filter(next_attempt_at__lte=timezone.now()).order_by("next_attempt_at")
    return sum(_deliver(notice, office) for notice in list(due[:BATCH]))


def _deliver(notice: Notice, office: Office) -> bool:
    if not _take_up(notice):
        return False
    try:
        _send(notice, office)
    except (OSError, httpx.HTTPError, UnsafeTargetError) as error:
        _failed(notice, error)
        return False
    Notice.objects.filter(pk=notice.pk).update(
        sent_at=timezone.now(), next_attempt_at=None, error=""
    )
    return True


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
            post(notice, notice.endpoint, office.base_url, anywhere=office.may_reach_anything)
    elif notice.person is not None and notice.person.is_active and notice.person.email:
        _mail(notice, office.base_url)


def _mail(notice: Notice, base_url: str) -> None:
    person: Any = notice.person
    about, path, code = _subject(notice)
    with translation.override(_language(getattr(person, "locale", ""))):
        subject = str(notice.get_event_display())
        context = {
            **about,
            "person": person,
            "url": base_url + path,
            "state": notice.get_state_display(),
        }
        body = render_to_string(f"consent/approvals/mail/{notice.event}.txt", context)
    EmailMessage(
        " ".join((f"{subject} ({code})" if code else subject).split()),
        body,
        to=[person.email],
        headers={"Message-ID": f"<{notice.pk}@scopeward>", "Auto-Submitted": "auto-generated"},
    ).send()


def _subject(notice: Notice) -> tuple[dict[str, Any], str, str]:
    """Return what the mail is about: for the template, as a path, and the code people compare."""
    if notice.consent_request is not None:
        asked = notice.consent_request
        return {"consent_request": asked}, asked.return_to, asked.binding_message
    approval: Any = notice.approval
    is_to_requester = notice.event == Event.DECIDED
    path = approval.get_waiting_url() if is_to_requester else approval.get_absolute_url()
    return {"approval": approval}, path, approval.binding_code


def _language(locale: str) -> str:
    try:
        return translation.get_supported_language_variant(locale or "en")
    except LookupError:
        return "en"
