"""Leading one authorization request from its arrival to its answer."""

from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import replace

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from consent.approvals.use.outcome import NOTHING, outcome_of
from consent.asking.prompts import ConsentQuestions
from consent.grants.selectors import answered_request
from foundation.directory.models import Client
from foundation.directory.sign_in import current_sign_in
from foundation.journal.visitor import decision_context
from idp.authorize import pipeline, response
from idp.authorize.assurance import acr_for, counting, counting_since
from idp.authorize.grant_management import settled_grant
from idp.authorize.interaction import Onward, Step, next_step
from idp.authorize.issue import Granted, issue_code
from idp.authorize.language import speak
from idp.authorize.questions import why_nothing_is_left
from idp.authorize.request import AuthorizationRequest
from idp.authorize.single_answer import use_up
from idp.authorize.situation import Situation
from idp.authorize.stored import pending
from idp.authorize.stored.pages import page_of
from idp.enforcement.owed import is_due
from idp.errors import AccessDeniedError, OAuthError
from idp.models import StoredAuthorizationRequest
from idp.tokens.families.store import LostRaceError

ATTEMPTS = 3
"""How often a request is looked at anew because its grant was changed this very moment."""


def begin(
    http_request: HttpRequest,
    request: AuthorizationRequest,
    client: Client,
    *,
    pushed_pk: int | None = None,
) -> HttpResponse:
    """Answer a checked request that has just arrived, or send the person to the first page.

    Raises `PageError` when the pushed request behind it was answered a moment ago.
    """
    now = timezone.now()
    arrived_at = getattr(http_request, "arrived_at", now)
    counts_since = counting_since(request, client, arrived_at, now)
    sign_in = current_sign_in(http_request)
    situation = Situation(
        request=request,
        client=client,
        sign_in=counting(sign_in, client, counts_since),
        owed=is_due(http_request, sign_in, now),
        now=now,
        arrived_at=arrived_at,
        counts_since=counts_since,
        address=decision_context(http_request).address,
        pushed_pk=pushed_pk,
    )
    return _conduct(http_request, situation, stored=None)


def resume(http_request: HttpRequest, stored: StoredAuthorizationRequest) -> HttpResponse:
    """Go on with a request after the person has been to a page.

    Raises `PageError` when the redirect URI is not the client's any more.
    """
    sign_in = current_sign_in(http_request)
    decided = answered_request(stored.consent_request_id, sign_in.user.pk if sign_in else None)
    details = outcome_of(decided) if decided else NOTHING
    request, now = AuthorizationRequest.from_json(stored.parameters), timezone.now()
    counts_since = counting_since(request, stored.client, stored.created_at, now)
    situation = Situation(
        request=request,
        client=stored.client,
        sign_in=counting(sign_in, stored.client, counts_since),
        owed=is_due(http_request, sign_in, now),
        now=now,
        arrived_at=stored.created_at,
        counts_since=counts_since,
        address=decision_context(http_request).address,
        account_chosen=stored.account_chosen_at is not None,
        has_declined=stored.declined_at is not None,
        consented=decided is not None,
        decided_grant=decided.grant_id if decided else None,
        approved_details=details.approved,
        waiting_at=details.waiting_at,
        why_nothing_is_left=why_nothing_is_left(details),
        pushed_pk=stored.pushed_request_id,
    )
    try:
        pipeline.check_again(request, stored.client)
    except OAuthError as error:
        return _refuse(http_request, situation, stored, error)
    if decided is not None and details.waiting_at:
        pending.keep(stored, until=decided.expires_at)
    if decided is not None and decided.grant_id is None:
        return _refuse(http_request, situation, stored, AccessDeniedError())
    return _conduct(http_request, situation, stored=stored)


def refuse(
    http_request: HttpRequest, stored: StoredAuthorizationRequest, error: OAuthError
) -> HttpResponse:
    """End a request whose person can do nothing more. Raises `PageError` as `resume` does."""
    request = AuthorizationRequest.from_json(stored.parameters)
    pipeline.check_again(request, stored.client)
    use_up(stored, pushed_pk=stored.pushed_request_id)
    return response.error(http_request, request, error)


def _conduct(
    http_request: HttpRequest, situation: Situation, stored: StoredAuthorizationRequest | None
) -> HttpResponse:
    try:
        for _ in range(ATTEMPTS):
            with suppress(LostRaceError):
                return _take_step(http_request, situation, stored)
            situation = replace(situation, now=timezone.now())
        raise AccessDeniedError
    except OAuthError as error:
        return _refuse(http_request, situation, stored, error)


def _take_step(
    http_request: HttpRequest, situation: Situation, stored: StoredAuthorizationRequest | None
) -> HttpResponse:
    """Go one step; raises `LostRaceError` when the grant was changed while it was looked at."""
    onward = next_step(situation)
    if onward.step is Step.ANSWER and onward.asked is not None:
        return _answer_with_code(http_request, situation, onward.asked, stored)
    return _send_to_page(http_request, situation, onward, stored)


def _answer_with_code(
    http_request: HttpRequest,
    situation: Situation,
    asked: ConsentQuestions,
    stored: StoredAuthorizationRequest | None,
) -> HttpResponse:
    granted_now = asked.granted
    scopes = tuple(scope for scope in situation.request.scopes if scope in granted_now)
    approved_details = situation.approved_details
    if not (scopes or approved_details) or asked.grant is None or situation.sign_in is None:
        raise AccessDeniedError(situation.why_nothing_is_left)
    acr = acr_for(situation, asked)
    with _together(situation, stored):
        granted = Granted(settled_grant(situation, asked, scopes), scopes, approved_details, acr)
        code = issue_code(
            situation.request, situation.client, situation.sign_in, granted, timezone.now()
        )
        use_up(stored, pushed_pk=situation.pushed_pk)
    return response.answer(http_request, situation.request, {"code": code})


def _together(
    situation: Situation, stored: StoredAuthorizationRequest | None
) -> AbstractContextManager[object]:
    """Return a transaction for a code with whom something else changes; one alone needs none."""
    others = stored or situation.pushed_pk or situation.request.grant_management_action
    return transaction.atomic() if others else nullcontext()


def _refuse(
    http_request: HttpRequest,
    situation: Situation,
    stored: StoredAuthorizationRequest | None,
    error: OAuthError,
) -> HttpResponse:
    somebody = stored is not None and (stored.is_kept or situation.sign_in is not None)
    use_up(stored if somebody else None, pushed_pk=situation.pushed_pk)
    return response.error(http_request, situation.request, error)


def _send_to_page(
    http_request: HttpRequest,
    situation: Situation,
    onward: Onward,
    stored: StoredAuthorizationRequest | None,
) -> HttpResponse:
    secret = None
    if stored is None:
        begin = pending.store if situation.sign_in else pending.begin
        stored, secret = begin(
            http_request, situation.request, situation.client, pushed_pk=situation.pushed_pk
        )
    elif situation.sign_in:
        pending.keep_now(stored)
    redirect = HttpResponseRedirect(page_of(situation, onward, stored))
    redirect["Cache-Control"] = "no-store"
    speak(redirect, situation.request)
    pending.hand_over(http_request, redirect, stored)
    return pending.remember_browser(redirect, secret) if secret else redirect
