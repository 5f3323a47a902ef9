"""From a person's answer to what it means, scope by scope."""

from collections.abc import Collection, Sequence
from datetime import datetime

from claims.addresses import EMAIL_SCOPE
from consent.asking.prompts import Question, Questions
from consent.grants.decisions import Verdict
from consent.grants.services import without
from consent.grants.single_claims import taken_back_with
from consent.models import Grant, Outcome


def verdict_on(
    question: Question,
    granted: Collection[str],
    lifetime: int | None,
    now: datetime,
    withheld: Collection[str],
    shared_email: str,
) -> Verdict:
    """Return what one answer says of one scope; the shortest of the limits counts."""
    name = question.entry.name
    if name not in granted:
        return Verdict(name, Outcome.DENIED)
    limits = [limit for limit in (lifetime, question.entry.maximum_lifetime) if limit is not None]
    expires_at = int(now.timestamp()) + min(limits) if limits else None
    address = shared_email if name == EMAIL_SCOPE else ""
    return Verdict(name, Outcome.GRANTED, expires_at, tuple(withheld), address)


def with_single_claims(verdicts: Sequence[Verdict], held: Collection[str]) -> list[Verdict]:
    """Return the verdicts, and the noes that they are to single claims that a grant holds."""
    names = {
        name
        for verdict in verdicts
        for name in taken_back_with(
            verdict.scope, verdict.withheld, held, is_denied=verdict.outcome is Outcome.DENIED
        )
    } - {verdict.scope for verdict in verdicts}
    return [*verdicts, *(Verdict(name, Outcome.DENIED) for name in sorted(names))]


def shared_with(verdicts: Collection[Verdict]) -> str | None:
    """Return the address chosen in this answer, empty for the main one; None: not a question."""
    found = (verdict.shared_email for verdict in verdicts if verdict.scope == EMAIL_SCOPE)
    return next(found, None)


def scopes_after(
    grant: Grant, questions: Questions, verdicts: Collection[Verdict]
) -> dict[str, int | None]:
    """Return what the grant holds after the answer: what was not asked about stays."""
    untouched = without(grant.scopes, {verdict.scope for verdict in verdicts})
    implicit = dict.fromkeys(entry.name for entry in questions.implicit)
    granted = {v.scope: v.expires_at for v in verdicts if v.outcome is Outcome.GRANTED}
    return untouched | implicit | granted
