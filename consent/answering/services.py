"""From a consent request to a grant: opening the request, and taking the person's answer."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from consent.answering.answers import write_answer
from consent.answering.consent_answer import ConsentAnswer
from consent.answering.refusing import deny, refuses
from consent.answering.verdicts import scopes_after, shared_with, verdict_on, with_single_claims
from consent.approvals.answering.services import DetailsAnswer, lodge_answered
from consent.asking import prompts
from consent.asking.addresses import chosen_address
from consent.asking.prompts import ConsentQuestions
from consent.consent_question import ConsentQuestion
from consent.errors import AlreadyDecidedError, QuestionsChangedError, RequestExpiredError
from consent.grants import acts
from consent.grants.decisions import Parties, ScopeVerdict
from consent.grants.of_request import grant_of
from consent.grants.services import give_up_others, open_for, write_scopes
from consent.models import ConsentRequest, Grant, Intent
from foundation.base.clearing import delete_in_batches
from foundation.base.form_action import check_redirect_origin
from foundation.journal import acts as history
from foundation.journal.context import DecisionContext

KEPT_AFTER_EXPIRY = timedelta(days=1)
"""For so long a late visitor is told that the request has expired."""


@dataclass(frozen=True)
class ProgramAsking:
    """A program that asks without a browser: what it shows as well, and its IP address."""

    binding_message: str
    address: str | None


@transaction.atomic
def open_consent_request(
    question: ConsentQuestion,
    *,
    return_to: str,
    redirect_origin: str = "",
    lifetime_seconds: int = 1800,
    program: ProgramAsking | None = None,
) -> ConsentRequest:
    """Store what is asked of one person; the screen is at its `get_absolute_url()`.

    Each of the details waits for an approval of its own (RFC 9396 §4).
    `return_to` is a path of this site; `redirect_origin` is where the browser goes from there:
    `https://host[:port]` or a custom `scheme:`, or empty. Raises ValueError for anything else.
    When a `program` asks, `outbox.tell_asked` tells the person.
    """
    local = url_has_allowed_host_and_scheme(return_to, allowed_hosts=None)
    if not (local and return_to.startswith("/")):
        raise ValueError("return_to must be a path of this site")
    if redirect_origin:
        check_redirect_origin(redirect_origin)
    consent_request = ConsentRequest.objects.create(
        user_id=question.person_id,
        client_id=question.client.pk,
        scopes=[entry.name for entry in question.entries],
        reopened=question.reopened,
        intent=question.aim.intent,
        target=question.aim.grant_id,
        requested_claims=dict(question.requested_claims),
        acr=question.acr,
        return_to=return_to,
        redirect_origin=redirect_origin,
        authorization_details=list(question.details),
        expires_at=timezone.now() + timedelta(seconds=lifetime_seconds),
        binding_message=program.binding_message if program else "",
        asked_from=program.address if program else None,
    )
    history.record([acts.act_of_request(consent_request)])
    return consent_request


@transaction.atomic
def decide(
    consent_request: ConsentRequest,
    question: ConsentQuestion,
    answer: ConsentAnswer,
    context: DecisionContext,
) -> Grant | None:
    """Take the person's answer and return the grant, or None when the request was refused.

    `question` is what the request asks of who is there (`ConsentQuestion.of`). Each yes to a detail
    is lodged as an approval. To leave out a required scope is to refuse the request. Decides once,
    whoever comes at the same time: the others get AlreadyDecidedError. Raises the other errors of
    `consent.errors` too, and StaleSignInError when the sign-in is not good enough for a detail.
    """
    now = _close(consent_request)
    held = grant_of(question, locked=True)
    questions = prompts.questions(question, now)
    details = DetailsAnswer(answer.approved_details, question.sign_in)
    if answer.fingerprint != questions.fingerprint:
        raise QuestionsChangedError
    if refuses(questions, answer.granted, details):
        deny(consent_request, questions, held, context, now)
        return None
    address = chosen_address(questions, answer.granted, question.person_id, answer.shared_email)
    grant = held or open_for(question)
    # Others may have changed the grant while we waited for it: acts follow each other.
    now = timezone.now()
    if question.aim.intent == Intent.REPLACE:
        give_up_others(grant, [*question.scopes, *questions.names])
    verdicts = [verdict_on(item, answer, address, now) for item in questions.asked]
    _write(grant, questions, with_single_claims(verdicts, grant.scopes), context, now)
    until = lodge_answered(consent_request, grant, questions.details, details, context)
    # What waits for an answer has to be there when it comes.
    lasting = max(filter(None, (until, consent_request.expires_at)))
    rows = ConsentRequest.objects.filter(pk=consent_request.pk)
    rows.update(grant=grant, expires_at=lasting)
    return grant


@transaction.atomic
def deny_all(
    consent_request: ConsentRequest, question: ConsentQuestion, context: DecisionContext
) -> None:
    """Take a no to everything that was asked. Raises what `decide` does but for changed ones."""
    now = _close(consent_request)
    held = grant_of(question, locked=True)
    deny(consent_request, prompts.questions(question, now), held, context, now)


def clear_expired() -> int:
    """Delete consent requests that expired a while ago; return how many."""
    limit = timezone.now() - KEPT_AFTER_EXPIRY
    return delete_in_batches(ConsentRequest.objects.filter(expires_at__lt=limit), by="expires_at")


def _write(
    grant: Grant,
    questions: ConsentQuestions,
    verdicts: Collection[ScopeVerdict],
    context: DecisionContext,
    now: datetime,
) -> None:
    """Write decisions, their acts and the grant that they sum up to."""
    write_answer(Parties.of(grant), questions, verdicts, context, now)
    implied = [entry for entry in questions.implicit if entry.name not in grant.scopes]
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
