"""Whether an application may reach somebody now: counted from what it asked, and what they said.

Only what came without the person counts, such as a request without a browser, or the wish for an
approval. Whoever writes afterwards calls `take_turns` first, in the same transaction, so that many
at once do not all find room.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from django.conf import settings
from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from consent.approvals.models import Approval, ApprovalState, Event, Notice, Vote, VoteOutcome
from consent.approvals.notices.reach import DAY, HOUR, ReachLimits
from consent.models import ConsentRequest
from foundation.directory.models import Client, User

log = structlog.get_logger(__name__)

UNANSWERED = (ApprovalState.PENDING, ApprovalState.EXPIRED)
ALWAYS = frozenset({Event.BREAK_GLASS})
"""What everybody concerned has to be told, however much else they are told."""
UNASKED = frozenset({Event.WAITING, Event.ASKED})
"""What comes to people who wait for nothing: a denial mutes it."""


@dataclass(frozen=True)
class Usage:
    """What one application has used of its budgets in the last hour."""

    asks: int
    own: int
    denials: int
    """Within the last day."""


def budgets() -> ReachLimits:
    """Return the budgets in force."""
    reach: ReachLimits = settings.REACH
    return reach


def take_turns(client: Any, person: Any | None = None) -> None:
    """Let those who reach for the same come one after another, until the transaction ends."""
    model = Client
    model.objects.select_for_update(no_key=True).filter(pk=client).values_list("pk").first()
    if person is not None:
        people = User.objects.select_for_update(no_key=True)
        people.filter(pk=person).values_list("pk").first()


def may_ask(client: Any, person: Any) -> bool:
    """Whether an application may ask a person, both by key, without a browser. Three statements."""
    now, reach = timezone.now(), budgets()
    votes = _denials(client, person, {person}, now).get(person, [])
    denied = [*_denied_asks(client, person, now), *votes]
    if any(at > now - HOUR for at in denied):
        return False
    found = _unanswered_asks(now).aggregate(
        pair=Count("pk", filter=Q(client=client, user=person)),
        person=Count("pk", filter=Q(user=person)),
        client=Count("pk", filter=Q(client=client)),
    )
    return bool(
        found["pair"] < reach.halved(reach.asks_per_pair, len(denied))
        and found["person"] < reach.asks_per_person
        and found["client"] < reach.asks_per_client
    )


def may_ask_for_itself(client: Any, wanted: int) -> bool:
    """Whether an application may ask for so many approvals more of its own. One statement."""
    reach, used = budgets(), usage_of(client)
    return used.own + wanted <= reach.halved(reach.own_per_client, used.denials)


def usage_of(client: Any) -> Usage:
    """Return what an application, by key, has used. Two statements."""
    now = timezone.now()
    own = Approval.objects.filter(client=client, requester=None, created_at__gt=now - DAY)
    found = own.aggregate(
        open=Count("pk", filter=Q(state__in=UNANSWERED, created_at__gt=now - HOUR)),
        denied=Count("pk", filter=Q(state=ApprovalState.DENIED)),
    )
    asks = _unanswered_asks(now).filter(client=client).count()
    return Usage(asks, found["open"], found["denied"])


def to_be_told(
    event: Event, people: Collection[Any], *, client: Any, requester: Any | None
) -> set[Any]:
    """Return who of the people is told now; for the others it waits in their inbox.

    `requester` is who asks by the application, None: it asks for itself. Whoever said no to one of
    the two is not told of the same two for an hour. Two statements at most, none for what everybody
    has to be told, nor for nobody.
    """
    told = set(people)
    if event in ALWAYS or not told:
        return told
    now, reach = timezone.now(), budgets()
    sent = _sent(told, client, now)
    kept = {person for person in told if sent[person][1] < reach.mails_per_person}
    if event in UNASKED:
        denied = _denials(client, requester, told, now)
        kept -= {who for who, times in denied.items() if any(at > now - HOUR for at in times)}
        kept = {
            who
            for who in kept
            if sent[who][0] < reach.halved(reach.mails_per_pair, len(denied.get(who, ())))
        }
    if len(kept) < len(told):
        log.info("notices_held_back", notice=event, client=str(client), people=len(told - kept))
    return kept


def _unanswered_asks(now: datetime) -> QuerySet[ConsentRequest]:
    recent = ConsentRequest.objects.filter(created_at__gt=now - HOUR, redirect_origin="")
    return recent.filter(decided_at=None)


def _denied_asks(client: Any, person: Any, now: datetime) -> list[datetime]:
    denied = ConsentRequest.objects.filter(
        client=client, user=person, redirect_origin="", decided_at__gt=now - DAY, grant=None
    )
    return [at for at in denied.values_list("decided_at", flat=True) if at is not None]


def _denials(
    client: Any, requester: Any | None, people: Iterable[Any], now: datetime
) -> dict[Any, list[datetime]]:
    """Return when each of the people said no within a day to what these two asked."""
    cast = Vote.objects.filter(
        voter__in=list(people),
        approval__client=client,
        approval__requester=requester,
        outcome=VoteOutcome.DENY,
        voted_at__gt=now - DAY,
    )
    found: dict[Any, list[datetime]] = {}
    for person, at in cast.values_list("voter", "voted_at"):
        found.setdefault(person, []).append(at)
    return found


def _sent(people: Collection[Any], client: Any, now: datetime) -> dict[Any, tuple[int, int]]:
    """Return how much each was told within the hour: by this client and unanswered, and in all."""
    recent = Notice.objects.filter(person__in=list(people), created_at__gt=now - HOUR)
    by_it = Q(approval__client=client, approval__state__in=UNANSWERED) | Q(
        consent_request__client=client, consent_request__decided_at=None
    )
    rows = recent.exclude(event__in=ALWAYS).values(of=F("person"))
    counted = rows.annotate(pair=Count("pk", filter=by_it), every=Count("pk"))
    found = {row["of"]: (row["pair"], row["every"]) for row in counted}
    return {person: found.get(person, (0, 0)) for person in people}
