"""The approver's screen: one request, all that it says, yes or no."""

import logging
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import json_script
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from consent.approvals import acts
from consent.approvals.deciders.freshness import SignInNeeded, is_fresh
from consent.approvals.deciders.handed_over import yes_counts_from
from consent.approvals.errors import (
    ApprovalError,
    HandedOverError,
    PreviewChangedError,
    StaleSignInError,
    UnsignedError,
)
from consent.approvals.models import VoteOutcome
from consent.approvals.selectors import Seen, awaited, name_of
from consent.approvals.signing.taking import Voting, options_for
from consent.approvals.terms import terms_of
from consent.approvals.use.outcome import way_back_of
from consent.approvals.views.common import (
    details,
    find,
    page,
    sign_in_again,
    sign_in_again_url,
    visitor,
)
from consent.approvals.views.drawing import ballot_drawn, who_asks
from consent.approvals.views.forms import BallotForm
from consent.approvals.voting import Ballot, vote
from foundation.base.texts.form_tokens import form_token
from foundation.directory.factors import copied
from foundation.directory.factors.passkeys import CopiedKeyError
from foundation.journal import acts as history
from foundation.journal.acts import Kind
from foundation.journal.visitor import person

logger = logging.getLogger(__name__)
SAID_BY: dict[type[Exception], HTTPStatus] = {
    PreviewChangedError: HTTPStatus.CONFLICT,
    HandedOverError: HTTPStatus.FORBIDDEN,
    UnsignedError: HTTPStatus.UNPROCESSABLE_ENTITY,
    CopiedKeyError: HTTPStatus.UNPROCESSABLE_ENTITY,
}
"""Statuses of the page when an answer was not counted."""


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show one request to who may vote on it or asked for it, or take the vote."""
    seen = find(request, pk)
    if request.method != "POST":
        return _screen(request, seen)
    form = BallotForm(request.POST)
    if not form.is_valid():
        return _screen(request, seen, form, HTTPStatus.BAD_REQUEST)
    try:
        _take(request, seen, form)
    except StaleSignInError:
        return sign_in_again(request.path, terms_of(seen.approval))
    except tuple(SAID_BY) as error:
        if isinstance(error, CopiedKeyError):
            copied.deal_with(request, error.factor, timezone.now())
        logger.info("An answer was not counted: %s %s", type(error).__name__, error)
        return _screen(request, find(request, pk), form, SAID_BY[type(error)])
    except ApprovalError:
        messages.warning(request, _("Your answer came too late: it had been decided before."))
    goes_on = seen.is_requester and way_back_of(seen.approval)
    return redirect(seen.approval.get_waiting_url() if goes_on else request.path)


def _take(request: HttpRequest, seen: Seen, form: BallotForm) -> None:
    context, sign_in = visitor(request)
    said = form.cleaned_data
    ballot = Ballot(VoteOutcome(said["outcome"]), said["shown"], said["note"], sign_in)
    ballot = replace(ballot, signed=form.signed())
    vote(seen.approval, person(request).pk, ballot, context)
    messages.success(request, _("Your answer has been counted."))


def _screen(
    request: HttpRequest,
    seen: Seen,
    form: BallotForm | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    shared = details(request, seen.approval)
    context, sign_in = visitor(request)
    if request.method != "HEAD":
        by = acts.by(person(request).pk, seen.approval, context)
        viewed = acts.of(seen.approval, Kind.QUERY_VIEWED, by, shown=shared["shown"])
        history.record([viewed])
    more: dict[str, Any] = {
        "seen": seen,
        "who": who_asks(get_language() or "", seen.approval),
        "errors": form.errors if form else {},
        "is_fresh": is_fresh(seen.approval, sign_in),
        "needs": SignInNeeded(terms_of(seen.approval).minimum_acr),
        "sign_in_again": sign_in_again_url(request.path, terms_of(seen.approval)),
        "votes": seen.votes,
        "awaited": [] if seen.may_vote else awaited(seen),
        "has_changed": status == HTTPStatus.CONFLICT,
        "is_unsigned": status == HTTPStatus.UNPROCESSABLE_ENTITY,
        "is_signed": terms_of(seen.approval).needs_signature,
    }
    if seen.may_vote:
        more |= _answering(request, seen, shared, form.data.get("note", "") if form else "")
    return page(request, "decide", {**shared, **more}, status)


def _answering(
    request: HttpRequest, seen: Seen, shared: dict[str, Any], note: str
) -> dict[str, Any]:
    """Return what who may vote sees besides: for whom, from when their yes counts, the form."""
    counts_from = _yes_counts_from(request, seen)
    texts = {"csrf_token": form_token(request), "shown": shared["shown"], "note": note}
    asked = _signature_asked(request, seen, shared["shown"])
    texts |= asked
    return {
        "on_behalf_of": name_of(seen.on_behalf_of) if seen.on_behalf_of else "",
        "yes_counts_from": counts_from,
        "ballot": ballot_drawn(
            get_language() or "",
            texts,
            may_approve=counts_from is None,
            is_single_use=shared["card"].single_use,
            has_passkey=bool(asked["options"]) if asked else None,
        ),
    }


def _signature_asked(request: HttpRequest, seen: Seen, shown: str) -> dict[str, str]:
    """Return what the page asks a passkey for; nothing where a yes is not signed.

    Without a passkey there are no options.
    """
    if not terms_of(seen.approval).needs_signature:
        return {}
    voting = Voting(seen.approval, person(request).pk, shown, timezone.now())
    options = options_for(voting, seen.on_behalf_of)
    back = urlencode({REDIRECT_FIELD_NAME: request.path})
    return {
        "at": str(int(voting.now.timestamp())),
        "options": json_script(options) if options["publicKey"].get("allowCredentials") else "",
        "add_passkey": f"{reverse('add_passkey')}?{back}",
    }


def _yes_counts_from(request: HttpRequest, seen: Seen) -> datetime | None:
    if seen.is_requester:
        return None
    return yes_counts_from({person(request).pk, seen.on_behalf_of} - {None})
