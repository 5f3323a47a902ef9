"""Providers that people sign in with; each is asked about itself before it is kept."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminPasswordWidget

from console.common.configuration_admin import ConfigurationAdmin
from foundation.directory.upstream.models import Newcomers, UpstreamProvider
from idp.upstream.relying_party.discovery import discover
from idp.upstream.relying_party.errors import UpstreamAwayError, UpstreamError
from idp.upstream.relying_party.transaction import redirect_uri_of


class ProviderForm(forms.ModelForm):  # type: ignore[type-arg]
    """A provider, with its secret, which is written and never shown."""

    secret = forms.CharField(
        label=_("client secret"),
        required=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text=_("Empty: it stays as it is."),
    )

    class Meta:
        model = UpstreamProvider
        fields = ["name", "issuer", "client_id", "domains", "newcomers"]

    def clean_domains(self) -> str:
        """Return the domains in one form."""
        return " ".join(str(self.cleaned_data["domains"]).lower().replace(",", " ").split())

    def clean(self) -> dict[str, Any]:
        """Ask the provider about itself, and take only what can be worked with."""
        cleaned = super().clean() or {}
        if cleaned.get("newcomers") == Newcomers.DOMAINS and not cleaned.get("domains"):
            self.add_error("domains", gettext("Name at least one."))
        if not self.errors:
            self._discover(cleaned.get("issuer") or self.instance.issuer)
        return cleaned

    def _discover(self, issuer: str) -> None:
        try:
            self.instance.metadata = discover(issuer)
        except UpstreamAwayError as error:
            said = gettext("It does not answer: %(why)s") % {"why": error}
            self.add_error(None, said)
        except UpstreamError as error:
            said = gettext("This provider cannot be used: %(why)s") % {"why": error}
            self.add_error(None, said)

    def save(self, commit: bool = True) -> UpstreamProvider:
        """Keep it, the secret sealed."""
        if secret := self.cleaned_data.get("secret"):
            self.instance.keep_secret(secret)
        provider: UpstreamProvider = super().save(commit)
        return provider


@admin.register(UpstreamProvider)
class ProviderAdmin(ConfigurationAdmin):
    """Providers upstream."""

    form = ProviderForm
    list_display = ["name", "issuer", "newcomers", "is_on"]
    fieldsets = [
        (None, {"fields": ["name", "slug", "is_on"]}),
        (
            _("What it is"),
            {"fields": ["issuer", "client_id", "secret", "scopes", "redirect_uri"]},
        ),
        (
            _("Who comes from there"),
            {"fields": ["newcomers", "domains", "believes_addresses"]},
        ),
        (_("Button"), {"fields": ["button", "logo"]}),
    ]
    prepopulated_fields = {"slug": ["name"]}

    def get_readonly_fields(
        self, request: HttpRequest, obj: UpstreamProvider | None = None
    ) -> list[str]:
        """Keep what accounts hang on: by another issuer, the same `sub` is somebody else."""
        return ["redirect_uri"] if obj is None else ["redirect_uri", "slug", "issuer"]

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        """Propose the name in addresses while it can be chosen."""
        return {} if obj else self.prepopulated_fields

    @display(description=_("redirect URI"))
    def redirect_uri(self, provider: UpstreamProvider) -> str:
        """Show what has to be registered there."""
        return redirect_uri_of(provider) if provider.slug else ""
