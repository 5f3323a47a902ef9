"""Applications: relying parties and resource servers."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, gettext_lazy as _
from unfold.decorators import display

from console.applications.application_form import ApplicationForm
from console.applications.reach import reach_of
from console.applications.who_may_use import WHO_MAY_USE
from console.common.endings import EndsTokensAdmin
from console.common.object_admin import ObjectAdmin
from console.common.pages import HeadLink, ObjectPage
from console.common.secret_page import NewSecret, ask_to_rotate, show_new_secret
from console.records.history import HISTORY
from console.records.onward import LeadsOn
from foundation.directory.models import Client
from idp.clients.services import rotate_secret, update_client


@admin.register(Client)
class ApplicationAdmin(LeadsOn, EndsTokensAdmin):
    """Applications. A secret is shown once, when it is made, and never stored."""

    column_of_family = "application"
    parameter_of_row = filter_of_grants = "client"
    form = ApplicationForm
    list_display = ["named", "kind", "verified", "active", "updated"]
    list_filter = ["is_active", "is_verified", "token_endpoint_auth_method"]
    search_fields = ["name", "client_id", "redirect_uris", "resource_server"]
    ordering = ["name"]
    readonly_fields = ["client_id", "created", "updated", "reach"]
    fieldsets = [
        (
            _("What people see"),
            {
                "fields": [
                    "name",
                    "purpose",
                    ("logo_uri", "client_uri"),
                    ("policy_uri", "tos_uri"),
                    "contacts",
                ]
            },
        ),
        (
            _("Status"),
            {"fields": [("is_active", "is_agent"), "is_verified"]},
        ),
        (
            _("Signing people in"),
            {
                "classes": ["tab"],
                "fields": [
                    "grant_types",
                    "redirect_uris",
                    "post_logout_redirect_uris",
                    "allowed_origins",
                    ("code_protection", "require_pushed_authorization_requests"),
                    ("minimum_acr", "default_max_age"),
                    ("limits_upstreams", "upstreams"),
                ],
            },
        ),
        (
            _("What it may ask for"),
            {"classes": ["tab"], "fields": ["scope", "authorization_details_types", "resources"]},
        ),
        (
            _("Asking without a browser"),
            {
                "classes": ["tab"],
                "fields": [
                    "backchannel_token_delivery_mode",
                    "backchannel_client_notification_endpoint",
                    "may_ask_for_itself",
                    "may_write_freely",
                    "reach",
                ],
            },
        ),
        (
            _("Proof and tokens"),
            {
                "classes": ["tab"],
                "fields": [
                    "client_id",
                    ("token_endpoint_auth_method", "only_auth_method"),
                    ("token_endpoint_auth_signing_alg", "jwks_uri"),
                    "jwks",
                    ("access_token_format", "id_token_signed_response_alg"),
                    "dpop_bound_access_tokens",
                    "claims_in_id_token",
                    "resource_server",
                    ("access_token_signed_response_alg", "access_token_typ"),
                    "access_token_claims",
                    ("created", "updated"),
                ],
            },
        ),
    ]

    def head_links(self, request: HttpRequest, obj: Client) -> Iterator[HeadLink]:
        """Lead on to what people did with it: that is no change of the application."""
        yield from super().head_links(request, obj)
        if HISTORY.may_see(request):
            address = f"{HISTORY.address}?client={obj.pk}"
            yield HeadLink(_("Consents and tokens"), address, "manage_history")

    def history_query(self, obj: Client) -> dict[str, Any]:
        """Ask for its changes; what people did with it has a button of its own."""
        return ObjectAdmin.history_query(self, obj)

    def write(self, request: HttpRequest, obj: Client, form: Any, change: bool) -> None:
        """Register what was entered."""
        update_client(obj, form.metadata)

    def response_add(
        self, request: HttpRequest, obj: Client, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the secret of a new application, the only time it can be shown."""
        if not obj.has_secret:
            response: HttpResponse = super().response_add(request, obj, post_url_continue)
            return response
        return self._new_secret(request, obj)

    def rotate(self, request: HttpRequest, client: Client) -> HttpResponse:
        """Ask first, then make a new secret and show it once."""
        if request.method == "POST":
            return self._new_secret(request, client)
        consequence = gettext(
            "The present secret of %(name)s stops working at once. The application cannot sign "
            "anybody in until it has the new one."
        ) % {"name": client}
        back = self.address("change", client.pk)
        return ask_to_rotate(request, client, consequence=consequence, back=back)

    pages = (
        ObjectPage(
            "rotate_secret",
            rotate,
            ObjectAdmin.has_change_permission,
            is_of=lambda client: not client.is_public,
            title=_("Rotate secret"),
            icon="autorenew",
        ),
        WHO_MAY_USE,
    )

    def _new_secret(self, request: HttpRequest, client: Client) -> HttpResponse:
        made = NewSecret(
            rows=[(_("Client id"), client.client_id), (_("Client secret"), rotate_secret(client))],
            sentence=_(
                "Copy it now: only a digest is kept, so it cannot be shown again. Any earlier "
                "secret no longer works."
            ),
            done=_("Done, to the application"),
        )
        return show_new_secret(request, client, made, back=self.address("change", client.pk))

    @display(description=_("application"), header=True, ordering="name")
    def named(self, client: Client) -> list[str]:
        """Show the name above the client id."""
        return [str(client), client.client_id]

    @display(description=_("asked in the last hour"))
    def reach(self, client: Client) -> str:
        """Say what it has used of its budgets, and what those are."""
        return reach_of(client)

    @display(
        description=_("kind"),
        label={"resource": "info", "public": "warning", "confidential": "primary"},
    )
    def kind(self, client: Client) -> tuple[str, Any]:
        """Say whether it is an application, and whether it can keep a secret."""
        if client.resource_server:
            return "resource", _("Resource server")
        if client.is_public:
            return "public", _("Public")
        return "confidential", _("Confidential")

    @display(description=_("verified"), boolean=True, ordering="is_verified")
    def verified(self, client: Client) -> bool:
        """Show whether somebody checked who operates it."""
        return client.is_verified

    @display(description=_("status"), label={"on": "success", "off": "danger"})
    def active(self, client: Client) -> tuple[str, Any]:
        """Show whether it can do anything at all."""
        return ("on", _("Active")) if client.is_active else ("off", _("Inactive"))
