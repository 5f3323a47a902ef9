"""Providers that people sign in with."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from console.common.configuration_admin import SuperusersAdmin
from console.identity.elsewhere.presets import PARAMETER, links, values_of
from console.identity.elsewhere.provider_form import ProviderForm
from foundation.directory.upstream.models import UpstreamProvider
from idp.upstream.relying_party.transaction import address_of


@admin.register(UpstreamProvider)
class ProviderAdmin(SuperusersAdmin):
    """Providers upstream. Only superusers: a provider says who is who, and what they may."""

    form = ProviderForm
    list_display = ["name", "issuer", "newcomers", "is_on"]
    fieldsets = [
        (None, {"fields": ["name", "slug", "is_on"]}),
        (
            _("What it is"),
            {"fields": ["issuer", "client_id", "secret", "scopes", "redirect_uri", "logout_uri"]},
        ),
        (
            _("Who comes from there"),
            {"fields": ["newcomers", "domains", "believes_addresses", "required", "groups"]},
        ),
        (_("Who is led there"), {"fields": ["leads"]}),
        (_("What it says of them"), {"fields": ["taken", "levels", "methods"]}),
        (_("Button"), {"fields": ["button", "logo"]}),
    ]
    filter_horizontal = ["groups"]
    prepopulated_fields = {"slug": ["name"]}

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begin with what the preset in the address fills in."""
        return values_of(request.GET.get(PARAMETER, ""))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Offer presets for a provider that is new."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is not None:
            return fieldsets
        (title, first), *others = fieldsets
        return [(title, {**first, "description": links()}), *others]

    def get_readonly_fields(
        self, request: HttpRequest, obj: UpstreamProvider | None = None
    ) -> list[str]:
        """Keep what accounts hang on: by another issuer, the same `sub` is somebody else."""
        shown = ["redirect_uri", "logout_uri"]
        return shown if obj is None else [*shown, "slug", "issuer"]

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        """Propose the name in addresses while it can be chosen."""
        return {} if obj else self.prepopulated_fields

    @display(description=_("redirect URI"))
    def redirect_uri(self, provider: UpstreamProvider) -> str:
        """Show what has to be registered there."""
        return address_of(provider, "callback") if provider.slug else ""

    @display(description=_("back-channel logout URI"))
    def logout_uri(self, provider: UpstreamProvider) -> str:
        """Show what may be registered there, so that who signs out there is signed out here."""
        return address_of(provider, "logout") if provider.slug else ""
