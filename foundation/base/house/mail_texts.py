"""What a mail says: our words, or the house's own, with placeholders and nothing else in them."""

import re
from collections.abc import Mapping
from email.utils import formataddr, parseaddr
from typing import Any, NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from foundation.base import conf
from foundation.base.configuration.kept import Kept
from foundation.base.house.in_use import house
from foundation.base.house.letter_parts import HOUSE, MOMENT, NUMBER, Letter, Placeholder
from foundation.base.house.letters import LETTERS
from foundation.base.house.models import MailText
from foundation.base.texts.fragments import nested
from foundation.base.texts.legible import in_a_line, visible
from foundation.base.texts.storable import is_storable

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
STAND_INS: dict[str, Any] = {"until": MOMENT, "when": MOMENT, "left": NUMBER}
LONGEST_SUBJECT, LONGEST_BODY = 150, 4000
"""Characters."""


class MailWords(NamedTuple):
    """Of one mail, with placeholders or without."""

    subject: str
    body: str


def own_words(letter: str, language: str, said: Mapping[str, Any]) -> MailWords | None:
    """Return what the house says in a mail, ready to be sent; None: what we say.

    `said` is what our template is made from. No statement.
    """
    words = _texts.get().get((letter, language))
    return None if words is None else filled(words, LETTERS[letter].values(said))


def filled(words: MailWords, values: Mapping[str, str]) -> MailWords:
    """Return the words with values; a line all of whose placeholders are empty is left out.

    A value is put in once and never read for placeholders itself.
    """
    lines = []
    for line in words.body.splitlines():
        names = PLACEHOLDER.findall(line)
        if not names or any(values[name] for name in names):
            lines.append(_put(line, values))
    body = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"
    return MailWords(" ".join(_put(words.subject, values).split()), body)


def check_subject(text: str) -> None:
    """Raise ValidationError. Of placeholders a subject has only the house: it is read first."""
    if not text.strip() or len(text) > LONGEST_SUBJECT:
        raise ValidationError(_("Between 1 and %(most)d characters."), params={"most": 150})
    if not is_storable(text) or in_a_line(text) != text:
        raise ValidationError(_("There are characters in it that nobody can see or tell apart."))
    _check_placeholders(text, (HOUSE,))


def check_body(letter: Letter, text: str) -> None:
    """Raise ValidationError for a text that would not do."""
    if not text.strip() or len(text) > LONGEST_BODY:
        raise ValidationError(_("Between 1 and %(most)d characters."), params={"most": 4000})
    if not is_storable(text) or visible(text) != text:
        raise ValidationError(_("There are characters in it that nobody can see or tell apart."))
    _check_placeholders(text, letter.placeholders)
    for each in letter.own:
        if each.is_link and f"{{{each.name}}}" not in text:
            raise ValidationError(
                _("%(name)s is missing: the mail is of no use without it."),
                params={"name": f"{{{each.name}}}"},
            )


def our_words(letter: Letter, language: str) -> MailWords:
    """Return what we say, with placeholders: what one begins with who wants to say it otherwise."""
    stand_ins = {
        each.path or each.name: STAND_INS.get(each.name, f"{{{each.name}}}") for each in letter.own
    }
    issuer = conf.current().issuer
    here = {"issuer": issuer, "current_site": {"domain": issuer}}
    with translation.override(language):
        context = {**nested(stand_ins), **here}
        body: str = render_to_string(
            letter.body_template or f"account/email/{letter.name}_message.txt", context
        )
        subject = str(letter.subject) or render_to_string(
            f"account/email/{letter.name}_subject.txt", context
        )
        moment = date_format(MOMENT, "DATETIME_FORMAT")
    for each in letter.own:
        stands = STAND_INS.get(each.name)
        told = each.value({}) if each.route else moment if stands is MOMENT else str(stands)
        body = body.replace(told, f"{{{each.name}}}")
    body = body.replace(f"\n{house().name}\n", "\n{house}\n").replace(issuer, "{site}")
    return MailWords(subject.strip(), body.strip() + "\n")


def dressed(message: EmailMessage) -> EmailMessage:
    """Return a mail that comes from the house: by its name, and answers go where help is."""
    now = house()
    if not now.is_ours:
        _name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
        message.from_email = formataddr((now.name, address))
    if now.support_address:
        message.reply_to = [now.support_address]
    return message


def _put(text: str, values: Mapping[str, str]) -> str:
    return PLACEHOLDER.sub(lambda found: values[found[1]], text)


def _check_placeholders(text: str, allowed: tuple[Placeholder, ...]) -> None:
    names = {each.name for each in allowed}
    for found in PLACEHOLDER.findall(text):
        if found not in names:
            raise ValidationError(_("There is no %(name)s here."), params={"name": f"{{{found}}}"})
    if re.search(r"[{}]", PLACEHOLDER.sub("", text)):
        raise ValidationError(_("Braces are for placeholders."))


def _load() -> dict[tuple[str, str], MailWords]:
    """Read the texts; one that was written past the form, or fits no more, is not sent."""
    found = {}
    for row in MailText.objects.all():
        try:
            check_subject(row.subject)
            check_body(LETTERS[row.letter], row.body)
        except (ValidationError, KeyError):
            continue
        found[row.letter, row.language] = MailWords(row.subject, row.body)
    return found


_texts: Kept[dict[tuple[str, str], MailWords]] = Kept(_load)
