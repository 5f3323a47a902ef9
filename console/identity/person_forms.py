"""The forms for people: standard claims with the postal address in fields of its own."""

import re
from typing import Any

from django import forms
from django.contrib.admin.widgets import FilteredSelectMultiple
from django.contrib.auth.forms import UsernameField
from django.contrib.auth.models import Group
from django.utils.translation import gettext, gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from claims.names.standard import ADDRESS_MEMBERS
from foundation.base.texts.canonical_names import canonical_address
from foundation.directory.models import Client, User
from foundation.directory.registry import find_client
from idp.accounts.administration import is_taken

BIRTHDATE = re.compile(r"\d{4}(-\d{2}-\d{2})?")
"""OIDC Core §5.1: YYYY-MM-DD, 0000 for an omitted year, or YYYY."""


def _line(label: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, widget=UnfoldAdminTextInputWidget)


class UniqueEmail:
    """Keeps two people from signing in with one e-mail address."""

    def clean_email(self) -> str:
        """Return the address as sign-in compares it."""
        email = canonical_address(self.cleaned_data.get("email") or "")  # type: ignore[attr-defined]
        if email and is_taken(email, by_others_than=self.instance):  # type: ignore[attr-defined]
            raise forms.ValidationError(gettext("Somebody has this e-mail address already."))
        return email


class PersonCreationForm(UniqueEmail, forms.ModelForm):  # type: ignore[type-arg]
    """A new person: how to sign in; everything else follows on the next page.

    What they sign in by is theirs alone: they choose it by the invitation that is mailed.
    """

    application = forms.CharField(
        label=_("Application"),
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text=_("Client identifier of the application they are led to, if it is for one."),
    )

    class Meta:
        model = User
        fields = ["username", "email"]
        field_classes = {"username": UsernameField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].required = True
        self.fields["email"].help_text = _(
            "An invitation is mailed to it: they choose a passkey or a password themselves."
        )
        self.instance.set_unusable_password()

    def clean_application(self) -> Client | None:
        """Return the application; raises `ValidationError` for one that there is not."""
        said = self.cleaned_data["application"].strip()
        found = find_client(said) if said else None
        if said and found is None:
            raise forms.ValidationError(gettext("There is no such application."))
        return found


class PersonForm(UniqueEmail, forms.ModelForm):  # type: ignore[type-arg]
    """A person; the members of the address (OIDC Core §5.1.1) are fields `address_…`."""

    address_street_address = _line(_("Street and number"))
    address_postal_code = _line(_("Postal code"))
    address_locality = _line(_("City"))
    address_region = _line(_("State or region"))
    address_country = _line(_("Country"))
    address_formatted = forms.CharField(
        label=_("As written on a letter"),
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )

    member_of = forms.ModelMultipleChoiceField(
        Group.objects.order_by("name"),
        label=_("groups"),
        required=False,
        widget=FilteredSelectMultiple(_("groups"), is_stacked=False),
        help_text=_("Members get what the groups have. The page “Until when” gives an end to it."),
    )

    class Meta:
        model = User
        fields = ["username", "email"]
        field_classes = {"username": UsernameField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "member_of" in self.fields and self.instance.pk:
            self.initial["member_of"] = list(self.instance.groups.all())
        stored = self.instance.address if isinstance(self.instance.address, dict) else {}
        for member in ADDRESS_MEMBERS:
            self.initial[f"address_{member}"] = stored.get(member, "")

    def clean_birthdate(self) -> str:
        """OIDC Core §5.1."""
        birthdate: str = self.cleaned_data["birthdate"]
        if birthdate and not BIRTHDATE.fullmatch(birthdate):
            raise forms.ValidationError(gettext("Write it as YYYY-MM-DD, or only the year."))
        return birthdate

    def clean(self) -> dict[str, Any]:
        """Put the address together from its fields; empty ones are left out."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        entered = {member: cleaned.get(f"address_{member}") for member in ADDRESS_MEMBERS}
        self.instance.address = {member: value for member, value in entered.items() if value}
        # Of another address nobody has confirmed anything, unless the box was ticked for it.
        if "email" in self.changed_data and "email_verified" not in self.changed_data:
            cleaned["email_verified"] = False
        return cleaned

    def _save_m2m(self) -> None:
        """Let the person be in these groups; who is in one already keeps the end of that."""
        super()._save_m2m()  # type: ignore[misc]
        if "member_of" in self.cleaned_data:
            self.instance.groups.set(self.cleaned_data["member_of"])
