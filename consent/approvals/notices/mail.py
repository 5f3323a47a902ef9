"""E-mails about what waits for people, and what became of what they asked."""

from typing import Any

from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation

from consent.approvals.models import Event, Notice
from foundation.base.house.mail_texts import dressed, own_words
from foundation.base.texts.inert import inert
from foundation.directory.models import User


def mail(notice: Notice, person: User, base_url: str) -> None:
    """Send a notice to its person; raises OSError when the mail server does not take it."""
    path, said = _about(notice)
    language = language_of(person.locale)
    with translation.override(language):
        # The subject is ours alone: it is read before anything says who wrote what.
        subject = str(notice.get_event_display())
        said |= {"name": person.get_full_name(), "state": notice.get_state_display()}
        context = {name: inert(str(text)) for name, text in said.items()}
        context["url"] = base_url + path
        subject, body = own_words(f"approval_{notice.event}", language, context) or (
            subject,
            render_to_string(f"consent/approvals/mail/{notice.event}.txt", context),
        )
    message = EmailMessage(
        subject,
        body,
        to=[person.email],
        headers={"Message-ID": f"<{notice.pk}@scopeward>", "Auto-Submitted": "auto-generated"},
    )
    dressed(message).send()


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
