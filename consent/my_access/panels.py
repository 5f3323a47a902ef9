"""My access as HTML: a panel for each application. What panels have in common is rendered once."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from claims.display.value_list import value_list
from consent.my_access.application_access import ApplicationAccess, ScopeAccess
from foundation.base.texts.dates import DatesInWords
from foundation.base.texts.fragments import Fragment, joined, row_addresses
from foundation.directory.application_card import application_card

PANEL = Fragment(
    "consent/application.html",
    texts=["key", "name", "card", "since", "used", "held", "denied", "leave", "receipt", "history"],
    conditions=["was_used", "has_denied"],
)
HELD = Fragment(
    "consent/held.html",
    texts=[
        "title", "sentence", "application", "name", "values", "details", "since", "until",
        "action", "csrf_token",
    ],
    conditions=[
        "has_sentence", "has_details", "is_required", "has_ended", "is_implicit", "is_limited",
    ],
)  # fmt: skip
DENIED = Fragment(
    "consent/denied.html",
    texts=["title", "since", "action", "name", "application", "csrf_token"],
)


class Panels:
    """Draws the panels of one page."""

    def __init__(self, csrf_token: str) -> None:
        self.csrf_token = csrf_token
        self.language = get_language() or ""
        self.dates = DatesInWords()
        self.history = reverse("consent:history")
        self.leave = row_addresses("consent:leave")
        self.receipt = row_addresses("consent:receipt")
        self.take_back = row_addresses("consent:take_back")
        self.ask_again = row_addresses("consent:ask_again")

    def drawn(self, found: Sequence[ApplicationAccess]) -> SafeString:
        """Return the panels of all applications."""
        return joined(self._panel(access) for access in found)

    def _panel(self, access: ApplicationAccess) -> SafeString:
        grant, used = access.grant, access.last_used
        texts = {
            "key": grant.pk,
            "name": grant.client.name,
            "card": application_card(self.language, grant.client, is_heading=True),
            "since": self.dates.day(grant.created_at),
            "used": self.dates.minute(used) if used else "",
            "held": joined(self._held(access, scope) for scope in access.scopes),
            "denied": joined(self._denied(access, scope) for scope in access.denied),
            "leave": self.leave(grant.pk),
            "receipt": self.receipt(grant.pk),
            "history": self.history,
        }
        return PANEL.draw(self.language, texts, used is not None, bool(access.denied))

    def _held(self, access: ApplicationAccess, scope: ScopeAccess) -> SafeString:
        texts = {
            "title": scope.title,
            "sentence": scope.sentence,
            "application": access.grant.client.name,
            "name": scope.name,
            "values": value_list(self.language, scope.title, scope.values),
            "details": ", ".join(scope.withheld),
            "since": self.dates.day(scope.since) if scope.since else "",
            "until": self.dates.day(scope.until) if scope.until else "",
            "action": self.take_back(access.grant.pk),
            "csrf_token": self.csrf_token,
        }
        conditions = (
            bool(scope.sentence),
            bool(scope.withheld),
            scope.is_required,
            scope.has_ended,
            scope.is_implicit,
            scope.until is not None,
        )
        return HELD.draw(self.language, texts, *conditions)

    def _denied(self, access: ApplicationAccess, scope: ScopeAccess) -> SafeString:
        texts = {
            "title": scope.title,
            "since": self.dates.day(scope.since) if scope.since else "",
            "action": self.ask_again(access.grant.pk),
            "name": scope.name,
            "application": access.grant.client.name,
            "csrf_token": self.csrf_token,
        }
        return DENIED.draw(self.language, texts)
