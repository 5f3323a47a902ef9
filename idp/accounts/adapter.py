"""How allauth behaves here."""

from smtplib import SMTPException
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.mail import EmailMessage
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, gettext_lazy as _

from foundation.base import conf
from foundation.base.house.mail_texts import dressed, own_words
from foundation.base.texts.canonical_names import canonical_address
from foundation.directory.models import User
from foundation.directory.models.risk import Occasion
from foundation.directory.passwords.at_once import TooManyAtOnceError
from foundation.directory.risk.failures import note_failure
from idp.accounts.browser_sessions.sessions import end_elsewhere, sign_out
from idp.accounts.browser_sessions.watching import judge
from idp.accounts.enforcing.pages import led_on
from idp.accounts.factors.security import tell_of_few_codes
from idp.accounts.ldap.binding import DirectoryAwayError, is_of_a_directory
from idp.accounts.resets.views import tell_of_reset
from idp.accounts.services import keep_email_in_step

log = structlog.get_logger(__name__)
DIRECTORY_AWAY = _("A directory that people sign in with does not answer. Try again later.")
WRONG_CREDENTIALS = _("That name and that password do not go together.")


class AccountSite(NamedTuple):
    """What the texts of messages say of this site."""

    domain: str
    name: str


def at_issuer(context: dict[str, Any]) -> dict[str, Any]:
    """Return what a message is made from, with every link and the site's name at the issuer.

    The request says where it was sent to, and that is the sender's word: a link to another port or
    name would hand the key in it to whoever listens there.
    """
    origin = urlsplit(conf.current().issuer)
    here = {
        name: urlsplit(value)._replace(scheme=origin.scheme, netloc=origin.netloc).geturl()
        for name, value in context.items()
        if isinstance(value, str) and value.startswith(("http://", "https://"))
    }
    return {**context, **here, "current_site": AccountSite(origin.netloc, origin.netloc)}


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by administrators, not by whoever passes by."""

    error_messages = DefaultAccountAdapter.error_messages | {
        # One sentence for every way in: it must not tell which part was wrong.
        "username_password_mismatch": WRONG_CREDENTIALS,
        "email_password_mismatch": WRONG_CREDENTIALS,
        "incorrect_password": _("That is not your password."),
        "enter_current_password": _("That is not your current password."),
        "too_many_login_attempts": _("Too many attempts. Wait a few minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Say no: people come from the administrator or a directory."""
        return False

    def get_login_stages(self) -> list[str]:
        """Return what comes between the password and being signed in: the second factor."""
        return ["idp.accounts.factors.at_sign_in.SecondFactorStage"]

    def get_reauthentication_methods(
        self, user: AbstractBaseUser | AnonymousUser
    ) -> list[dict[str, Any]]:
        """Return the one page where somebody confirms that it is them, by whatever they have."""
        if not isinstance(user, User):
            return []
        return [{"id": "reauthenticate", "url": reverse("account_reauthenticate")}]

    def post_login(
        self, request: HttpRequest, user: AbstractBaseUser, **details: Any
    ) -> HttpResponse:
        """Judge the sign-in, whichever way it came about, and lead on if it may stand."""
        refused = judge(request, Occasion.SIGN_IN)
        if refused is not None:
            return refused
        tell_of_reset(request)
        tell_of_few_codes(request)
        return led_on(request, super().post_login(request, user, **details))

    def clean_email(self, email: str) -> str:
        """Return an address that was typed, as it is stored and looked for."""
        return canonical_address(email)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """Say who it is; a password that nobody looked at was no attempt."""
        try:
            found: AbstractBaseUser | None = super().authenticate(request, **credentials)
        except TooManyAtOnceError:
            self._rollback_login_failed_rl_usage()
            raise
        except DirectoryAwayError as error:
            # Counted, whoever it was: otherwise nobody would count while the directory is away.
            self.authentication_failed(request, **credentials)
            raise ValidationError(DIRECTORY_AWAY) from error
        return found

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the refused password against the name that was typed."""
        name = credentials.get("username") or credentials.get("email") or ""
        note_failure(name, now=timezone.now())

    def logout(self, request: HttpRequest) -> None:
        """Sign out, and end what the session gave."""
        sign_out(request)

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Change or reset the password, and end what the old one may have opened elsewhere.

        The password of somebody from a directory is changed there.
        """
        if isinstance(user, User) and is_of_a_directory(user):
            raise PermissionDenied
        with transaction.atomic():
            super().set_password(user, password)
            end_elsewhere(user, self.request)

    def is_safe_url(self, url: str | None) -> bool:
        """Say whether `next` may be followed: only to a page of this very site."""
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Confirm the address, and the person's own record of it with it."""
        confirmed: bool = super().confirm_email(request, email_address)
        keep_email_in_step(email_address.user_id)
        return confirmed

    def render_mail(
        self, template_prefix: str, email: str, context: dict[str, Any], headers: Any = None
    ) -> EmailMessage:
        """Return a message in the words of the house, where it has some of its own."""
        message: EmailMessage = super().render_mail(template_prefix, email, context, headers)
        name = template_prefix.rpartition("/")[2]
        if own := own_words(name, get_language() or "", context):
            message.subject, message.body = own
        return dressed(message)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a message; the page is the same when the mail server is down.

        Otherwise an error page would tell strangers that there is an account to write to.
        """
        try:
            super().send_mail(template_prefix, email, at_issuer(context))
        except (OSError, SMTPException):
            log.exception("mail_not_sent", template=template_prefix)
