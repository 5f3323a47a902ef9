"""Forms about factors. What a passkey answers arrives in a hidden field, put there by a script."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.directory.factors.passkeys import LONGEST_NAME
from scopeward_guard.vocabulary import MalformedError, parse_object

LONGEST_ANSWER = 20_000
"""Characters: a registration with an attestation is about five thousand."""


class CodeForm(forms.Form):
    """A code of an authenticator app, or a recovery code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        help_text=_("Six digits from your app, or one of your recovery codes."),
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "autocapitalize": "characters",
                "spellcheck": "false",
            }
        ),
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        has_app: bool = True,
        comes_first: bool = False,
    ) -> None:
        """`has_app`: what is asked for; `comes_first`: the page begins with it."""
        super().__init__(data)
        field = self.fields["code"]
        if not has_app:
            field.label, field.help_text = _("Recovery code"), _("One of those that you kept.")
        if comes_first:
            field.widget.attrs["autofocus"] = True


class PasskeyForm(forms.Form):
    """What a passkey answered, as JSON (WebAuthn §5.1)."""

    answer = forms.CharField(widget=forms.HiddenInput, max_length=LONGEST_ANSWER)

    def clean_answer(self) -> dict[str, Any]:
        """Take a JSON object, and nothing that a browser would not write."""
        try:
            return parse_object(self.cleaned_data["answer"].encode(), max_bytes=LONGEST_ANSWER)
        except (MalformedError, UnicodeEncodeError) as error:
            raise forms.ValidationError(_("That is not what a passkey answers.")) from error


class NameForm(forms.Form):
    """What the person calls a key."""

    name = forms.CharField(
        label=_("Name"),
        max_length=LONGEST_NAME,
        help_text=_("So that you know it again, such as “Phone” or “Blue key”."),
    )


class NewPasskeyForm(NameForm, PasskeyForm):
    """A key that is added, with its name."""


class AppCodeForm(forms.Form):
    """The first code of an authenticator app."""

    code = forms.CharField(
        label=_("Code from the app"),
        max_length=10,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
