"""The page of the consent screen: rendered once, with places for what one visit is about."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from consent.approvals.answering.asking import DetailRow
from consent.approvals.deciders.freshness import SignInNeeded
from consent.approvals.views.common import confirm_url, sign_in_again_url
from consent.asking import lifetimes
from consent.asking.prompts import ConsentQuestions
from consent.models import ConsentRequest
from consent.screen.drawing import drawn_cards
from consent.screen.forms import AnswerForm, LifetimeForm, offered_lifetimes
from consent.screen.rows import Screen
from foundation.base.house.in_use import house
from foundation.base.texts.form_tokens import form_token
from foundation.base.texts.fragments import Fragment, joined
from foundation.base.texts.legible import in_a_line
from foundation.directory.application_card import application_card
from foundation.directory.levels import levels
from foundation.directory.sign_in import SignIn
from foundation.directory.step_up import StepUp, most
from foundation.journal.visitor import person

HERE = "request.get_full_path"
PAGE = Fragment(
    "consent/review.html",
    texts=[
        "question", "card", "full_name", "username", "switch_account", "before", "purpose",
        "shown", "details", "cards", "stated", "lifetime", "destination", "buttons", "promises",
        "csrf_token", HERE,
    ],
    conditions=["has_purpose", "has_destination", "is_long", "look"],
)  # fmt: skip
QUESTION = Fragment("consent/question.html", texts=["name"], conditions=["kind"])
MISTAKE = Fragment("consent/mistake.html", conditions=["mistake"])
CAUTION = Fragment("consent/caution.html", conditions=["caution"])
BUTTONS = Fragment("consent/buttons.html", conditions=["answers"])
PROMISES = Fragment(
    "consent/promises.html",
    texts=["name", "policy_uri", "tos_uri"],
    conditions=["has_policy", "has_tos"],
)
NOTHING = SafeString("")


@dataclass(frozen=True)
class ScreenPage:
    """What one person sees of one consent request."""

    http: HttpRequest
    asked: ConsentRequest
    questions: ConsentQuestions
    screen: Screen
    sign_in: SignIn | None

    def respond(self, status: HTTPStatus, form: AnswerForm | None) -> HttpResponse:
        """Return the page; with a form, that is what was sent and has to be sent again."""
        language = get_language() or ""
        texts = {**self._about(language), **self._parts(language, status, form)}
        purpose, destination = self.asked.client.purpose, self.screen.destination
        conditions = (bool(purpose), bool(destination), self.screen.is_long, house().look)
        if len(get_messages(self.http)):
            # They are somebody's: such a page is rendered as a whole.
            context = {**texts, **dict(zip(PAGE.conditions, conditions, strict=True))}
            return render(self.http, PAGE.template, context, status=status)
        texts |= {"csrf_token": form_token(self.http), HERE: self.http.get_full_path()}
        return HttpResponse(PAGE.draw(language, texts, *conditions), status=status)

    def _about(self, language: str) -> dict[str, str]:
        client, someone, destination = self.asked.client, person(self.http), self.screen.destination
        switch_account = f"{reverse('switch_account')}?next={quote(self.asked.return_to, safe='')}"
        return {
            "question": QUESTION.draw(language, {"name": in_a_line(client.name)}, self._kind),
            "card": application_card(language, client, domain=destination),
            "full_name": someone.get_full_name(),
            "username": someone.get_username(),
            "switch_account": switch_account,
            "purpose": client.purpose,
            "destination": destination,
            "promises": self._promises(language),
        }

    def _parts(self, language: str, status: HTTPStatus, form: AnswerForm | None) -> dict[str, str]:
        screen, questions = self.screen, self.questions
        return {
            "before": joined(self._before(language, _mistake(status, form))),
            "shown": questions.fingerprint if form is None else form.data.get("shown", ""),
            "details": joined(self._details(form.chosen if form else {})),
            "cards": drawn_cards(screen.cards, are_folding=screen.is_long),
            "stated": joined(self._stated()),
            "lifetime": self._lifetime(language, form) if questions.asked else NOTHING,
            "buttons": BUTTONS.draw(language, None, self._answers),
        }

    @property
    def _kind(self) -> str:
        questions = self.questions
        if questions.details and not questions.asked:
            return "approval"
        return "more" if questions.grant and not questions.reopened else "access"

    @property
    def _answers(self) -> str:
        questions = self.questions
        if questions.offers_nothing:
            return "none"
        if not questions.is_one_detail:
            return "usual"
        [detail] = questions.details
        if not detail.is_for_the_requester:
            return "ask"
        return "approve_once" if detail.card.single_use else "approve"

    def _promises(self, language: str) -> SafeString:
        client = self.asked.client
        if not client.policy_uri and not client.tos_uri:
            return NOTHING
        texts = {"name": client.name, "policy_uri": client.policy_uri, "tos_uri": client.tos_uri}
        return PROMISES.draw(language, texts, bool(client.policy_uri), bool(client.tos_uri))

    def _before(self, language: str, mistake: str) -> Iterator[SafeString]:
        """Yield what to know first."""
        if mistake:
            yield MISTAKE.draw(language, None, mistake)
        if self.asked.came_without_browser:
            context = {"asked": self.asked, "application": self.asked.client}
            yield render_to_string("consent/without_browser.html", context)
        for caution in self.questions.cautions:
            yield CAUTION.draw(language, None, caution)

    def _details(self, chosen: Mapping[str, str]) -> Iterator[SafeString]:
        details = self.questions.details
        for number, item in enumerate(details, start=1):
            row = DetailRow(item, item.is_fresh(self.sign_in), chosen.get(item.digest, ""))
            context = {
                "row": row,
                "number": number,
                "of": len(details),
                "is_all": self.questions.is_one_detail,
                "needs": SignInNeeded(item.terms.minimum_acr),
                "sign_in_again": sign_in_again_url(self.http.path, item.terms),
            }
            yield render_to_string("consent/detail.html", context)

    def _stated(self) -> Iterator[SafeString]:
        """Yield what is not asked: what is out of reach, and what was allowed before."""
        if self.screen.beyond_reach:
            context = {"rows": self.screen.beyond_reach, "stronger": self._stronger()}
            yield render_to_string("consent/beyond_reach.html", context)
        if self.screen.kept:
            yield render_to_string("consent/kept.html", {"rows": self.screen.kept})

    def _stronger(self) -> str:
        """Return where the person signs in strongly enough; nowhere if no sign-in here is."""
        needed = {row.entry.minimum_acr for row in self.screen.beyond_reach} & {*levels()}
        return confirm_url(self.http.path, most(map(StepUp, needed))) if needed else ""

    def _lifetime(self, language: str, form: AnswerForm | None) -> SafeString:
        if form is not None:
            return _field(form)
        begins = offered_lifetimes(self.questions)
        return _lifetime_as_it_begins(language, tuple(begins["offered"]), begins["suggested"])


def _mistake(status: HTTPStatus, form: AnswerForm | None) -> str:
    """Return why the page comes again; empty: it comes for the first time."""
    if status == HTTPStatus.CONFLICT:
        return "changed"
    if form is None:
        return ""
    if form.non_field_errors():
        return "undecided"
    return "address" if "email" in form.errors else "unreadable"


@lru_cache(maxsize=256)
def _lifetime_as_it_begins(
    language: str,  # noqa: ARG001 - what it is kept by
    offered: tuple[lifetimes.Choice, ...],
    suggested: int | str,
) -> SafeString:
    return _field(LifetimeForm(offered=offered, suggested=suggested))


def _field(form: LifetimeForm) -> SafeString:
    context: dict[str, Any] = {"field": form["lifetime"]}
    return render_to_string("components/field.html", context)
