"""Presets: several mappings made in one go, as another system expects its claims."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, gettext_lazy as _, ngettext
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextInputWidget

from claims.attributes import definitions
from claims.mappings.mapping import mapped_claims
from claims.names import aws_session_tags
from claims.names.structures import Structure
from claims.services import add_parts
from console.common.pages import render


@dataclass(frozen=True, slots=True)
class Preset:
    """The parts of one structure, each from an attribute and under its name."""

    structure: Structure
    title: Any
    sentence: Any
    scope: str
    """The scope it suggests."""


AWS_SESSION_TAGS = Preset(
    structure=aws_session_tags,
    title=_("AWS session tags"),
    sentence=_(
        "Each attribute you choose becomes a session tag in the ID token, for IAM policies to "
        "compare. People see every tag before they agree."
    ),
    scope="aws",
)


class PresetForm(forms.Form):
    """Which scope, which attributes; those that are parts already are not offered."""

    scope = forms.CharField(
        label=_("Released by the scope"),
        max_length=100,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("A scope of its own: it may release nothing else."),
    )
    attributes = forms.MultipleChoiceField(
        label=_("Attributes"),
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_(
            "A tag has one value. A list gives one only to people with exactly one entry; values "
            "that AWS does not take are left out."
        ),
    )

    def __init__(self, preset: Preset, data: Any = None) -> None:
        super().__init__(data, initial={"scope": preset.scope})
        taken = {mapped.claim for mapped in mapped_claims()}
        self.fields["attributes"].choices = [  # type: ignore[attr-defined]
            (name, gettext(definition.title))
            for name, definition in definitions().items()
            if preset.structure.PREFIX + name not in taken
        ]


def preset_page(mappings: Any, request: HttpRequest, preset: Preset) -> HttpResponse:
    """Ask for scope and attributes, then make the mappings, all or none.

    `mappings` is the admin of mappings; it has checked who may add them.
    """
    form = PresetForm(preset, request.POST if request.method == "POST" else None)
    if form.is_valid() and _made(request, preset, form):
        return redirect(mappings.address("changelist"))
    context = {"opts": mappings.opts, "form": form, "preset": preset}
    return render(request, "admin/claim_preset.html", context, title=preset.title)


def _made(request: HttpRequest, preset: Preset, form: PresetForm) -> bool:
    scope, names = form.cleaned_data["scope"], form.cleaned_data["attributes"]
    try:
        mappings = add_parts(preset.structure, scope, names)
    except ValidationError as error:
        form.add_error(None, error.messages)
        return False
    told = ngettext(
        "%(n)d mapping was added. Put the scope %(scope)s into the catalogue, and allow the "
        "applications to ask for it that may.",
        "%(n)d mappings were added. Put the scope %(scope)s into the catalogue, and allow the "
        "applications to ask for it that may.",
        len(mappings),
    )
    messages.success(request, told % {"n": len(mappings), "scope": scope})
    return True
