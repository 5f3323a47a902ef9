"""The editor of a draft, and the form that begins one."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from console.workbench.widgets import EDITOR
from policy.models import PolicySet, PolicyVersion, VersionState
from policy.services import lines_of

LONGEST = 200_000
"""Characters. What is longer belongs into more than one set."""


class VersionForm(forms.ModelForm):  # type: ignore[type-arg]
    """The text of a draft. `seen` says which text it was when the page was made."""

    text = forms.CharField(
        label=_("Policies"),
        max_length=LONGEST,
        required=False,
        strip=False,
        widget=forms.Textarea(attrs=EDITOR),
    )
    note = forms.CharField(
        label=_("What changed"),
        max_length=200,
        required=False,
        widget=UnfoldAdminTextInputWidget(),
    )
    seen = forms.CharField(widget=forms.HiddenInput())

    class Meta:
        model = PolicyVersion
        fields = ["note", "text"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen"] = self.instance.fingerprint

    def clean_text(self) -> str:
        """Take the text as it is kept."""
        return lines_of(self.cleaned_data["text"])

    def clean(self) -> dict[str, Any]:
        """Refuse to overwrite what somebody else has written; the row stays locked until saved."""
        cleaned = super().clean() or self.cleaned_data
        stored = PolicyVersion.objects.select_for_update().filter(pk=self.instance.pk).first()
        if stored is None or stored.state != VersionState.DRAFT:
            raise forms.ValidationError(_("Only a draft can be edited."))
        if cleaned.get("seen") != stored.fingerprint:
            raise forms.ValidationError(
                _("Somebody else has changed this draft. Copy your text, and look at it again.")
            )
        return cleaned


class NewVersionForm(forms.ModelForm):  # type: ignore[type-arg]
    """A new draft of a set."""

    policy_set = forms.ModelChoiceField(PolicySet.objects, label=_("Policy set"))
    text = VersionForm.base_fields["text"]
    note = VersionForm.base_fields["note"]

    class Meta:
        model = PolicyVersion
        fields = ["policy_set", "note", "text"]

    def clean_text(self) -> str:
        """Take the text as it is kept."""
        return lines_of(self.cleaned_data["text"])

    def _get_validation_exclusions(self) -> set[str]:
        # The number is given when the draft is written.
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return excluded | {"number"}
