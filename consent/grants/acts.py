"""What is recorded of each thing that happens to consent: the entries, as values."""

from collections.abc import Collection
from datetime import datetime

from django.utils import translation

from claims.catalogue.details import Detail
from consent.grants.decisions import Parties, Verdict
from consent.grants.single_claims import entry_of
from consent.models import ConsentRequest, Grant, Outcome
from foundation.journal.acts import Actor, Entry, Kind
from foundation.journal.context import DecisionContext

KIND_OF_OUTCOME = {Outcome.GRANTED: Kind.GRANTED, Outcome.DENIED: Kind.DENIED}


def asked(request: ConsentRequest, details: Collection[Detail] = ()) -> Entry:
    """Return the act of a client asking: a consent request has been opened."""
    digests = {"details": [detail.digest for detail in details]} if details else {}
    return Entry(
        kind=Kind.ASKED,
        actor=Actor.CLIENT,
        person=request.user_id,
        client=request.client_id,
        scope=" ".join(request.scopes),
        acr=request.acr,
        detail={"request": str(request.pk), "reopened": request.reopened, **digests},
    )


def decided(
    parties: Parties,
    verdicts: Collection[Verdict],
    context: DecisionContext,
    at: datetime,
    *,
    kept: bool = True,
) -> list[Entry]:
    """Return the acts of a person saying yes or no, scope by scope.

    Not `kept`: nothing remembers the answer but the history.
    """
    return [
        entry(
            KIND_OF_OUTCOME[verdict.outcome],
            parties,
            verdict.scope,
            context,
            detail={
                "until": verdict.expires_at,
                **({"without": list(verdict.withheld)} if verdict.withheld else {}),
                **({} if kept else {"kept": False}),
                **_words(verdict.scope, context.locale),
            },
            at=at,
            shared_email=verdict.shared_email,
        )
        for verdict in verdicts
    ]


def implied(grant: Grant, scopes: Collection[str], context: DecisionContext) -> list[Entry]:
    """Return the acts of scopes without a question coming with the sign-in."""
    detail = {"implicit": True}
    return [
        entry(
            Kind.GRANTED,
            Parties.of(grant),
            scope,
            context,
            detail={**detail, **_words(scope, context.locale)},
        )
        for scope in sorted(scopes)
    ]


def revoked(grant: Grant, scope: str, context: DecisionContext, *, whole: bool = False) -> Entry:
    """Return the act of a scope being taken back; of several, space-separated.

    `whole`: with the grant itself, so that the decisions stay as they were.
    """
    detail: dict[str, object] = {"whole": True} if whole else {}
    return entry(Kind.REVOKED, Parties.of(grant), scope, context, detail=detail)


def reopened(grant: Grant, scope: str, context: DecisionContext) -> Entry:
    """Return the act of a denial being forgotten: the client may ask again."""
    return entry(Kind.REOPENED, Parties.of(grant), scope, context)


def entry(  # noqa: PLR0913 - what differs from act to act
    kind: Kind,
    parties: Parties,
    scope: str,
    context: DecisionContext,
    *,
    detail: dict[str, object] | None = None,
    shown: str = "",
    shared_email: str = "",
    at: datetime | None = None,
) -> Entry:
    """Return an act about one scope, or several with spaces between."""
    known = entry_of(scope)
    return Entry(
        kind=kind,
        actor=context.actor,
        person=parties.user_id,
        client=parties.client_id,
        grant=parties.grant_id,
        scope=scope,
        text_version=known.text_version if known else None,
        locale=context.locale,
        acr=context.acr,
        detail=detail or {},
        at=at,
        actor_id=context.actor_id,
        address=context.address or "",
        user_agent=context.user_agent,
        reason=context.reason,
        shown=shown,
        shared_email=shared_email,
    )


def _words(scope: str, locale: str) -> dict[str, str]:
    """Return what the scope was called then; the catalogue goes on, the history does not."""
    known = entry_of(scope)
    if known is None:
        return {}
    with translation.override(locale or "en"):
        return {"title": known.title, "sentence": known.sentence}
