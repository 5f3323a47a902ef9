"""What somebody is signed in by, set by somebody else: written down, told, and slow to count.

Whoever sets another person's address or password could be that person. So it is an act, both
addresses are told, and for a day the person's yes to what others ask does not count
(`consent.approvals.deciders.handed_over`).
"""

from django.db import models, transaction
from django.utils import timezone

from consent.approvals.deciders.handed_over import PAUSE
from foundation.directory.models import User
from foundation.journal.acts import Entry, Kind, record
from foundation.journal.context import DecisionContext
from idp.accounts.letters import post_letter


class Credential(models.TextChoices):
    """What was set."""

    PASSWORD = "password"  # noqa: S105 - a word
    ADDRESS = "address"


def note_set_by_another(
    person: User, what: Credential, context: DecisionContext, *, replaced: str = ""
) -> None:
    """Record it, let the person's votes wait, and tell them once it is committed.

    `replaced` is the address before. Call it in the transaction that sets the credential.
    """
    now = timezone.now()
    with transaction.atomic():
        User.objects.filter(pk=person.pk).update(sign_in_set_by_others_at=now)
        record([_act(person, what, context)])
        told = {address for address in (person.email, replaced) if address}
        post_letter(f"set_by_another_{what.value}", person, told, until=now + PAUSE)


def _act(person: User, what: Credential, context: DecisionContext) -> Entry:
    return Entry(
        kind=Kind.CREDENTIAL_SET,
        actor=context.actor,
        person=person.pk,
        detail={"what": what.value},
        actor_id=context.actor_id,
        address=context.address or "",
        user_agent=context.user_agent,
    )
