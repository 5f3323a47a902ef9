"""Asking a passkey for its signature under a yes, and taking it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from consent.approvals.errors import UnsignedError
from consent.approvals.models import Approval, VoteSignature
from consent.approvals.signing.statements import statement_of
from foundation.base import conf
from foundation.directory.factors import signing
from foundation.directory.factors.challenges import LIFETIME
from foundation.directory.factors.passkeys import RefusedAnswerError
from scopeward_guard.jose import challenge_of, flaw_of
from scopeward_guard.vocabulary import canonical


@dataclass(frozen=True)
class SignedAnswer:
    """What a form sent back."""

    at: int
    """When the page was made (Unix seconds): that is what is signed."""
    response: Mapping[str, Any]
    """AuthenticationResponseJSON (WebAuthn §5.1)."""


@dataclass(frozen=True)
class Voting:
    """Who says yes to what, and when it is now."""

    approval: Approval
    person: UUID
    shown: str
    now: datetime

    def statement(self, on_behalf_of: UUID | None, at: int) -> dict[str, Any]:
        """Return what is signed when it is said for this person."""
        return statement_of(
            self.approval, self.person, on_behalf_of=on_behalf_of, shown=self.shown, at=at
        )


def options_for(voting: Voting, on_behalf_of: UUID | None) -> dict[str, Any]:
    """Return what the browser asks the passkeys of whoever votes. One statement."""
    statement = voting.statement(on_behalf_of, int(voting.now.timestamp()))
    return signing.options_to_sign(voting.person, challenge_of(statement))


def take(
    voting: Voting, answer: SignedAnswer | None, ways: Collection[UUID | None], screen: str
) -> tuple[UUID | None, VoteSignature]:
    """Return for whom a yes was signed, of those it may be said for, and what is to be kept.

    `screen` is what `voting.shown` is the digest of. Raises UnsignedError, and CopiedKeyError.
    """
    age = int(voting.now.timestamp()) - answer.at if answer else None
    if answer is None or age is None or not 0 <= age <= LIFETIME.total_seconds():
        raise UnsignedError("no signature, or one under a page that has become too old")
    said = {way: voting.statement(way, answer.at) for way in ways}
    digests = {challenge_of(statement): way for way, statement in said.items()}
    try:
        signed = signing.sign(voting.person, answer.response, digests)
    except RefusedAnswerError as error:
        raise UnsignedError(str(error)) from error
    way = digests[signed.challenge]
    if flaw := flaw_of(signed.assertion, said[way], conf.current().issuer):
        raise UnsignedError(flaw)
    statement = canonical(said[way]).decode()
    kept = VoteSignature(statement=statement, shown=screen, assertion=signed.assertion.as_json())
    return way, kept
