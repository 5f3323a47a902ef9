"""What is recorded of each thing that happens to consent: the entries, as values."""

from collections.abc import Collection
from datetime import datetime

from django.utils import translation

from consent.decisions import DecisionContext, Parties, Verdict
from consent.details import Detail
from consent.history import Actor, Entry, Kind
from consent.models import ConsentRequest, Grant, Outcome
from consent.prompts import Questions
from consent.screen import Screen
from consent.shown import digest_of
from consent.single_claims import entry_of

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


def shown(
    request: ConsentRequest, questions: Questions, screen: Screen, context: DecisionContext
) -> Entry:
    """Return the act of the screen being shown: which texts, and the digest of all it said."""
    entries = [*questions.implicit, *(item.entry for item in questions.items)]
    return _entry(
        Kind.SHOWN,
        Parties(
            request.user_id, request.client_id, questions.grant.pk if questions.grant else None
        ),
        " ".join(item.entry.name for item in questions.asked),
        context,
        detail={
            "request": str(request.pk),
            "questions": questions.fingerprint,
            "texts": [[entry.name, entry.text_version] for entry in entries],
            **_digests(questions),
        },
        shown=digest_of(
            screen,
            application=request.client.name,
            locale=context.locale,
            details=[item.fingerprint for item in questions.details],
        ),
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
        _entry(
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
        _entry(
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
    return _entry(Kind.REVOKED, Parties.of(grant), scope, context, detail=detail)


def reopened(grant: Grant, scope: str, context: DecisionContext) -> Entry:
    """Return the act of a denial being forgotten: the client may ask again."""
    return _entry(Kind.REOPENED, Parties.of(grant), scope, context)


def _entry(  # noqa: PLR0913 - what differs from act to act
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


def _digests(questions: Questions) -> dict[str, object]:
    return {"details": [d.digest for d in questions.details]} if questions.details else {}


def _words(scope: str, locale: str) -> dict[str, str]:
    """Return what the scope was called then; the catalogue goes on, the history does not."""
    entry = entry_of(scope)
    if entry is None:
        return {}
    with translation.override(locale or "en"):
        return {"title": entry.title, "sentence": entry.sentence}
