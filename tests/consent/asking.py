"""Asking and answering without a browser."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from claims.catalogue.models import Scope
from claims.catalogue.scopes import find
from consent.answering import services
from consent.answering.consent_answer import ConsentAnswer
from consent.asking import prompts
from consent.asking.prompts import ConsentQuestions
from consent.consent_question import ConsentQuestion
from consent.models import ConsentRequest, Grant
from foundation.directory.models import Client, User
from foundation.directory.sign_in import SignIn
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

    def questions(self, *scopes: str, reopened: bool = False) -> ConsentQuestions:
        self.register(*scopes)
        return prompts.questions(self.question(*scopes, reopened=reopened))

    def question(self, *scopes: str, **values: Any) -> ConsentQuestion:
        return ConsentQuestion(person_id=self.user.pk, client=self.client, scopes=scopes, **values)

    def sign_in(self, **values: Any) -> SignIn:
        usual = {"auth_time": timezone.now(), "acr": "urn:example:acr", "amr": (), "sid": "sid"}
        return SignIn(self.user, **{**usual, **values})

    def open(
        self, *scopes: str, return_to: str = RETURN_TO, redirect_origin: str = ORIGIN, **values: Any
    ) -> ConsentRequest:
        """`values` are members of `ConsentQuestion`, or the lifetime and the program that asks."""
        self.register(*scopes)
        way = {name: values.pop(name) for name in ("lifetime_seconds", "program") if name in values}
        return services.open_consent_request(
            self.question(*scopes, **{"sign_in": self.sign_in(), **values}),
            return_to=return_to,
            redirect_origin=redirect_origin,
            **way,
        )

    def answer(
        self,
        request: ConsentRequest,
        *granted: str,
        shown: str | None = None,
        **values: Any,
    ) -> Grant | None:
        """`values` are members of `ConsentAnswer`."""
        question = ConsentQuestion.of(request, self.sign_in())
        seen = prompts.questions(question).fingerprint if shown is None else shown
        return services.decide(
            request,
            question,
            ConsentAnswer(fingerprint=seen, granted=granted, **values),
            DecisionContext(locale="en", address="192.0.2.7", user_agent="Browser"),
        )

    def allow(self, asked: Collection[str], granted: Collection[str], **values: Any) -> Grant:
        grant = self.answer(self.open("openid", *asked), *granted, **values)
        assert grant is not None
        return grant

    def deny(self, request: ConsentRequest) -> None:
        services.deny_all(request, ConsentQuestion.of(request, self.sign_in()), DecisionContext())


def change_scope(name: str, **values: Any) -> None:
    """Change a row of the catalogue as an administrator does."""
    scope = Scope.objects.get(name=name)
    for field, value in values.items():
        setattr(scope, field, value)
    scope.save()
