"""What somebody is to be told, written in the transaction of what happened."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils import timezone

from consent.approvals.deciders.capacities import holders_of, stand_ins
from consent.approvals.deciders.demands import Demand, demands_of, keys_of
from consent.approvals.models import Approval, Event, Notice, WebhookEndpoint
from consent.approvals.notices.reaching import to_be_told
from consent.models import ConsentRequest


def tell_approvers(approval: Approval, demands: Sequence[Demand]) -> None:
    """Tell everybody who may approve that it waits, and who stands in for them."""
    _write(approval, Event.WAITING, approvers_of(approval, demands))


def tell_requester(approval: Approval) -> None:
    """Tell who asked what was decided; a client that acts for itself has only the webhooks."""
    people = [approval.requester_id] if approval.requester_id else []
    _write(approval, Event.DECIDED, people)


def tell_overridden(approval: Approval) -> None:
    """Tell everybody who would have approved that somebody went ahead alone."""
    _write(approval, Event.BREAK_GLASS, approvers_of(approval, demands_of(approval)))


def tell_asked(consent_request: ConsentRequest) -> None:
    """Tell a person that a program asks them for access, without their having come with it."""
    now = timezone.now()
    person, client = consent_request.user_id, consent_request.client_id
    if not to_be_told(Event.ASKED, {person}, client=client, requester=person):
        return
    Notice.objects.create(
        consent_request=consent_request,
        event=Event.ASKED,
        person_id=person,
        created_at=now,
        next_attempt_at=now,
    )


def approvers_of(approval: Approval, demands: Iterable[Demand]) -> set[Any]:
    """Return the people other than who asks who may vote, with those who stand in for them."""
    of_others = [demand for demand in demands if not demand.is_for_the_requester]
    if not of_others:
        return set()
    holders = holders_of(keys_of(of_others)).values()
    people = set().union(*holders) - {approval.requester_id}
    return (people | stand_ins(people)) - {approval.requester_id}


def _write(approval: Approval, event: Event, people: Iterable[Any]) -> None:
    now = timezone.now()
    told = to_be_told(
        event, set(people), client=approval.client_id, requester=approval.requester_id
    )
    common: Any = {
        "approval": approval,
        "event": event,
        "state": approval.state,
        "created_at": now,
        "next_attempt_at": now,
    }
    endpoints = WebhookEndpoint.objects.filter(is_active=True)
    Notice.objects.bulk_create(
        [
            *(Notice(person_id=person, **common) for person in told),
            *(Notice(endpoint=endpoint, **common) for endpoint in endpoints),
        ]
    )
