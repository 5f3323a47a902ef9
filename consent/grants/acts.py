"""What is recorded of each thing that happens to consent: the entries, as values."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime

from django.utils import translation

from claims.catalogue.details import canonical_text, digest_of
from claims.catalogue.scopes import CatalogueEntry
from consent.grants.decisions import Parties, ScopeVerdict
from consent.grants.single_claims import entry_of
from consent.models import ConsentRequest, DecisionOutcome, Grant
from foundation.journal.acts import Actor, Entry, Kind
from foundation.journal.context import DecisionContext

KIND_OF_OUTCOME = {DecisionOutcome.GRANTED: Kind.GRANTED, DecisionOutcome.DENIED: Kind.DENIED}


def act_of_request(request: ConsentRequest) -> Entry:
    """Return the act of a client asking: a consent request has been opened."""
    details = [digest_of(canonical_text(detail)) for detail in request.authorization_details]
    digests = {"details": details} if details else {}
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
    verdicts: Collection[ScopeVerdict],
    context: DecisionContext,
    at: datetime,
    *,
    kept: bool = True,
) -> list[Entry]:
    """Return the acts of a person saying yes or no, scope by scope.

    Not `kept`: nothing remembers the answer but the history.
    """
    return [
        replace(
            entry(KIND_OF_OUTCOME[verdict.outcome], parties, verdict.scope, context),
            text_version=verdict.entry.text_version if verdict.entry else None,
            detail={
                "until": verdict.expires_at,
                **({"without": list(verdict.withheld)} if verdict.withheld else {}),
                **({} if kept else {"kept": False}),
                **_words(verdict.entry, context.locale),
            },
            at=at,
            shared_email=verdict.shared_email,
        )
        for verdict in verdicts
    ]


def implied(
    grant: Grant, scopes: Iterable[CatalogueEntry], context: DecisionContext
) -> list[Entry]:
    """Return the acts of scopes without a question coming with the sign-in."""
    return [
        replace(
            entry(Kind.GRANTED, Parties.of(grant), scope.name, context),
            text_version=scope.text_version,
            detail={"implicit": True, **_words(scope, context.locale)},
        )
        for scope in sorted(scopes, key=lambda scope: scope.name)
    ]


def revoked(grant: Grant, scope: str, context: DecisionContext, *, whole: bool = False) -> Entry:
    """Return the act of a scope being taken back; of several, space-separated.

    `whole`: with the grant itself, so that the decisions stay as they were.
    """
    act = _about(scope, entry(Kind.REVOKED, Parties.of(grant), scope, context))
    return replace(act, detail={"whole": True} if whole else {})


def reopened(grant: Grant, scope: str, context: DecisionContext) -> Entry:
    """Return the act of a denial being forgotten: the client may ask again."""
    return _about(scope, entry(Kind.REOPENED, Parties.of(grant), scope, context))


def entry(kind: Kind, parties: Parties, scope: str, context: DecisionContext) -> Entry:
    """Return an act about one scope, or several with spaces between."""
    return Entry(
        kind=kind,
        actor=context.actor,
        person=parties.user_id,
        client=parties.client_id,
        grant=parties.grant_id,
        scope=scope,
        locale=context.locale,
        acr=context.acr,
        actor_id=context.actor_id,
        address=context.address or "",
        user_agent=context.user_agent,
        reason=context.reason,
    )


def _about(scope: str, act: Entry) -> Entry:
    """Return an act with the version of the texts of its scope, where it is about one."""
    known = entry_of(scope)
    return replace(act, text_version=known.text_version if known else None)


def _words(known: CatalogueEntry | None, locale: str) -> dict[str, str]:
    """Return what the scope was called then; the catalogue goes on, the history does not."""
    if known is None:
        return {}
    with translation.override(locale or "en"):
        return {"title": known.title, "sentence": known.sentence}
