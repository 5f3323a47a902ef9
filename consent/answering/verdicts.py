"""From a person's answer to what it means, scope by scope."""

from collections.abc import Collection, Sequence
from datetime import datetime

from claims.addresses import EMAIL_SCOPE
from consent.answering.consent_answer import ConsentAnswer
from consent.asking.claim_choices import withholdable
from consent.asking.prompts import ConsentQuestions, ScopeQuestion
from consent.grants.decisions import ScopeVerdict
from consent.grants.services import without
from consent.grants.single_claims import entry_of, taken_back_with
from consent.models import DecisionOutcome, Grant


def verdict_on(
    question: ScopeQuestion, answer: ConsentAnswer, shared_email: str, now: datetime
) -> ScopeVerdict:
    """Return what an answer says of one scope; the shortest of the limits counts.

    `shared_email` is the address that the application gets, with the scope `email`.
    """
    name = question.entry.name
    if name not in answer.granted:
        return ScopeVerdict(name, DecisionOutcome.DENIED, entry=question.entry)
    wanted = (answer.lifetime, question.entry.maximum_lifetime)
    limits = [limit for limit in wanted if limit is not None]
    return ScopeVerdict(
        name,
        DecisionOutcome.GRANTED,
        int(now.timestamp()) + min(limits) if limits else None,
        withholdable(question, answer.withheld),
        shared_email if name == EMAIL_SCOPE else "",
        entry=question.entry,
    )


def with_single_claims(
    verdicts: Sequence[ScopeVerdict], held: Collection[str]
) -> list[ScopeVerdict]:
    """Return the verdicts, and the noes that they are to single claims that a grant holds."""
    names = {
        name
        for verdict in verdicts
        for name in taken_back_with(
            verdict.scope,
            verdict.withheld,
            held,
            is_denied=verdict.outcome is DecisionOutcome.DENIED,
        )
    } - {verdict.scope for verdict in verdicts}
    return [
        *verdicts,
        *(
            ScopeVerdict(name, DecisionOutcome.DENIED, entry=entry_of(name))
            for name in sorted(names)
        ),
    ]


def shared_with(verdicts: Collection[ScopeVerdict]) -> str | None:
    """Return the address chosen in this answer, empty for the main one; None: not a question."""
    found = (verdict.shared_email for verdict in verdicts if verdict.scope == EMAIL_SCOPE)
    return next(found, None)


def scopes_after(
    grant: Grant, questions: ConsentQuestions, verdicts: Collection[ScopeVerdict]
) -> dict[str, int | None]:
    """Return what the grant holds after the answer: what was not asked about stays."""
    untouched = without(grant.scopes, {verdict.scope for verdict in verdicts})
    implicit = dict.fromkeys(entry.name for entry in questions.implicit)
    granted = {v.scope: v.expires_at for v in verdicts if v.outcome is DecisionOutcome.GRANTED}
    return untouched | implicit | granted
