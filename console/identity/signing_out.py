"""Signing somebody out everywhere, from their page."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_lazy as _
from unfold.decorators import display

from console.common.confirmation import Confirmation, ask
from foundation.directory.models import User
from foundation.journal.visitor import administrator_context
from idp.accounts.browser_sessions.everywhere import sign_out_everywhere


class SignsOut:
    """For the page of a person, before Django's `UserAdmin`."""

    def get_urls(self) -> Any:
        """Add the page that asks."""
        page: Any = self
        view = page.admin_site.admin_view(self.sign_out)
        own = path("<path:object_id>/sign-out/", view, name="directory_user_sign_out")
        return [own, *super().get_urls()]  # type: ignore[misc]

    def sign_out(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """End every session and token of the person, after asking."""
        page: Any = self
        person = page.get_object(request, unquote(object_id))
        if person is None:
            raise Http404
        if not page.has_change_permission(request, person):
            raise PermissionDenied
        if request.method == "POST":
            sign_out_everywhere(person, administrator_context(request))
            said = gettext("%(name)s is signed out everywhere.") % {"name": person}
            page.message_user(request, said, messages.SUCCESS)
            return redirect("admin:directory_user_change", person.pk)
        return ask(request, _confirmation(person, page.address("change", person.pk)))

    @display(description=_("Sessions"))
    def sessions_state(self, person: User) -> str:
        """Lead to the page that asks."""
        return format_html(
            '<a class="admin-link" href="{}">{}</a>',
            reverse("admin:directory_user_sign_out", args=[person.pk]),
            gettext("Sign out everywhere"),
        )


def _confirmation(person: User, back: str) -> Confirmation:
    consequence = gettext(
        "Every session of %(name)s ends at once, and every token of every application, offline "
        "access too. %(name)s is told by mail, and can sign in again."
    ) % {"name": person}
    return Confirmation(
        title=_("Sign out everywhere"),
        question=_("Sign this person out everywhere?"),
        sentences=[consequence],
        yes=_("Sign out everywhere"),
        back=back,
        about=person,
    )
