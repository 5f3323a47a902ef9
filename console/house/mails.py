"""The page "Mail texts": every mail that is sent, what it says, and in whose words."""

from smtplib import SMTPException
from typing import Any, NamedTuple

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from console.common.pages import SitePage
from foundation.base.house.letter_parts import Letter
from foundation.base.house.letters import LETTERS
from foundation.base.house.mail_texts import (
    LONGEST_BODY,
    LONGEST_SUBJECT,
    MailWords,
    check_body,
    check_subject,
    dressed,
    filled,
    our_words,
)
from foundation.base.house.models import MailText

MAILS = SitePage("mail_texts", _("Mail texts"), ("base.change_mailtext",))


class WordsForm(forms.Form):
    """Subject and text of one mail in one language."""

    subject = forms.CharField(
        label=_("subject of the mail"),
        max_length=LONGEST_SUBJECT,
        widget=UnfoldAdminTextInputWidget,
        validators=[check_subject],
    )
    body = forms.CharField(
        label=_("text"),
        max_length=LONGEST_BODY,
        strip=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 16}),
    )

    def __init__(self, letter: Letter, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.letter = letter

    def clean_body(self) -> str:
        """Return the text, with the ends of lines as we write them."""
        text = str(self.cleaned_data["body"]).replace("\r\n", "\n")
        check_body(self.letter, text)
        return text

    @property
    def words(self) -> MailWords:
        """What was typed, and is right."""
        return MailWords(self.cleaned_data["subject"], self.cleaned_data["body"])


class MailRow(NamedTuple):
    """One mail, and in which languages the house says it in its own words."""

    letter: Letter
    languages: list[tuple[str, Any, bool]]


@MAILS.at()
@require_safe
def mails_page(request: HttpRequest) -> HttpResponse:
    """List every mail."""
    own = set(MailText.objects.values_list("letter", "language"))
    rows = [
        MailRow(
            letter,
            [(code, title, (name, code) in own) for code, title in settings.LANGUAGES],
        )
        for name, letter in LETTERS.items()
    ]
    return MAILS.render(request, "admin/mails.html", {"rows": rows})


@MAILS.at("<str:letter>/<str:language>/", name="mail_text")
@require_http_methods(["GET", "HEAD", "POST"])
def mail_page(request: HttpRequest, letter: str, language: str) -> HttpResponse:
    """Show what a mail says; save it, show it, send it to who looks at it, or go back to ours."""
    languages = dict(settings.LANGUAGES)
    if letter not in LETTERS or language not in languages:
        raise Http404
    this = LETTERS[letter]
    row = MailText.objects.filter(letter=letter, language=language).first()
    said = MailWords(row.subject, row.body) if row else our_words(this, language)
    form = WordsForm(
        this, request.POST if request.method == "POST" else None, initial=said._asdict()
    )
    if request.method == "POST" and "reset" in request.POST:
        return _reset(request, row)
    if form.is_valid():
        said = form.words
        if "save" in request.POST:
            return _saved(request, row or MailText(letter=letter, language=language), said)
        if "send" in request.POST:
            _send(request, filled(said, this.examples()))
    shown = None if form.errors else filled(said, this.examples())
    context = {
        "form": form,
        "shown": shown,
        "is_own": row is not None,
        "placeholders": this.placeholders,
    }
    title = f"{this.title} ({languages[language]})"
    return MAILS.render(request, "admin/mail.html", context, title=title)


def _saved(request: HttpRequest, row: MailText, said: MailWords) -> HttpResponse:
    row.subject, row.body = said
    try:
        row.validate_constraints()
    except ValidationError:  # somebody else was there first
        messages.error(request, gettext("Somebody else has just changed it. Look at it again."))
        return redirect(request.path)
    row.save()
    messages.success(request, gettext("Saved. It is said so from now on."))
    return redirect(request.path)


def _reset(request: HttpRequest, row: MailText | None) -> HttpResponse:
    if row is not None:
        row.delete()
    messages.success(request, gettext("The mail says what it said before you changed it."))
    return redirect(request.path)


def _send(request: HttpRequest, words: MailWords) -> None:
    """Send a mail about nobody to who asks for it, and to nobody else."""
    address = getattr(request.user, "email", "")
    if not address:
        messages.error(request, gettext("You have no e-mail address."))
        return
    try:
        dressed(EmailMessage(words.subject, words.body, to=[address])).send()
    except (OSError, SMTPException):
        messages.error(request, gettext("The mail server did not take it."))
    else:
        messages.success(request, gettext("Sent to %(address)s.") % {"address": address})
