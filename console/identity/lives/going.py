"""Ending everything that somebody has, in one act."""

from datetime import datetime

from django.db import transaction

from claims.catalogue.models import DataOwner
from consent.approvals.deciders.standing_in import take_back
from consent.approvals.models import ApprovalRule
from consent.approvals.use.ending import revoke
from consent.grants.services import revoke_grant
from console.identity.lives.what_ends import delegations_of, grants_of, unused_of
from foundation.base.configuration.epoch import start_new_epoch
from foundation.directory.models import Client, GroupMembership, User
from foundation.journal.acts import Entry, Kind, record
from foundation.journal.context import DecisionContext
from idp.accounts.letters import post_letter
from idp.accounts.lives.ends import leave, set_end
from idp.accounts.provisioning.ending import deactivate


@transaction.atomic
def let_go(
    person: User, context: DecisionContext, now: datetime, *, successor: User | None = None
) -> bool:
    """End everything that somebody has; False when they have gone already.

    What they answer for goes on to the successor; without one it stays in their name, and nobody
    can meet it for them. `reason` of the context is kept with the act. Both are told by mail.
    """
    gone = deactivate([person.pk])
    set_end([person.pk], now, now)
    for grant in grants_of(person.pk):
        revoke_grant(grant, context=context)
    for approval in unused_of(person.pk):
        revoke(approval, context.reason, context)
    for delegation in delegations_of(person.pk):
        take_back(delegation.from_person_id, delegation.pk, context)
    leave(GroupMembership.objects.filter(user=person))
    for client in Client.objects.filter(only_people=person):
        client.only_people.remove(person)
    if successor is not None:
        _hand_over(person, successor)
    start_new_epoch()
    if not gone:
        return False
    record([_act(person, context, successor)])
    _write_letters(person, successor)
    return True


def _hand_over(person: User, successor: User) -> None:
    for owned in DataOwner.objects.filter(person=person):
        DataOwner.objects.get_or_create(
            person=successor, resource_server=owned.resource_server, pattern=owned.pattern
        )
        owned.delete()
    for rule in ApprovalRule.objects.filter(people=person):
        rule.people.add(successor)
        rule.people.remove(person)


def _act(person: User, context: DecisionContext, successor: User | None) -> Entry:
    return Entry(
        kind=Kind.LET_GO,
        actor=context.actor,
        actor_id=context.actor_id,
        person=person.pk,
        locale=context.locale,
        address=context.address or "",
        user_agent=context.user_agent,
        reason=context.reason,
        detail={"has_successor": successor is not None},
        other_id=str(successor.pk) if successor else "",
    )


def _write_letters(person: User, successor: User | None) -> None:
    if person.email:
        post_letter("let_go", person, [person.email])
    if successor is not None and successor.email:
        post_letter("succeeds", successor, [successor.email], before=person)
