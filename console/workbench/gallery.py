"""The page "Gallery": policies that come with Scopeward, to be taken over into a draft."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy as _

from console.workbench.widgets import text
from policy import services
from policy.library import Entry, gallery
from policy.models import PolicyVersion, State
from policy.services import EditError
from policy.texts import under_free_ids


class EntryForm(forms.Form):
    """The parameters of one entry."""

    def __init__(self, entry: Entry, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, prefix=entry.name, use_required_attribute=False)
        self.entry = entry
        for parameter in entry.parameters:
            attrs = {"inputmode": "numeric"} if parameter.is_number else None
            self.fields[parameter.name] = text(
                parameter.label, initial=parameter.default, attrs=attrs
            )

    def clean(self) -> dict[str, Any]:
        """Let each parameter look at its value."""
        cleaned = super().clean() or self.cleaned_data
        for parameter in self.entry.parameters:
            try:
                parameter.literal(cleaned.get(parameter.name, ""))
            except ValidationError as error:
                self.add_error(parameter.name, error)
        return cleaned

    @property
    def shown(self) -> str:
        """The policies with the suggested values."""
        return self.entry.text()


def gallery_page(page: Any, request: HttpRequest, version: PolicyVersion) -> HttpResponse:
    """List the policies; a POST puts the one that `entry` names at the end of the draft."""
    if not page.has_change_permission(request, version):
        raise PermissionDenied
    if version.state != State.DRAFT:
        raise Http404
    chosen = request.POST.get("entry", "")
    forms_of = [
        EntryForm(entry, request.POST if entry.name == chosen else None) for entry in gallery()
    ]
    bound = [form for form in forms_of if form.is_bound]
    if bound and bound[0].is_valid() and _inserted(page, request, version, bound[0]):
        return redirect(f"{reverse('admin:policy_policyversion_change', args=[version.pk])}#text")
    context = {
        **page.admin_site.each_context(request),
        "opts": page.opts,
        "original": version,
        "title": _("Gallery"),
        "forms": forms_of,
    }
    return TemplateResponse(request, "admin/policy/gallery.html", context)


def _inserted(page: Any, request: HttpRequest, version: PolicyVersion, form: EntryForm) -> bool:
    more = under_free_ids(version.text, form.entry.text(form.cleaned_data))
    whole = f"{version.text.rstrip()}\n\n{more}".lstrip()
    try:
        services.edit(version, whole, note=version.note, seen=version.fingerprint, by=request.user)
    except EditError as error:
        page.message_user(request, str(error), messages.ERROR)
        return False
    told = gettext("Inserted: %s") % form.entry.title
    page.log_change(request, version, told)
    page.message_user(request, told, messages.SUCCESS)
    return True
