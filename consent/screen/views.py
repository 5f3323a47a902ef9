"""The consent screen: one request, put to the one person it was opened for."""

from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from claims import subject as subjects
from consent.answering import services
from consent.answering.consent_answer import ConsentAnswer
from consent.approvals.errors import StaleSignInError, UnanswerableError
from consent.approvals.terms import ApprovalTerms
from consent.approvals.views.common import sign_in_again
from consent.asking import prompts
from consent.asking.claim_choices import left_out
from consent.asking.prompts import ConsentQuestions
from consent.consent_question import ConsentQuestion
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
from consent.screen.acts import act_of_screen
from consent.screen.forms import AnswerForm
from consent.screen.page import ScreenPage
from consent.screen.rows import screen
from foundation.base.form_action import allow_onward_redirects
from foundation.base.prepared.related import PreparedRelated
from foundation.directory.models import User
from foundation.directory.sign_in import current_sign_in
from foundation.journal import acts as history
from foundation.journal.context import DecisionContext
from foundation.journal.visitor import decision_context, person

WHERE_TO_LOOK: dict[type[ConsentError], Any] = {
    AddressNotOfferedError: ("email", _("Choose one of your verified addresses.")),
    NoChoiceError: (None, _("Say yes or no to each of them.")),
}
"""The field, and what to do about it."""


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the questions, or take the answer and go on to `return_to`.

    Whoever comes twice goes on too: the first answer stands.
    """
    consent_request = _request_of(person(request), pk)
    if consent_request.decided_at is not None:
        return redirect(consent_request.return_to)
    if consent_request.has_expired or not consent_request.client.is_active:
        return _closed(request, consent_request)
    # Whoever answers may have signed in anew, elsewhere, since the questions were opened.
    address = decision_context(request).address
    asked = ConsentQuestion.of(consent_request, current_sign_in(request), address)
    try:
        questions = prompts.questions(asked)
        visit = ScreenVisit(request, consent_request, asked, questions)
        return _answer(visit) if request.method == "POST" else _page(visit)
    except GrantGoneError:
        # Whoever asked finds that out too, and knows what to make of it.
        return redirect(consent_request.return_to)


_REQUESTS = PreparedRelated[ConsentRequest](
    (UUID, UUID),
    lambda pk, person: ConsentRequest.objects.select_related("client").filter(pk=pk, user=person),
)


def _request_of(someone: User, pk: UUID) -> ConsentRequest:
    """Return a request that was opened for a person; raises Http404 for any other."""
    for found in _REQUESTS.objects(pk, someone.pk):
        return found
    raise Http404


@dataclass(frozen=True)
class ScreenVisit:
    """One person in front of one consent request."""

    http: HttpRequest
    consent_request: ConsentRequest
    asked: ConsentQuestion
    questions: ConsentQuestions

    @property
    def context(self) -> DecisionContext:
        """How the person is there, for the history."""
        return decision_context(self.http, self.asked.acr)


def _answer(visit: ScreenVisit) -> HttpResponse:
    form = AnswerForm(visit.http.POST, questions=visit.questions)
    if not form.is_valid():
        return _page(visit, HTTPStatus.BAD_REQUEST, form)
    try:
        _require_choices(visit, form)
        _take(visit, form)
    except StaleSignInError:
        return sign_in_again(visit.http.path, *_terms_of_mine(visit))
    except (QuestionsChangedError, UnanswerableError):
        anew = replace(visit, questions=prompts.questions(visit.asked))
        return _page(anew, HTTPStatus.CONFLICT)
    except RequestExpiredError:
        return _closed(visit.http, visit.consent_request)
    except (AddressNotOfferedError, NoChoiceError) as error:
        form.add_error(*WHERE_TO_LOOK[type(error)])
        return _page(visit, HTTPStatus.BAD_REQUEST, form)
    except AlreadyDecidedError:
        pass
    return redirect(visit.consent_request.return_to)


def _require_choices(visit: ScreenVisit, form: AnswerForm) -> None:
    """Raise NoChoiceError for a detail without yes or no; what is not said is not guessed.

    Where the sign-in is not good enough for a yes there is nothing to choose yet: StaleSignInError.
    """
    open_ones = [item for item in form.unanswered if not form.is_denial]
    if any(not item.is_fresh(visit.asked.sign_in) for item in open_ones):
        raise StaleSignInError
    if open_ones:
        raise NoChoiceError


def _terms_of_mine(visit: ScreenVisit) -> list[ApprovalTerms]:
    """Return what the details that the person's own yes counts for demand of it."""
    return [item.terms for item in visit.questions.details if item.is_for_the_requester]


def _take(visit: ScreenVisit, form: AnswerForm) -> None:
    if form.is_denial:
        services.deny_all(visit.consent_request, visit.asked, visit.context)
        return
    subject = subjects.load(visit.asked.person_id)
    answer = ConsentAnswer(
        fingerprint=form.cleaned_data["shown"],
        granted=form.cleaned_data["scope"],
        lifetime=form.cleaned_data["lifetime"],
        withheld=left_out(visit.asked, visit.questions, subject, form.cleaned_data["claim"]),
        shared_email=form.shared_email,
        approved_details=form.approved,
    )
    services.decide(visit.consent_request, visit.asked, answer, visit.context)


def _page(
    visit: ScreenVisit, status: HTTPStatus = HTTPStatus.OK, form: AnswerForm | None = None
) -> HttpResponse:
    """Return the page, with the form as it was sent if that is to be sent again."""
    consent_request, questions = visit.consent_request, visit.questions
    screen_shown = screen(consent_request, questions)
    if visit.http.method != "HEAD":
        history.record([act_of_screen(consent_request, questions, screen_shown, visit.context)])
    seen = ScreenPage(visit.http, consent_request, questions, screen_shown, visit.asked.sign_in)
    response = seen.respond(status, form)
    if consent_request.redirect_origin:
        allow_onward_redirects(response)
    return response


def _closed(request: HttpRequest, consent_request: ConsentRequest) -> HttpResponse:
    context = {"application": consent_request.client}
    return render(request, "consent/closed.html", context, status=HTTPStatus.GONE)
