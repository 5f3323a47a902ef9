"""A history with acts of every kind for pages that show them."""

from datetime import timedelta

from django.utils import timezone

from consent.grants import services as grant_services
from consent.models import Grant
from foundation.directory.models import Client, User
from foundation.journal.acts import Actor, Entry, Kind, link, record
from foundation.journal.context import DecisionContext
from tests.consent.asking import Asking


def make_history(person: User, client: Client) -> Grant:
    """Let a person allow and refuse scopes, and take one back; return the standing grant."""
    asking = Asking(person, client)
    grant = asking.allow(["email", "roles", "phone"], ["email", "roles"])
    context = DecisionContext(locale="en", address="192.0.2.7", user_agent="Browser", reason="why")
    grant_services.revoke_scope(grant, "email", context=context)
    for days in range(1, 25, 3):
        answered = Entry(
            kind=Kind.GRANTED if days % 2 else Kind.DENIED,
            actor=Actor.PERSON,
            person=person.pk,
            client=client.pk,
            grant=grant.pk,
            scope=("email", "phone", "roles")[days % 3],
            at=timezone.now() - timedelta(days=days),
        )
        record([answered])
    link()
    return Grant.objects.get(pk=grant.pk)
