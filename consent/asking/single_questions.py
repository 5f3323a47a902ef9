"""Which of the single claims that a request names are a question to its person."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from claims.catalogue import scopes as catalogue
from consent.asking.states import ScopeState, state_of
from consent.consent_question import ConsentQuestion
from consent.grants import single_claims
from consent.grants.single_claims import SingleClaim
from consent.models import Grant, Intent, ScopeDecision

HELD = frozenset({ScopeState.GRANTED, ScopeState.CHANGED, ScopeState.ADDRESS_GONE})
"""The states of a scope that its grant lets tokens carry: what it releases goes on."""


def asked_singly(
    question: ConsentQuestion,
    grant: Grant | None,
    decisions: Mapping[str, ScopeDecision],
    now: datetime,
) -> Iterator[SingleClaim]:
    """Yield the single claims that are a question: what was said of the whole scope answers them.

    A no to it is asked about again only when everything is; a grant that is to be replaced will not
    have the scope any more.
    """
    names = single_claims.requested(question.requested_claims, question.client, question.scopes)
    for single in names:
        scope = catalogue.find(single.scope)
        if scope is None:
            continue
        state = state_of(scope, decisions.get(scope.name), grant, now)
        covered = state in HELD and question.aim.intent != Intent.REPLACE
        if not covered and (state is not ScopeState.DENIED or question.reopened):
            yield single
