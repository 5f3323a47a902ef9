"""SCIM: which systems provision people, and the tokens they are let in with."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _
from unfold.decorators import display

from console.common.confirmation import Confirmation, ask
from console.common.object_admin import ObjectAdmin
from console.common.pages import ObjectPage
from console.common.secret_page import NewSecret, show_new_secret
from foundation.base import conf
from idp.models import ScimConnection, ScimToken
from idp.protocol.paths import SCIM
from idp.scim.tokens import new_secret, revoke

GOOD_FOR = timedelta(days=365)


@admin.register(ScimConnection)
class ScimConnectionAdmin(ObjectAdmin):
    """Systems that provision people. Who was provisioned stays when one is switched off."""

    list_display = ["name", "is_active"]
    fields = ["name", "verified_domains", "is_active"]


@admin.register(ScimToken)
class ScimTokenAdmin(ObjectAdmin):
    """Tokens: shown once when made, not changed afterwards, revoked instead of deleted."""

    list_display = ["label", "connection", "state", "users", "groups", "expires_at", "last_used_at"]
    list_select_related = ["connection"]
    fields = ["connection", "label", ("users", "groups"), "expires_at"]

    def get_fields(self, request: HttpRequest, obj: ScimToken | None = None) -> Any:
        """Say of one that exists when it was made and used."""
        return [*self.fields, *(("created_at", "last_used_at", "revoked_at") if obj else ())]

    def get_readonly_fields(self, request: HttpRequest, obj: ScimToken | None = None) -> Any:
        """Leave a token what it was made for."""
        made = ("connection", "label", "users", "groups", "expires_at")
        return (*made, "created_at", "last_used_at", "revoked_at") if obj else ()

    def get_changeform_initial_data(self, request: HttpRequest) -> Any:
        """Let it count for a year."""
        return {
            "expires_at": timezone.now() + GOOD_FOR,
            **super().get_changeform_initial_data(request),
        }

    def has_change_permission(self, request: HttpRequest, obj: ScimToken | None = None) -> bool:
        """Change none: a token stays what it was made for."""
        return obj is None and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: ScimToken | None = None) -> bool:
        """Delete none: the history names them. They are revoked."""
        return False

    def save_model(self, request: HttpRequest, obj: ScimToken, form: Any, change: bool) -> None:
        """Save a new token with the digest of its secret."""
        if not change:
            form.new_secret = new_secret(obj)
        super().save_model(request, obj, form, change)
        request.new_scim_secret = getattr(form, "new_secret", "")  # type: ignore[attr-defined]

    def response_add(
        self, request: HttpRequest, obj: ScimToken, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the secret, the only time that it is shown."""
        secret: str = request.new_scim_secret  # type: ignore[attr-defined]
        made = NewSecret(
            rows=[(_("Address"), conf.current().issuer + SCIM), (_("Token"), secret)],
            sentence=_("Copy it now: it is shown this once. Give both to the system."),
            done=_("Done, to the token"),
        )
        return show_new_secret(request, obj, made, back=self.address("change", obj.pk))

    @display(description=_("status"), label={"on": "success", "off": "danger"})
    def state(self, token: ScimToken) -> tuple[str, Any]:
        """Show whether anybody is let in with it."""
        if token.revoked_at:
            return "off", _("Revoked")
        if token.expires_at <= timezone.now():
            return "off", _("Expired")
        return "on", _("Active")

    def revoke_token(self, request: HttpRequest, token: ScimToken) -> HttpResponse:
        """Ask first, then take it back."""
        back = self.address("change", token.pk)
        if request.method == "POST":
            revoke(token)
            return redirect(back)
        confirmation = Confirmation(
            title=gettext("Revoke %(name)s") % {"name": token},
            question=_("Take this token back?"),
            sentences=[_("The system is let in no more, from its next request on.")],
            yes=_("Revoke token"),
            no=_("Keep it"),
            back=back,
            about=token,
        )
        return ask(request, confirmation)

    pages = (
        ObjectPage(
            "revoke",
            revoke_token,
            ObjectAdmin.has_change_permission,
            title=_("Revoke token"),
            icon="block",
            is_of=lambda token: token.revoked_at is None,
        ),
    )
