"""Mail about somebody's own account, in their language, once what it tells of is committed."""

from collections.abc import Collection
from smtplib import SMTPException
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

from consent.approvals.notices.mail import language_of
from foundation.base.house.mail_texts import dressed, own_words
from foundation.directory.models import User

log = structlog.get_logger(__name__)


def post_letter(template: str, person: User, to: Collection[str], **said: Any) -> None:
    """Mail `account/email/TEMPLATE_subject.txt` and `…_message.txt` to each address.

    Or what the house says instead. Every template is one of `foundation.base.house.letters`.

    A mail server that is away is logged, and changes nothing else.
    """
    said = {"person": person, "issuer": settings.ISSUER, **said}
    language = language_of(person.locale)
    with translation.override(language):
        own = own_words(template, language, said)
        subject, body = own or (
            render_to_string(f"account/email/{template}_subject.txt", said).strip(),
            render_to_string(f"account/email/{template}_message.txt", said),
        )
    letters = [dressed(EmailMessage(subject, body, to=[address])) for address in sorted(to)]
    transaction.on_commit(lambda: _send(template, letters), robust=True)


def _send(template: str, letters: Collection[EmailMessage]) -> None:
    for letter in letters:
        try:
            letter.send()
        except (OSError, SMTPException):
            log.exception("mail_not_sent", template=template)
