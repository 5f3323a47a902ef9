"""Whether the signature that is kept with a vote is one under what the approval says."""

import hashlib
import json
from typing import Any

from consent.approvals.models import Approval, Vote, VoteSignature
from consent.approvals.signing.statements import statement_of
from consent.approvals.terms import terms_of
from foundation.base import conf
from foundation.journal.chain.canonical import sha256
from scopeward_guard.jose import flaw_of
from scopeward_guard.vocabulary import MalformedError, canonical

MISSING = "is not signed"


def flaw_of_vote(approval: Approval, vote: Vote) -> str:
    """Return what is wrong with the signature of a yes, empty for nothing. No other row is asked.

    Whether the key was theirs the history says.
    """
    kept: VoteSignature | None = getattr(vote, "signature", None)
    if kept is None:
        return MISSING
    try:
        said = json.loads(kept.statement)
        meant = statement_of(
            approval,
            vote.voter_id,
            on_behalf_of=vote.on_behalf_of_id,
            shown=vote.shown_digest,
            at=said["at"],
        )
        is_meant = canonical(meant).decode() == kept.statement
        flaw = flaw_of(kept.signed, said, conf.current().issuer)
    except (MalformedError, ValueError, KeyError, TypeError):
        return "has a signature that cannot be read"
    if not is_meant:
        return "is signed, but under something else than it says"
    if hashlib.sha256(kept.shown.encode()).hexdigest() != vote.shown_digest:
        return "is signed, but something else is kept as what was shown"
    return f"has a forged signature: {flaw}" if flaw else ""


def counts(approval: Approval, vote: Vote) -> bool:
    """Say whether a yes is signed as far as its approval demands that."""
    return not terms_of(approval).needs_signature or not flaw_of_vote(approval, vote)


def digest_of_signature(kept: VoteSignature) -> str:
    """Return what the act of the vote says of its signature."""
    said: dict[str, Any] = {
        "statement": kept.statement,
        "shown": kept.shown,
        "assertion": kept.assertion,
    }
    return sha256(said)
