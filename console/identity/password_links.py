"""Mailing a link to choose a password, or an invitation; nobody sets the password of another."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_lazy as _
from unfold.decorators import display

from console.common.confirmation import Confirmation, ask
from console.common.pages import render
from console.identity.inviting import invite_chosen
from foundation.directory.models import User
from idp.accounts.invitations.services import can_be_invited
from idp.accounts.password_links import mail_password_link


class MailsPasswordLinks:
    """For the page of a person, before Django's `UserAdmin`."""

    def user_change_password(
        self,
        request: HttpRequest,
        id: str,  # noqa: A002 - Django's name
        form_url: str = "",
    ) -> HttpResponse:
        """Mail a link to choose a password, after asking: nobody sets the password of another."""
        page: Any = self
        person = page.get_object(request, unquote(id))
        if not page.has_change_permission(request, person):
            raise PermissionDenied
        if person is None or not person.is_active:
            raise Http404
        if can_be_invited(person):
            return self._invite(request, person)
        if request.method == "POST" and person.email:
            mail_password_link(request, person)
            page.message_user(request, gettext("The link has been mailed."), messages.SUCCESS)
            return redirect("admin:directory_user_change", person.pk)
        if not person.email:
            template = "admin/no_address.html"
            return render(request, template, {}, title=_("Password"), about=person)
        return ask(request, _confirmation(person, page.address("change", person.pk)))

    @display(description=_("password"))
    def password_state(self, person: User) -> str:
        """Say whether there is one, and where to have another chosen; its hash stays unseen."""
        return format_html(
            '{} <a class="admin-link" href="{}">{}</a>',
            gettext("Set.") if person.has_usable_password() else gettext("None."),
            reverse("admin:auth_user_password_change", args=[person.pk]),
            gettext("Invite") if can_be_invited(person) else gettext("Mail a link to choose one"),
        )

    def _invite(self, request: HttpRequest, person: User) -> HttpResponse:
        """Invite somebody who has nothing to sign in with yet, after asking."""
        page: Any = self
        if request.method == "POST":
            invite_chosen(page, request, [person], {})
            return redirect("admin:directory_user_change", person.pk)
        consequence = gettext(
            "%(name)s gets a link at %(email)s, good once and for a week, and chooses a passkey "
            "or a password. A link that was sent before ends."
        ) % {"name": person, "email": person.email}
        invitation = Confirmation(
            title=_("Invitation"),
            question=_("Invite?"),
            sentences=[consequence],
            yes=_("Send the invitation"),
            back=page.address("change", person.pk),
            is_dangerous=False,
            about=person,
        )
        return ask(request, invitation)


def _confirmation(person: Any, back: str) -> Confirmation:
    consequence = gettext(
        "%(name)s gets a link at %(email)s. The present password goes on until another one is "
        "chosen; then every session and token of theirs elsewhere ends."
    ) % {"name": person, "email": person.email}
    return Confirmation(
        title=_("Password"),
        question=_("Mail a link to choose a password?"),
        sentences=[consequence],
        yes=_("Mail the link"),
        back=back,
        is_dangerous=False,
        about=person,
    )
