"""Mailing a link to choose a password, in the place of Django's form for setting one."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext, gettext_lazy as _

from idp.accounts.password_links import mail_password_link


class MailsPasswordLinks:
    """For the page of a person, before Django's `UserAdmin`."""

    admin_site: Any
    opts: Any

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
        if request.method == "POST" and person.email:
            mail_password_link(request, person)
            page.log_change(request, person, "Mailed a link to choose a password.")
            page.message_user(request, gettext("The link has been mailed."), messages.SUCCESS)
            return redirect("admin:directory_user_change", person.pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Password"),
            "original": person,
        }
        return TemplateResponse(request, "admin/password_link.html", context)
