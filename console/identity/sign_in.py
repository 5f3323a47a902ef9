"""What the sign-in pages keep: e-mail addresses and signed-in browsers, to look at."""

from ipaddress import ip_address
from typing import Any

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from console.common.configuration_admin import ReadOnlyAdmin
from console.common.object_admin import labelled
from console.records.finding.searching import MOST_PEOPLE, people_like
from foundation.base.texts.canonical_names import canonical_address
from idp.accounts.browsers import describe

SINCE = labelled("created_at", _("created"), ordering="pk")
"""Made one after the other: the key is in the same order, and has an index."""
LAST_USED = labelled("last_seen_at", _("last used"))
ADDRESS = labelled("ip", _("IP address"))
PERSON = labelled("user", _("person"))


@admin.register(EmailAddress)
class EmailAddressAdmin(ReadOnlyAdmin):
    """Addresses that people sign in with; changed on the page of the person."""

    list_display = ["email", "user", "primary", "verified"]
    list_select_related = ["user"]
    list_filter = ["verified", "primary"]
    sortable_by = ["email"]
    search_fields = ["email"]
    search_help_text = _("Beginning of an e-mail address or username, or identifier of a person")
    fields = ["user", "email", ("primary", "verified")]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find the addresses, and the people with theirs, each by index."""
        if term := search_term.strip():
            beginning = EmailAddress.objects.filter(email__startswith=canonical_address(term))
            keys = list(beginning.values_list("pk", flat=True)[:MOST_PEOPLE])
            queryset = queryset.filter(Q(pk__in=keys) | Q(user__in=people_like(term)))
        return queryset, False


@admin.register(UserSession)
class UserSessionAdmin(ReadOnlyAdmin):
    """Browsers in which people are signed in; the session key is nobody's business."""

    list_display = [PERSON, SINCE, LAST_USED, ADDRESS, "browser"]
    list_select_related = ["user"]
    sortable_by = [SINCE]
    search_fields = ["ip"]
    search_help_text = _("Beginning of a username or e-mail address, identifier, or IP address")
    fields = ["user", ("created_at", "last_seen_at"), "ip", "user_agent"]
    ordering = ["-pk"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find the sessions of people, or those at one address."""
        if term := search_term.strip():
            whose = Q(user__in=people_like(term))
            queryset = queryset.filter(whose | Q(ip=term) if _is_address(term) else whose)
        return queryset, False

    @display(description=_("browser"))
    def browser(self, session: UserSession) -> str:
        """Say what it is in words, as the person's own page does."""
        return describe(session.user_agent)


def _is_address(term: str) -> bool:
    try:
        ip_address(term)
    except ValueError:
        return False
    return True
