"""Webhooks: where events are posted to. A secret is shown once, when it is made."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, gettext_lazy as _

from consent.approvals.models import WebhookEndpoint
from consent.approvals.notices.webhooks import rotate_secret
from console.common.object_admin import ObjectAdmin
from console.common.pages import ObjectPage
from console.common.secret_page import NewSecret, ask_to_rotate, show_new_secret


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(ObjectAdmin):
    """Where events are posted to. A secret is shown once, when it is made."""

    list_display = ["title", "url", "is_active"]
    fields = ["title", "url", "is_active"]

    def response_add(
        self, request: HttpRequest, obj: WebhookEndpoint, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the secret of a new webhook, the only time that it is shown."""
        return self._new_secret(request, obj, obj.secret)

    def rotate(self, request: HttpRequest, endpoint: WebhookEndpoint) -> HttpResponse:
        """Ask first, then make a new secret and show it once."""
        if request.method == "POST":
            return self._new_secret(request, endpoint, rotate_secret(endpoint))
        consequence = gettext(
            "Posts to %(name)s are signed with the new secret at once. Its receiver refuses them "
            "until it has it."
        ) % {"name": endpoint}
        back = self.address("change", endpoint.pk)
        return ask_to_rotate(request, endpoint, consequence=consequence, back=back)

    pages = (
        ObjectPage(
            "rotate_secret",
            rotate,
            ObjectAdmin.has_change_permission,
            title=_("Rotate secret"),
            icon="autorenew",
        ),
    )

    def _new_secret(
        self, request: HttpRequest, endpoint: WebhookEndpoint, secret: str
    ) -> HttpResponse:
        made = NewSecret(
            rows=[(_("Key of the signatures"), secret)],
            sentence=_(
                "Copy it now: it is shown this once. Any earlier secret signs nothing any more."
            ),
            done=_("Done, to the webhook"),
        )
        return show_new_secret(request, endpoint, made, back=self.address("change", endpoint.pk))
