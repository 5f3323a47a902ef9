"""What the sign-in pages keep: e-mail addresses and signed-in browsers, to look at."""

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from console.common.configuration_admin import ReadOnlyAdmin
from console.common.object_admin import labelled
from idp.accounts.browsers import describe

SINCE = labelled("created_at", _("created"))
LAST_USED = labelled("last_seen_at", _("last used"))
ADDRESS = labelled("ip", _("IP address"))
PERSON = labelled("user", _("person"))


@admin.register(EmailAddress)
class EmailAddressAdmin(ReadOnlyAdmin):
    """Addresses that people sign in with; changed on the page of the person."""

    list_display = ["email", "user", "primary", "verified"]
    list_select_related = ["user"]
    list_filter = ["verified", "primary"]
    search_fields = ["email", "user__username", "user__name"]
    fields = ["user", "email", ("primary", "verified")]


@admin.register(UserSession)
class UserSessionAdmin(ReadOnlyAdmin):
    """Browsers in which people are signed in; the session key is nobody's business."""

    list_display = [PERSON, SINCE, LAST_USED, ADDRESS, "browser"]
    list_select_related = ["user"]
    search_fields = ["user__username", "user__name", "ip"]
    fields = ["user", ("created_at", "last_seen_at"), "ip", "user_agent"]
    ordering = ["-last_seen_at"]

    @display(description=_("browser"))
    def browser(self, session: UserSession) -> str:
        """Say what it is in words, as the person's own page does."""
        return describe(session.user_agent)
