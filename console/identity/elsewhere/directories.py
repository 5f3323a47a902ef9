"""LDAP directories: whose people sign in here with the password they have there."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminPasswordWidget

from console.common.configuration_admin import SuperusersAdmin
from console.common.confirmation import Confirmation, ask
from console.common.pages import ObjectPage
from console.identity.elsewhere.directory_runs import runs_page
from foundation.directory.sources.models import LdapDirectory
from idp.accounts.ldap.trying import tried


class LdapDirectoryForm(forms.ModelForm):  # type: ignore[type-arg]
    """The directory, and a password that is never shown again."""

    password = forms.CharField(
        label=_("Its password"),
        required=False,
        strip=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text=_("Sealed, and never shown. Empty: as it is."),
    )

    def clean(self) -> dict[str, Any]:
        """Demand the password anew where it would be sent somewhere else."""
        cleaned: dict[str, Any] = super().clean() or {}
        moved = {"url", "bind_dn", "certificates", "start_tls"} & set(self.changed_data)
        if not cleaned.get("password") and (moved or not self.instance.sealed_password):
            self.add_error("password", _("Where it is sent has changed: type it again."))
        return cleaned

    def save(self, commit: bool = True) -> Any:
        """Seal what was typed."""
        if password := self.cleaned_data.get("password"):
            self.instance.set_password(password)
        return super().save(commit)


@admin.register(LdapDirectory)
class LdapDirectoryAdmin(SuperusersAdmin):
    """Directories. Only superusers: a directory says who is who."""

    form = LdapDirectoryForm
    list_display = ["title", "url", "is_on"]
    fieldsets = [
        (None, {"fields": [("title", "is_on")]}),
        (
            _("Where it is, and who asks"),
            {
                "fields": [
                    ("url", "start_tls"),
                    "certificates",
                    ("bind_dn", "password"),
                    "timeout",
                ]
            },
        ),
        (
            _("Whom it knows"),
            {"fields": ["people_base", "people_filter", "key_attribute", "table"]},
        ),
        (
            _("Its groups"),
            {
                "fields": [
                    "groups_base",
                    "groups_filter",
                    ("group_name", "membership"),
                    "makes_groups",
                    "groups_table",
                ]
            },
        ),
        (_("Keeping in step"), {"fields": ["most_gone"]}),
    ]

    def try_out(self, request: HttpRequest, directory: LdapDirectory) -> HttpResponse:
        """Ask first, then ask the directory, and say what it answered."""
        back = self.address("change", directory.pk)
        if request.method != "POST":
            confirmation = Confirmation(
                title=_("Test connection"),
                question=_("Ask the directory for its first entries?"),
                sentences=[_("Nothing is written, here or there.")],
                yes=_("Test connection"),
                back=back,
                is_dangerous=False,
                about=directory,
            )
            return ask(request, confirmation)
        works, sentence = tried(directory)
        messages.add_message(request, messages.SUCCESS if works else messages.ERROR, sentence)
        return redirect(back)

    pages = (
        ObjectPage(
            "try_out",
            try_out,
            SuperusersAdmin.has_view_permission,
            title=_("Test connection"),
            icon="network_check",
        ),
        ObjectPage(
            "synchronisation",
            runs_page,
            SuperusersAdmin.has_view_permission,
            title=_("Synchronisation"),
            icon="sync",
        ),
    )
