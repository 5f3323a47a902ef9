"""A no to a whole consent request."""

from collections.abc import Collection
from datetime import datetime

from consent.answering.answers import write_answer
from consent.answering.verdicts import with_single_claims
from consent.approvals.answering.services import DetailsAnswer, refuse as refuse_details
from consent.asking.prompts import ConsentQuestions
from consent.grants import acts
from consent.grants.decisions import Parties, ScopeVerdict
from consent.grants.services import revoke_grant, without, write_scopes
from consent.models import ConsentRequest, DecisionOutcome, Grant, Intent
from foundation.journal import acts as history
from foundation.journal.context import DecisionContext


def refuses(questions: ConsentQuestions, granted: Collection[str], details: DetailsAnswer) -> bool:
    """Return whether an answer leaves nothing, or a required scope out: that is a no to all."""
    names = {question.entry.name for question in questions.asked}
    required = {question.entry.name for question in questions.asked if question.entry.is_required}
    nothing_left = not (
        questions.implicit
        or questions.kept
        or names & set(granted)
        or details.chosen(questions.details)
    )
    return nothing_left or not required <= set(granted)


def deny(
    consent_request: ConsentRequest,
    questions: ConsentQuestions,
    held: Grant | None,
    context: DecisionContext,
    now: datetime,
) -> None:
    """Record a no to everything that was asked, and take back what was held of it."""
    refuse_details(consent_request, questions.details, context)
    parties = Parties(consent_request.user_id, consent_request.client_id)
    noes = [
        ScopeVerdict(question.entry.name, DecisionOutcome.DENIED, entry=question.entry)
        for question in questions.asked
    ]
    verdicts = with_single_claims(noes, held.scopes if held else ())
    if consent_request.intent == Intent.CREATE:
        # There is no grant that the no could be about, and the next one starts from nothing.
        history.record(acts.decided(parties, verdicts, context, now, kept=False))
        return
    if held is not None:
        parties = Parties.of(held)
    write_answer(parties, questions, verdicts, context, now)
    if held is None:
        return
    left = without(held.scopes, [verdict.scope for verdict in verdicts])
    # Asked about everything anew, the person wanted none of it: not even the sign-in stays.
    if questions.reopened and not left.keys() - {entry.name for entry in questions.implicit}:
        revoke_grant(held, context=context)
    elif left != held.scopes:
        write_scopes(held, left)
