"""From a consent request to a grant: opening the request, and taking the person's answer."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from claims.catalogue import scopes as catalogue
from claims.catalogue.details import Detail
from consent.answering.answers import write_answer
from consent.answering.refusing import deny, refuses
from consent.answering.verdicts import scopes_after, shared_with, verdict_on, with_single_claims
from consent.approvals.answering.answering import NO_ANSWER, DetailsAnswer, lodge_answered
from consent.asking import prompts
from consent.asking.addresses import chosen_address
from consent.asking.claim_choices import Withheld, withholdable
from consent.asking.prompts import Questions
from consent.errors import AlreadyDecidedError, QuestionsChangedError, RequestExpiredError
from consent.grants import acts, of_request as which
from consent.grants.decisions import Parties, Verdict
from consent.grants.of_request import USUAL, Aim
from consent.grants.services import give_up_others, open_for, write_scopes
from consent.models import ConsentRequest, Grant, Intent
from foundation.base.clearing import delete_in_batches
from foundation.base.form_action import check_redirect_origin
from foundation.directory.models import Client, User
from foundation.journal import acts as history
from foundation.journal.context import DecisionContext

NOTHING: Withheld = MappingProxyType({})
KEPT_AFTER_EXPIRY = timedelta(days=1)
"""For so long a late visitor is told that the request has expired."""


@transaction.atomic
def open_consent_request(  # noqa: PLR0913 - each argument is a column
    *,
    user: User,
    client: Client,
    scopes: Collection[str],
    reopened: bool,
    requested_claims: Mapping[str, Any],
    acr: str,
    return_to: str,
    redirect_origin: str,
    aim: Aim = USUAL,
    authorization_details: Collection[Detail] = (),
    lifetime_seconds: int = 1800,
    binding_message: str = "",
    asked_from: str | None = None,
) -> ConsentRequest:
    """Store the questions for one person; the screen is at its `get_absolute_url()`.

    Each of the `authorization_details` waits for an approval of its own (RFC 9396 §4).
    `return_to` is a path of this site; `redirect_origin` is where the browser goes from there:
    `https://host[:port]` or a custom `scheme:`, or empty. Raises ValueError for anything else.
    When a program asks without a browser, `binding_message` is what it shows as well, and
    `asked_from` its IP address; `outbox.tell_asked` tells the person.
    """
    local = url_has_allowed_host_and_scheme(return_to, allowed_hosts=None)
    if not (local and return_to.startswith("/")):
        raise ValueError("return_to must be a path of this site")
    if redirect_origin:
        check_redirect_origin(redirect_origin)
    consent_request = ConsentRequest.objects.create(
        user_id=user.pk,
        client_id=client.pk,
        scopes=[entry.name for entry in catalogue.known(scopes)],
        reopened=reopened,
        intent=aim.intent,
        target=aim.grant_id,
        requested_claims=dict(requested_claims),
        acr=acr,
        return_to=return_to,
        redirect_origin=redirect_origin,
        authorization_details=[detail.data for detail in authorization_details],
        expires_at=timezone.now() + timedelta(seconds=lifetime_seconds),
        binding_message=binding_message,
        asked_from=asked_from,
    )
    history.record([acts.asked(consent_request, authorization_details)])
    return consent_request


@transaction.atomic
def decide(  # noqa: PLR0913 - each argument is a part of the answer
    *,
    consent_request: ConsentRequest,
    shown: str,
    granted: Collection[str],
    lifetime: int | None,
    context: DecisionContext,
    withheld: Withheld = NOTHING,
    shared_email: str | None = "",
    details: DetailsAnswer = NO_ANSWER,
) -> Grant | None:
    """Take the person's answer and return the grant, or None when the request was refused.

    `shown` is the fingerprint of the questions the person saw; `granted` the scopes left ticked,
    of which only asked ones count; `lifetime` how long in seconds (more than none), or None:
    until taken back; `withheld` the claims left out of granted scopes, `{scope: claims}`;
    `shared_email` the verified address to share, empty for the main one, None when none was chosen.
    `details` is the answer about authorization details; each yes is lodged as an approval. To leave
    out a required scope is to refuse the request. Decides once, whoever comes at the same
    time: the others get AlreadyDecidedError. Raises the other errors of `consent.errors` too, and
    StaleSignInError when the sign-in is not good enough for a detail.
    """
    if lifetime is not None and lifetime <= 0:
        raise ValueError("lifetime must be positive")
    now = _close(consent_request)
    held = which.grant_of(consent_request, locked=True)
    questions = prompts.questions_of(consent_request, now)
    if shown != questions.fingerprint:
        raise QuestionsChangedError
    if refuses(questions, granted, details):
        deny(consent_request, questions, held, context, now)
        return None
    address = chosen_address(questions, granted, consent_request.user_id, shared_email)
    grant = held or open_for(consent_request)
    # Others may have changed the grant while we waited for it: acts follow each other.
    now = timezone.now()
    if consent_request.intent == Intent.REPLACE:
        give_up_others(grant, [*consent_request.scopes, *questions.names])
    answers = [
        verdict_on(question, granted, lifetime, now, withholdable(question, withheld), address)
        for question in questions.asked
    ]
    _write(grant, questions, with_single_claims(answers, grant.scopes), context, now)
    until = lodge_answered(consent_request, grant, questions.details, details, context)
    # What waits for an answer has to be there when it comes.
    lasting = max(filter(None, (until, consent_request.expires_at)))
    rows = ConsentRequest.objects.filter(pk=consent_request.pk)
    rows.update(grant=grant, expires_at=lasting)
    return grant


@transaction.atomic
def deny_all(*, consent_request: ConsentRequest, context: DecisionContext) -> None:
    """Take a no to everything that was asked. Raises what `decide` does but for changed ones."""
    now = _close(consent_request)
    held = which.grant_of(consent_request, locked=True)
    deny(consent_request, prompts.questions_of(consent_request, now), held, context, now)


def clear_expired() -> int:
    """Delete consent requests that expired a while ago; return how many."""
    limit = timezone.now() - KEPT_AFTER_EXPIRY
    return delete_in_batches(ConsentRequest.objects.filter(expires_at__lt=limit))


def _write(
    grant: Grant,
    questions: Questions,
    verdicts: Collection[Verdict],
    context: DecisionContext,
    now: datetime,
) -> None:
    """Write decisions, their acts and the grant that they sum up to."""
    write_answer(Parties.of(grant), questions, verdicts, context, now)
    implied = {entry.name for entry in questions.implicit} - grant.scopes.keys()
    history.record(acts.implied(grant, implied, context))
    write_scopes(
        grant,
        scopes_after(grant, questions, verdicts),
        {v.scope: v.withheld for v in verdicts},
        shared_with(verdicts),
    )


def _close(consent_request: ConsentRequest) -> datetime:
    """Mark the request decided, or say why not: one conditional UPDATE, so one answer wins."""
    now = timezone.now()
    rows = ConsentRequest.objects.filter(pk=consent_request.pk)
    if rows.filter(decided_at=None, expires_at__gt=now).update(decided_at=now):
        return now
    if rows.exclude(decided_at=None).exists():
        raise AlreadyDecidedError
    raise RequestExpiredError
