"""Inviting people: chosen in a list, or one from their page."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _

from foundation.directory.models import Client, User
from foundation.journal.visitor import administrator_context, person as person_at
from idp.accounts.authority import may_act_on
from idp.accounts.invitations.services import NotInvitedError, invite

MOST_AT_ONCE = 100


class InvitesPeople:
    """For the list of people."""

    def has_invite_permission(self, request: HttpRequest) -> bool:
        """Whoever may change people may invite them."""
        return bool(request.user.has_perm("directory.change_user"))

    @admin.action(description=_("Invite by mail"), permissions=["invite"])
    def invite(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Mail those who were chosen a link, if they have nothing to sign in with yet."""
        invite_chosen(self, request, list(queryset[: MOST_AT_ONCE + 1]), {})


def invite_chosen(
    own: Any,
    request: HttpRequest,
    people: Collection[User],
    applications: Mapping[UUID, Client | None],
) -> None:
    """Invite people, and say how many of them were."""
    if len(people) > MOST_AT_ONCE:
        told = gettext("Choose %(n)d rows at most.") % {"n": MOST_AT_ONCE}
        own.message_user(request, told, messages.ERROR)
        return
    invited = sum(_invited(request, each, applications.get(each.pk)) for each in people)
    if invited:
        own.message_user(request, gettext("Invited: %(n)d.") % {"n": invited}, messages.SUCCESS)
    if left := len(people) - invited:
        told = gettext(
            "Not invited: %(n)d. They can sign in already, are switched off, have no address, or "
            "may do more than you."
        )
        own.message_user(request, told % {"n": left}, messages.WARNING)


def _invited(request: HttpRequest, person: User, application: Client | None) -> bool:
    if not may_act_on(person_at(request), person):
        return False
    context = administrator_context(request)
    try:
        invite(person, context, timezone.now(), application=application)
    except NotInvitedError:
        return False
    return True
