"""What the pages of one approval have in common."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language

from consent.approvals.card.contents import card_of, shown_digest
from consent.approvals.card.drawn import card_drawn
from consent.approvals.deciders.freshness import wanted_for
from consent.approvals.models import Approval
from consent.approvals.selectors import Seen, seen_by
from consent.approvals.terms import ApprovalTerms
from consent.approvals.views.drawing import state_drawn
from foundation.directory.sign_in import SignIn, current_sign_in
from foundation.directory.step_up import StepUp, most
from foundation.journal.context import DecisionContext
from foundation.journal.visitor import decision_context, person


def find(request: HttpRequest, pk: UUID) -> Seen:
    """Return the approval for the person who is signed in; Http404 for whom it does not concern."""
    seen = seen_by(person(request).pk, pk)
    if seen is None:
        raise Http404
    return seen


def visitor(request: HttpRequest) -> tuple[DecisionContext, SignIn | None]:
    """Return how the person is there, and how they signed in."""
    sign_in = current_sign_in(request)
    return decision_context(request, sign_in.acr if sign_in else ""), sign_in


def sign_in_again(page: str, *terms: ApprovalTerms) -> HttpResponseRedirect:
    """Send the person to sign in as terms want it, and back to a page of ours."""
    return HttpResponseRedirect(sign_in_again_url(page, *terms))


def sign_in_again_url(page: str, *terms: ApprovalTerms) -> str:
    """Return where that is; what several terms want is the most of each."""
    return confirm_url(page, most([wanted_for(each) for each in terms]))


def confirm_url(page: str, wanted: StepUp) -> str:
    """Return where somebody confirms that it is them as strongly as wanted, and comes back."""
    query = urlencode({REDIRECT_FIELD_NAME: page, **wanted.parameters})
    return f"{reverse('account_reauthenticate')}?{query}"


def details(request: HttpRequest, approval: Approval) -> dict[str, Any]:
    """Return what both sides see of a request, and the digest of it."""
    card, language = card_of(approval), get_language() or ""
    return {
        "approval": approval,
        "card": card,
        "shown_card": card_drawn(language, card),
        "state": state_drawn(language, approval),
        "shown": shown_digest(approval, decision_context(request).locale, card),
    }


def page(
    request: HttpRequest, name: str, context: dict[str, Any], status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    """Return a page of approvals."""
    return render(request, f"consent/approvals/{name}.html", context, status=status)
