"""What the sign-in pages keep: e-mail addresses and signed-in browsers, to look at."""

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib import admin

from claims.configuration_admin import ReadOnlyAdmin


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

    list_display = ["user", "created_at", "last_seen_at", "ip", "user_agent"]
    list_select_related = ["user"]
    search_fields = ["user__username", "user__name", "ip"]
    fields = ["user", ("created_at", "last_seen_at"), "ip", "user_agent"]
    ordering = ["-last_seen_at"]
