"""Writing a person's answer: the decisions, and the acts that tell of them."""

from collections.abc import Collection
from datetime import datetime

from consent.asking.prompts import ConsentQuestions, ScopeState
from consent.grants import acts
from consent.grants.decisions import Parties, ScopeVerdict, record
from consent.grants.expiry import record_expired
from foundation.journal import acts as history
from foundation.journal.context import DecisionContext


def write_answer(
    parties: Parties,
    questions: ConsentQuestions,
    verdicts: Collection[ScopeVerdict],
    context: DecisionContext,
    now: datetime,
) -> None:
    """Write verdicts over the decisions before, and record them. Call it in a transaction."""
    if any(item.state is ScopeState.EXPIRED for item in questions.asked):
        # The rows that say so are about to be written over.
        record_expired(now, user=parties.user_id, client=parties.client_id)
    record(parties, verdicts, context, now)
    history.record(acts.decided(parties, verdicts, context, now))
