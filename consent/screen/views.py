"""The consent screen: one request, put to the one person it was opened for."""

import uuid
from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from claims import subject as subjects
from consent.answering import services
from consent.approvals.answering.answering import DetailsAnswer
from consent.approvals.deciders.freshness import facts_of
from consent.approvals.errors import StaleSignInError, UnanswerableError
from consent.approvals.views.common import sign_in_again, sign_in_again_url
from consent.asking import prompts
from consent.asking.claim_choices import left_out
from consent.asking.prompts import Questions
from consent.errors import (
    AddressNotOfferedError,
    AlreadyDecidedError,
    ConsentError,
    GrantGoneError,
    NoChoiceError,
    QuestionsChangedError,
    RequestExpiredError,
)
from consent.models import ConsentRequest
from consent.screen.acts import shown
from consent.screen.forms import AnswerForm
from consent.screen.rows import screen
from foundation.base.form_action import allow_onward_redirects
from foundation.journal import acts as history
from foundation.journal.visitor import decision_context, person

WHERE_TO_LOOK: dict[type[ConsentError], Any] = {
    AddressNotOfferedError: ("email", _("Choose one of your verified addresses.")),
    NoChoiceError: (None, _("Say yes or no to each of them.")),
}
"""The field, and what to do about it."""


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show the questions, or take the answer and go on to `return_to`.

    Whoever comes twice goes on too: the first answer stands.
    """
    consent_request = get_object_or_404(
        ConsentRequest.objects.select_related("client"), pk=pk, user_id=person(request).pk
    )
    _bring_up_to_date(request, consent_request)
    if consent_request.decided_at is not None:
        return redirect(consent_request.return_to)
    if consent_request.has_expired or not consent_request.client.is_active:
        return _closed(request, consent_request)
    try:
        if request.method == "POST":
            return _answer(request, consent_request)
        questions = prompts.questions_of(consent_request)
    except GrantGoneError:
        # Whoever asked finds that out too, and knows what to make of it.
        return redirect(consent_request.return_to)
    return _page(request, consent_request, questions, AnswerForm(questions=questions))


def _bring_up_to_date(request: HttpRequest, consent_request: ConsentRequest) -> None:
    """Whoever answers may have signed in anew, elsewhere, since the questions were opened."""
    facts = facts_of(request)
    consent_request.acr = facts.acr
    consent_request.address = decision_context(request).address
    consent_request.risk = facts.risk


def _answer(request: HttpRequest, consent_request: ConsentRequest) -> HttpResponse:
    questions = prompts.questions_of(consent_request)
    form = AnswerForm(request.POST, questions=questions)
    if not form.is_valid():
        return _page(request, consent_request, questions, form, status=HTTPStatus.BAD_REQUEST)
    try:
        _require_choices(request, form)
        _take(request, consent_request, questions, form)
    except StaleSignInError:
        return sign_in_again(request.path)
    except (QuestionsChangedError, UnanswerableError):
        return _asked_anew(request, consent_request)
    except RequestExpiredError:
        return _closed(request, consent_request)
    except (AddressNotOfferedError, NoChoiceError) as error:
        form.add_error(*WHERE_TO_LOOK[type(error)])
        return _page(request, consent_request, questions, form, status=HTTPStatus.BAD_REQUEST)
    except AlreadyDecidedError:
        pass
    return redirect(consent_request.return_to)


def _require_choices(request: HttpRequest, form: AnswerForm) -> None:
    """Raise NoChoiceError for a detail without yes or no; what is not said is not guessed.

    Where the sign-in is not good enough for a yes there is nothing to choose yet: StaleSignInError.
    """
    facts = facts_of(request)
    open_ones = [item for item in form.unanswered if not form.is_denial]
    if any(not item.is_fresh(facts) for item in open_ones):
        raise StaleSignInError
    if open_ones:
        raise NoChoiceError


def _asked_anew(request: HttpRequest, consent_request: ConsentRequest) -> HttpResponse:
    questions = prompts.questions_of(consent_request)
    form = AnswerForm(questions=questions)
    return _page(request, consent_request, questions, form, status=HTTPStatus.CONFLICT)


def _take(
    request: HttpRequest, consent_request: ConsentRequest, questions: Questions, form: AnswerForm
) -> None:
    context = decision_context(request, consent_request.acr)
    if form.is_denial:
        services.deny_all(consent_request=consent_request, context=context)
        return
    subject = subjects.load(consent_request.user_id)
    services.decide(
        consent_request=consent_request,
        shown=form.cleaned_data["shown"],
        granted=form.cleaned_data["scope"],
        lifetime=form.cleaned_data["lifetime"],
        withheld=left_out(consent_request, questions, subject, form.cleaned_data["claim"]),
        shared_email=form.shared_email,
        details=DetailsAnswer(form.approved, facts_of(request)),
        context=context,
    )


def _page(
    request: HttpRequest,
    consent_request: ConsentRequest,
    questions: Questions,
    form: AnswerForm,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    screen_shown = screen(consent_request, questions)
    if request.method != "HEAD":
        visitor = decision_context(request, consent_request.acr)
        history.record([shown(consent_request, questions, screen_shown, visitor)])
    context = {
        "application": consent_request.client,
        "asked": consent_request,
        "return_to": consent_request.return_to,
        "screen": screen_shown,
        "questions": questions,
        "form": form,
        "details": form.rows(facts_of(request)),
        "sign_in_again": sign_in_again_url(request.path),
        "has_changed": status == HTTPStatus.CONFLICT,
    }
    response = render(request, "consent/review.html", context, status=status)
    if consent_request.redirect_origin:
        allow_onward_redirects(response)
    return response


def _closed(request: HttpRequest, consent_request: ConsentRequest) -> HttpResponse:
    context = {"application": consent_request.client}
    return render(request, "consent/closed.html", context, status=HTTPStatus.GONE)
