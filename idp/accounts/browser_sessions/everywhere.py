"""Signing somebody out everywhere: every session and every token, with the act and the letter."""

from django.db import transaction

from foundation.directory.models import User
from foundation.journal.acts import Actor, Entry, Kind, record
from foundation.journal.context import DecisionContext
from idp.accounts.browser_sessions.sessions import end_elsewhere
from idp.accounts.letters import post_letter


@transaction.atomic
def sign_out_everywhere(person: User, context: DecisionContext) -> None:
    """End all that somebody is signed in by, offline access too; `context` is of who does it.

    The person is told by mail when it was somebody else.
    """
    end_elsewhere(person)
    entry = Entry(
        kind=Kind.SESSION_ENDED,
        actor=context.actor,
        actor_id=context.actor_id,
        person=person.pk,
        locale=context.locale,
        address=context.address or "",
        user_agent=context.user_agent,
        detail={"everywhere": True},
    )
    record([entry])
    if context.actor is Actor.ADMINISTRATOR and person.email:
        post_letter("signed_out", person, [person.email])
