"""The page "Gallery": policies that come with Scopeward, to be taken over into a draft."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, gettext_lazy as _

from console.common.pages import render
from console.workbench.widgets import text
from policy import services
from policy.library import GalleryPolicy, gallery
from policy.models import PolicyVersion
from policy.services import EditError
from policy.texts import under_free_ids


class EntryForm(forms.Form):
    """The parameters of one entry."""

    def __init__(self, entry: GalleryPolicy, data: Mapping[str, Any] | None = None) -> None:
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


def gallery_page(versions: Any, request: HttpRequest, version: PolicyVersion) -> HttpResponse:
    """List the policies; a POST puts the one that `entry` names at the end of the draft."""
    chosen = request.POST.get("entry", "")
    forms_of = [
        EntryForm(entry, request.POST if entry.name == chosen else None) for entry in gallery()
    ]
    bound = [form for form in forms_of if form.is_bound]
    if bound and bound[0].is_valid() and _inserted(versions, request, version, bound[0]):
        return redirect(f"{versions.address('change', version.pk)}#text")
    context = {"forms": forms_of}
    title = _("Gallery")
    return render(request, "admin/policy/gallery.html", context, title=title, about=version)


def _inserted(versions: Any, request: HttpRequest, version: PolicyVersion, form: EntryForm) -> bool:
    more = under_free_ids(version.text, form.entry.text(form.cleaned_data))
    whole = f"{version.text.rstrip()}\n\n{more}".lstrip()
    try:
        services.edit(version, whole, note=version.note, seen=version.fingerprint)
    except EditError as error:
        versions.message_user(request, str(error), messages.ERROR)
        return False
    told = gettext("Inserted: %s") % form.entry.title
    versions.message_user(request, told, messages.SUCCESS)
    return True
