"""Writing a person's answer: the decisions, and the acts that tell of them."""

from collections.abc import Collection
from datetime import datetime

from consent import acts, history
from consent.decisions import DecisionContext, Parties, Verdict, record
from consent.prompts import Questions, State


def write_answer(
    parties: Parties,
    questions: Questions,
    verdicts: Collection[Verdict],
    context: DecisionContext,
    now: datetime,
) -> None:
    """Write verdicts over the decisions before, and record them. Call it in a transaction."""
    if any(item.state is State.EXPIRED for item in questions.asked):
        # The rows that say so are about to be written over.
        history.record_expired(now, user=parties.user_id, client=parties.client_id)
    record(parties, verdicts, context, now)
    history.record(acts.decided(parties, verdicts, context, now))
