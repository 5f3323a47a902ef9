"""allauth's forms in our words: real labels instead of placeholders."""

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.internal.userkit import filter_users_by_email
from django.forms import Form
from django.utils.translation import gettext_lazy as _

from foundation.base.texts.canonical_names import canonical_address, canonical_name
from idp.accounts.ldap.binding import is_of_a_directory

CONFIRMATION_LABEL = _("New password, once more")


def _prepare(form: Form, labels: dict[str, Any]) -> None:
    for name, label in labels.items():
        form.fields[name].label = label
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)


class AddressField(allauth_forms.EmailField):
    """An e-mail address, taken in the one form it is stored in."""

    def to_python(self, value: Any) -> Any:
        """Return it in that form, before it is looked at."""
        return canonical_address(super().to_python(value) or "")


class LoginForm(allauth_forms.LoginForm):
    """Name or address, password, and whether to stay signed in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _prepare(
            self,
            {
                "login": _("Username or e-mail address"),
                "password": _("Password"),
                "remember": _("Stay signed in on this device"),
            },
        )
        self.fields["password"].help_text = ""
        self.fields["login"].widget.attrs.update(
            autocomplete="username webauthn", autocapitalize="none", spellcheck="false"
        )

    def user_credentials(self) -> dict[str, Any]:
        """Return what was typed in the one form it is compared and counted in."""
        credentials: dict[str, Any] = super().user_credentials()
        for key, canonical in (("username", canonical_name), ("email", canonical_address)):
            if key in credentials:
                credentials[key] = canonical(credentials[key])
        return credentials


class ReauthenticateForm(allauth_forms.ReauthenticateForm):
    """The password, again."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _prepare(self, {"password": _("Password")})
        self.fields["password"].help_text = ""


class ResetPasswordForm(allauth_forms.ResetPasswordForm):
    """The address to send the link to."""

    email = AddressField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _prepare(self, {"email": _("E-mail address")})

    def clean_email(self) -> str:
        """Write to nobody whose password is a directory's; the page is the same."""
        email: str = super().clean_email()
        found = filter_users_by_email(email, is_active=True, prefer_verified=True)
        self.users = [
            person for person in found if person.is_active and not is_of_a_directory(person)
        ]
        return email


class ResetPasswordKeyForm(allauth_forms.ResetPasswordKeyForm):
    """A new password, twice, from a link in a message."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _prepare(self, {"password1": _("New password"), "password2": CONFIRMATION_LABEL})


class ChangePasswordForm(allauth_forms.ChangePasswordForm):
    """The old password, and a new one twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _prepare(
            self,
            {
                "oldpassword": _("Current password"),
                "password1": _("New password"),
                "password2": CONFIRMATION_LABEL,
            },
        )
        self.fields["oldpassword"].help_text = ""


class SetPasswordForm(allauth_forms.SetPasswordForm):
    """A first password, twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _prepare(self, {"password1": _("New password"), "password2": CONFIRMATION_LABEL})


class AddEmailForm(allauth_forms.AddEmailForm):
    """Another address."""

    email = AddressField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _prepare(self, {"email": _("E-mail address")})
