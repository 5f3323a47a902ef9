"""Sending invitations, withdrawing them, and using one up."""

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from foundation.base.clearing import delete_in_batches
from foundation.base.secrets import digest, digests, generate
from foundation.directory.models import Client, Invitation, User
from foundation.directory.models.invitation import STANDS
from foundation.journal.acts import Actor, Entry, Kind, record
from foundation.journal.context import DecisionContext
from idp.accounts.letters import post_letter

LIFETIME = timedelta(days=7)
KEPT = timedelta(days=90)
"""For so long the list shows what became of an invitation that is over."""
PURPOSE = "invitation:"


class NotInvitedError(Exception):
    """The invitation does not hold, or nobody can be invited: they sign in already."""


def can_be_invited(person: User) -> bool:
    """Say whether somebody has an address, and nothing yet to sign in with."""
    return (
        person.is_active
        and bool(person.email)
        and not person.has_usable_password()
        and not Authenticator.objects.filter(user=person).exists()
    )


@transaction.atomic
def invite(
    person: User, context: DecisionContext, now: datetime, *, application: Client | None = None
) -> Invitation:
    """Mail somebody a link; the one before ends. Raises `NotInvitedError`."""
    locked = User.objects.select_for_update().get(pk=person.pk)
    if not can_be_invited(locked):
        raise NotInvitedError
    secret = generate()
    Invitation.objects.filter(STANDS, person=locked).update(revoked_at=now)
    invitation = Invitation.objects.create(
        person=locked,
        email=locked.email,
        application=application,
        digest=digest(PURPOSE + secret),
        made_at=now,
        expires_at=now + LIFETIME,
    )
    record([_act(Kind.INVITED, locked, context)])
    link = settings.ISSUER + reverse("invitation", args=[secret])
    until = invitation.expires_at
    post_letter(
        "invitation", locked, [locked.email], link=link, until=until, application=application
    )
    return invitation


@transaction.atomic
def withdraw(invitation: Invitation, context: DecisionContext, now: datetime) -> bool:
    """End an invitation; False when it was over before."""
    rows = Invitation.objects.filter(STANDS, pk=invitation.pk, expires_at__gt=now)
    if not rows.update(revoked_at=now):
        return False
    record([_act(Kind.UNINVITED, invitation.person, context)])
    return True


def find(secret: str, now: datetime) -> Invitation:
    """Return the invitation that a link stands for; raises `NotInvitedError`."""
    rows = Invitation.objects.select_related("person", "application")
    found = rows.filter(STANDS, digest__in=digests(PURPOSE + secret), expires_at__gt=now).first()
    if found is None or not _is_for(found, found.person):
        raise NotInvitedError
    return found


def use_up(invitation: Invitation, context: DecisionContext, now: datetime) -> User:
    """Use an invitation; of any number at the same time one succeeds. Raises `NotInvitedError`.

    Call it in the transaction that gives the person what they sign in by. Whoever read the mail
    has the address, so it counts as confirmed.
    """
    # Locked first: neither address nor password changes between the look and the use.
    person: User = User.objects.select_for_update().get(pk=invitation.person_id)
    rows = Invitation.objects.filter(STANDS, pk=invitation.pk, expires_at__gt=now)
    if not _is_for(invitation, person) or not rows.update(used_at=now):
        raise NotInvitedError
    record([_act(Kind.INVITATION_USED, person, context)])
    person.email_verified = True
    person.save(update_fields=["email_verified", "updated_at"])
    EmailAddress.objects.update_or_create(
        user=person, email=person.email, defaults={"verified": True, "primary": True}
    )
    return person


def clear_expired(now: datetime) -> int:
    """Forget invitations that have been over for long; return how many."""
    rows = Invitation.objects.filter(expires_at__lte=now - KEPT)
    return delete_in_batches(rows, by="expires_at")


def _is_for(invitation: Invitation, person: User) -> bool:
    return can_be_invited(person) and person.email == invitation.email


def _act(kind: Kind, person: User, context: DecisionContext) -> Entry:
    return Entry(
        kind=kind,
        actor=Actor(context.actor),
        person=person.pk,
        locale=context.locale,
        actor_id=context.actor_id,
        address=context.address or "",
        user_agent=context.user_agent,
    )
