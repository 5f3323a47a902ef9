"""Asking and answering without a browser."""

from collections.abc import Collection
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from django.http import HttpRequest

from claims.catalogue.models import Scope
from claims.catalogue.scopes import find
from consent.answering import services
from consent.asking import prompts
from consent.asking.prompts import Questions
from consent.models import ConsentRequest, Grant
from foundation.directory.models import Client, User
from foundation.journal.context import DecisionContext

RETURN_TO = "/authorize/resume/"
ORIGIN = "https://desk.example.com"


@dataclass(frozen=True)
class Asking:
    """One person, one application."""

    user: User
    client: Client

    def register(self, *scopes: str) -> None:
        """Register the application for these scopes too; of what is not known, by its name."""
        wanted = {entry.template if (entry := find(name)) else name for name in scopes}
        if not wanted <= self.client.scopes:
            self.client.scope = " ".join(sorted(wanted | self.client.scopes))
            self.client.save(update_fields=["scope"])

    def questions(self, *scopes: str, reopened: bool = False) -> Questions:
        self.register(*scopes)
        return prompts.questions(
            user=self.user, client=self.client, scopes=scopes, reopened=reopened
        )

    def open(self, *scopes: str, **values: Any) -> ConsentRequest:
        self.register(*scopes)
        usual = {
            "reopened": False,
            "requested_claims": {},
            "acr": "urn:example:acr",
            "return_to": RETURN_TO,
            "redirect_origin": ORIGIN,
        }
        return services.open_consent_request(
            user=self.user, client=self.client, scopes=scopes, **{**usual, **values}
        )

    def answer(
        self,
        request: ConsentRequest,
        *granted: str,
        lifetime: int | None = None,
        shown: str | None = None,
    ) -> Grant | None:
        return services.decide(
            consent_request=request,
            shown=prompts.questions_of(request).fingerprint if shown is None else shown,
            granted=granted,
            lifetime=lifetime,
            context=DecisionContext(locale="en", address="192.0.2.7", user_agent="Browser"),
        )

    def allow(self, asked: Collection[str], granted: Collection[str], **values: Any) -> Grant:
        grant = self.answer(self.open("openid", *asked), *granted, **values)
        assert grant is not None
        return grant

    def deny(self, request: ConsentRequest) -> None:
        services.deny_all(consent_request=request, context=DecisionContext())


def change_scope(name: str, **values: Any) -> None:
    """Change a row of the catalogue as an administrator does."""
    scope = Scope.objects.get(name=name)
    for field, value in values.items():
        setattr(scope, field, value)
    scope.save()


def example_sign_in(request: HttpRequest) -> SimpleNamespace:
    """Stand in for the sign-in that a browser without one has not."""
    return SimpleNamespace(is_doubted=False, acr="urn:example:acr", auth_time=None, risk=0)
