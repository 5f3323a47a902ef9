"""Asking for a reset, stopping it, and what it does once its time has come."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consent.approvals.deciders.handed_over import PAUSE
from foundation.base import conf
from foundation.base.clearing import delete_in_batches
from foundation.base.secrets import digest, digests, generate
from foundation.directory.models import User
from foundation.journal.acts import Actor, Entry, Kind, record
from foundation.journal.context import BY_THE_SYSTEM, DecisionContext
from idp.accounts.authority import may_act_on
from idp.accounts.browser_sessions.sessions import end_elsewhere
from idp.accounts.factors import changes
from idp.accounts.invitations.services import NotInvitedError, invite
from idp.accounts.ldap.binding import is_of_a_directory
from idp.accounts.letters import post_letter
from idp.models import SignInReset
from idp.models.factor_rule import MetRule
from idp.models.sign_in_reset import STANDS

KEPT = timedelta(days=90)
PURPOSE = "sign-in reset:"


class ResetRefusedError(Exception):
    """It is not done; the sentence says why."""

    def __init__(self, sentence: str | Promise) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def why_not(actor: User, person: User, now: datetime) -> str | Promise | None:
    """Return why one of the staff may not reset how somebody signs in; None: they may.

    Who was given another address lately would be told where somebody else reads.
    """
    if actor.pk == person.pk:
        return _("Nobody resets their own sign-in.")
    if not _may_reset(actor, person):
        return _("You may not reset how this person signs in.")
    if not person.is_active:
        return _("This person may not sign in at all.")
    if not person.email:
        return _("This person has no e-mail address, so nobody could tell them.")
    set_at = person.sign_in_set_by_others_at
    if set_at is not None and now < set_at + PAUSE:
        return _("Somebody else has set the password or the address of this person lately.")
    return None


def _may_reset(actor: User, person: User) -> bool:
    is_above = person.is_staff or person.is_superuser
    return actor.is_superuser or (
        actor.has_perm("idp.add_signinreset") and not is_above and may_act_on(actor, person)
    )


@transaction.atomic
def ask_for_reset(
    person: User, actor: User, context: DecisionContext, now: datetime
) -> SignInReset:
    """Write a reset down and tell the person at once; `context` says why.

    Raises `ResetRefusedError`.
    """
    locked = User.objects.select_for_update().get(pk=person.pk)
    if (refused := why_not(actor, locked, now)) is not None:
        raise ResetRefusedError(refused)
    if not context.reason:
        raise ResetRefusedError(_("Say why."))
    secret = generate()
    try:
        with transaction.atomic():
            reset = SignInReset.objects.create(
                person=locked,
                asked_by=actor,
                reason=context.reason,
                email=locked.email,
                digest=digest(PURPOSE + secret),
                asked_at=now,
                takes_effect_at=now + timedelta(seconds=conf.current().reset_delay),
            )
    except IntegrityError:
        raise ResetRefusedError(_("It has been asked for already.")) from None
    record([_act(Kind.RESET_ASKED, locked, context)])
    post_letter(
        "reset_asked",
        locked,
        [locked.email],
        link=settings.ISSUER + reverse("stop_reset", args=[secret]),
        reason=context.reason,
        until=reset.takes_effect_at,
    )
    return reset


@transaction.atomic
def stop(reset: SignInReset, context: DecisionContext, now: datetime) -> bool:
    """Stop a reset; False when it was stopped or done before. The person is told."""
    if not SignInReset.objects.filter(STANDS, pk=reset.pk).update(stopped_at=now):
        return False
    record([_act(Kind.RESET_STOPPED, reset.person, context)])
    post_letter("reset_stopped", reset.person, [reset.email])
    return True


def standing(person: User) -> SignInReset | None:
    """Return the reset that stands, with the person. One statement."""
    rows = SignInReset.objects.filter(STANDS, person=person.pk).select_related("person")
    return rows.first()


def find(secret: str) -> SignInReset | None:
    """Return the reset that a link stops, None when none stands."""
    found = SignInReset.objects.filter(STANDS, digest__in=digests(PURPOSE + secret))
    return found.select_related("person").first()


def do_due(now: datetime) -> int:
    """Do every reset whose time has come; return how many."""
    due = SignInReset.objects.filter(STANDS, takes_effect_at__lte=now)
    return sum(do(key, now) for key in due.values_list("pk", flat=True))


@transaction.atomic
def do(key: int, now: datetime) -> bool:
    """Do one reset, once; False where it does not stand any more, or not yet.

    One that nobody could have asked for by now is stopped.
    """
    rows = SignInReset.objects.filter(STANDS, pk=key, takes_effect_at__lte=now)
    found = rows.first()
    if found is None:
        return False
    # Locked first: who stops it, changes the address or signs in comes before, or afterwards.
    person = User.objects.select_for_update().get(pk=found.person_id)
    found.person = person
    if not _still_holds(found):
        stop(found, BY_THE_SYSTEM, now)
        return False
    if not rows.update(done_at=now):
        return False
    _end_all(person, now)
    record([_act(Kind.RESET_DONE, person, BY_THE_SYSTEM)])
    post_letter("reset_done", person, [person.email])
    if not is_of_a_directory(person):
        _invite(person, now)
    return True


def clear_expired(now: datetime) -> int:
    """Forget resets that have been over for long; return how many."""
    rows = SignInReset.objects.exclude(STANDS).filter(takes_effect_at__lte=now - KEPT)
    return delete_in_batches(rows, by="takes_effect_at")


def _still_holds(reset: SignInReset) -> bool:
    person, actor = reset.person, reset.asked_by
    if actor is None or not actor.is_active or not person.is_active:
        return False
    return person.email == reset.email and _may_reset(actor, person)


def _end_all(person: User, now: datetime) -> None:
    """End what somebody signs in by, and what they are signed in to."""
    changes.end_all(person)
    MetRule.objects.filter(person=person).delete()
    person.set_unusable_password()
    # Their yes counts a day later: who reads their mail could be somebody else.
    person.sign_in_set_by_others_at = now
    person.save(update_fields=["password", "sign_in_set_by_others_at", "updated_at"])
    end_elsewhere(person)


def _invite(person: User, now: datetime) -> None:
    try:
        invite(person, BY_THE_SYSTEM, now)
    except NotInvitedError:
        return


def _act(kind: Kind, person: User, context: DecisionContext) -> Entry:
    return Entry(
        kind=kind,
        actor=Actor(context.actor),
        person=person.pk,
        locale=context.locale,
        actor_id=context.actor_id,
        address=context.address or "",
        user_agent=context.user_agent,
        reason=context.reason,
    )
