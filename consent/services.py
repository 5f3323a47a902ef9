"""From a consent request to a grant: opening the request, and taking the person's answer."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from consent import acts, catalogue, history, prompts
from consent.answers import write_answer
from consent.claim_choices import Withheld, withholdable
from consent.decisions import DecisionContext, Parties, Verdict
from consent.details import Detail
from consent.errors import AlreadyDecidedError, QuestionsChangedError, RequestExpiredError
from consent.form_action import form_action_source
from consent.grants import (
    ensure_grant,
    forget_denial,
    lock_or_open,
    lock_standing,
    revoke_grant,
    revoke_scope,
    without,
    write_scopes,
)
from consent.models import ConsentRequest, Grant, Outcome
from consent.prompts import Questions
from consent.verdicts import scopes_after, verdict_on

__all__ = [
    "DecisionContext",
    "clear_expired",
    "decide",
    "deny_all",
    "ensure_grant",
    "forget_denial",
    "open_consent_request",
    "revoke_grant",
    "revoke_scope",
]

NOTHING: Withheld = MappingProxyType({})
KEPT_AFTER_EXPIRY = timedelta(days=1)
"""For so long a late visitor is told that the request has expired."""


@transaction.atomic
def open_consent_request(  # noqa: PLR0913 - each argument is a column
    *,
    user: Model,
    client: Model,
    scopes: Collection[str],
    reopened: bool,
    requested_claims: Mapping[str, Any],
    acr: str,
    return_to: str,
    redirect_origin: str,
    authorization_details: Collection[Detail] = (),
    lifetime_seconds: int = 1800,
) -> ConsentRequest:
    """Store the questions for one person; the screen is at its `get_absolute_url()`.

    Each of the `authorization_details` waits for an approval of its own (RFC 9396 §4).
    `return_to` is a path of this site; `redirect_origin` is where the browser goes from there:
    `https://host[:port]` or a custom `scheme:`, or empty. Raises ValueError for anything else.
    """
    local = url_has_allowed_host_and_scheme(return_to, allowed_hosts=None)
    if not (local and return_to.startswith("/")):
        raise ValueError("return_to must be a path of this site")
    if redirect_origin:
        form_action_source(redirect_origin)
    consent_request = ConsentRequest.objects.create(
        user_id=user.pk,
        client_id=client.pk,
        scopes=[entry.name for entry in catalogue.known(scopes)],
        reopened=reopened,
        requested_claims=dict(requested_claims),
        acr=acr,
        return_to=return_to,
        redirect_origin=redirect_origin,
        authorization_details=[detail.data for detail in authorization_details],
        expires_at=timezone.now() + timedelta(seconds=lifetime_seconds),
    )
    history.record([acts.asked(consent_request, authorization_details)])
    return consent_request


@transaction.atomic
def decide(
    *,
    consent_request: ConsentRequest,
    shown: str,
    granted: Collection[str],
    lifetime: int | None,
    context: DecisionContext,
    withheld: Withheld = NOTHING,
) -> Grant | None:
    """Take the person's answer and return the grant, or None when the request was refused.

    `shown` is the fingerprint of the questions the person saw; `granted` the scopes left ticked,
    of which only asked ones count; `lifetime` how long in seconds (more than none), or None:
    until taken back; `withheld` the claims left out of granted scopes, `{scope: claims}`. To leave
    out a required scope is to refuse the request. Decides once, whoever comes at the same time: the
    others get AlreadyDecidedError. Raises RequestExpiredError and QuestionsChangedError too.
    """
    if lifetime is not None and lifetime <= 0:
        raise ValueError("lifetime must be positive")
    now = _close(consent_request)
    held = lock_standing(consent_request.user_id, consent_request.client_id)
    questions = prompts.questions_of(consent_request, now)
    if shown != questions.fingerprint:
        raise QuestionsChangedError
    if _refuses(questions, granted):
        _deny(consent_request, questions, held, context, now)
        return None
    grant = held or lock_or_open(consent_request.user_id, consent_request.client_id)
    verdicts = [
        verdict_on(question, granted, lifetime, now, withholdable(question, withheld))
        for question in questions.asked
    ]
    parties = Parties(grant.user_id, grant.client_id, grant.pk)
    write_answer(parties, questions, verdicts, context, now)
    implied = {entry.name for entry in questions.implicit} - grant.scopes.keys()
    history.record(acts.implied(grant, implied, context))
    write_scopes(
        grant, scopes_after(grant, questions, verdicts), {v.scope: v.withheld for v in verdicts}
    )
    # No screen asks about details yet, so nobody has approved any.
    ConsentRequest.objects.filter(pk=consent_request.pk).update(grant=grant, approved_details=[])
    return grant


@transaction.atomic
def deny_all(*, consent_request: ConsentRequest, context: DecisionContext) -> None:
    """Take a no to everything that was asked. Raises AlreadyDecidedError, RequestExpiredError."""
    now = _close(consent_request)
    held = lock_standing(consent_request.user_id, consent_request.client_id)
    _deny(consent_request, prompts.questions_of(consent_request, now), held, context, now)


def clear_expired() -> int:
    """Delete consent requests that expired a while ago; return how many."""
    limit = timezone.now() - KEPT_AFTER_EXPIRY
    deleted, _ = ConsentRequest.objects.filter(expires_at__lt=limit).delete()
    return deleted


def _close(consent_request: ConsentRequest) -> datetime:
    """Mark the request decided, or say why not: one conditional UPDATE, so one answer wins."""
    now = timezone.now()
    rows = ConsentRequest.objects.filter(pk=consent_request.pk)
    if rows.filter(decided_at=None, expires_at__gt=now).update(decided_at=now):
        return now
    if rows.exclude(decided_at=None).exists():
        raise AlreadyDecidedError
    raise RequestExpiredError


def _refuses(questions: Questions, granted: Collection[str]) -> bool:
    names = {question.entry.name for question in questions.asked}
    required = {question.entry.name for question in questions.asked if question.entry.is_required}
    nothing_left = not (questions.implicit or questions.kept or names & set(granted))
    return nothing_left or not required <= set(granted)


def _deny(
    consent_request: ConsentRequest,
    questions: Questions,
    held: Grant | None,
    context: DecisionContext,
    now: datetime,
) -> None:
    names = [question.entry.name for question in questions.asked]
    parties = Parties(consent_request.user_id, consent_request.client_id)
    verdicts = [Verdict(name, Outcome.DENIED) for name in names]
    write_answer(parties, questions, verdicts, context, now)
    if held is None:
        return
    left = without(held.scopes, names)
    # Asked about everything anew, the person wanted none of it: not even the sign-in stays.
    if questions.reopened and not left.keys() - {entry.name for entry in questions.implicit}:
        revoke_grant(held, context=context)
    elif left != held.scopes:
        write_scopes(held, left)
