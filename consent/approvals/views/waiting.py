"""The page of who asked: what it waits for, withdrawing it, going ahead alone."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from consent.approvals.deciders.counting import may_break_glass
from consent.approvals.errors import ApprovalError, PreviewChangedError, StaleSignInError
from consent.approvals.models import VoteOutcome
from consent.approvals.selectors import Seen, awaited
from consent.approvals.terms import terms_of
from consent.approvals.use.ending import break_glass, cancel
from consent.approvals.use.outcome import way_back_of
from consent.approvals.views.common import details, find, page, sign_in_again, visitor
from consent.approvals.views.forms import GoAheadForm
from consent.approvals.voting import Ballot
from foundation.base.form_action import allow_onward_redirects
from foundation.journal.visitor import person


@never_cache
@login_required
@require_safe
def waiting(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say who is awaited; once it is decided, lead on to where the person came from."""
    seen = _own(request, pk)
    if not seen.is_open and (way_back := way_back_of(seen.approval)):
        return redirect(way_back)
    if seen.may_vote:
        return redirect("consent:approval", pk)
    return _page(request, seen)


@login_required
@require_POST
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Withdraw the request."""
    seen = _own(request, pk)
    context, _sign_in = visitor(request)
    if cancel(seen.approval, person(request).pk, context):
        messages.success(request, _("The request has been withdrawn."))
    return redirect("consent:approval_waiting", pk)


@login_required
@require_POST
def go_ahead(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Go ahead alone, where the rules allow it, with a reason that everybody concerned reads."""
    seen = _own(request, pk)
    form = GoAheadForm(request.POST)
    if not form.is_valid():
        return _page(request, seen, form, HTTPStatus.BAD_REQUEST)
    context, sign_in = visitor(request)
    said = form.cleaned_data
    ballot = Ballot(VoteOutcome.APPROVE, said["shown"], sign_in=sign_in)
    try:
        break_glass(seen.approval, person(request).pk, said["justification"], ballot, context)
    except StaleSignInError:
        return sign_in_again(seen.approval.get_waiting_url(), terms_of(seen.approval))
    except PreviewChangedError:
        return _page(request, seen, form, HTTPStatus.CONFLICT)
    except ApprovalError:
        messages.warning(request, _("You cannot go ahead with this alone."))
    return redirect("consent:approval_waiting", pk)


def _own(request: HttpRequest, pk: UUID) -> Seen:
    seen = find(request, pk)
    if not seen.is_requester:
        raise Http404
    return seen


def _page(
    request: HttpRequest,
    seen: Seen,
    form: GoAheadForm | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    shared = details(request, seen.approval)
    may_go_ahead = seen.is_open and may_break_glass(seen.approval, person(request).pk)
    data = {"justification": form.data.get("justification", "")} if form else {}
    more: dict[str, Any] = {
        "is_waiting": seen.is_open,
        "awaited": awaited(seen),
        "has_signatures": seen.has_signatures,
        "may_go_ahead": may_go_ahead,
        "form": GoAheadForm(initial={**data, "shown": shared["shown"]}),
        "errors": form.errors if form else {},
        "has_changed": status == HTTPStatus.CONFLICT,
    }
    response = page(request, "waiting", {**shared, **more}, status)
    if seen.approval.consent_request_id is not None:
        # To withdraw is to answer: the forms of this page end at the application.
        allow_onward_redirects(response)
    return response
