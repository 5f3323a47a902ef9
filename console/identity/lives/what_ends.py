"""Everything that ends when somebody goes, and what stays open then."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from claims.catalogue.models import DataOwner
from consent.approvals.deciders.capacities import capacities_of
from consent.approvals.heaps import WAITING, Inbox
from consent.approvals.models import Approval, ApprovalRule, ApprovalState, Delegation
from consent.models import Grant
from foundation.directory.models import Client, GroupMembership, User
from foundation.directory.sources.models import ProvidedPerson
from foundation.directory.upstream.models import UpstreamAccount
from idp.accounts.lives.importing import SOURCE
from idp.models import ScimUser

SHOWN = 20
"""Rows of one part that are named; of more it is said how many."""
UNUSED = (ApprovalState.PENDING, ApprovalState.APPROVED, ApprovalState.MINTED)


@dataclass(frozen=True)
class Part:
    """One kind of thing that somebody has."""

    title: str
    rows: tuple[str, ...]
    count: int
    becomes: str
    """What becomes of it."""
    is_open: bool = False
    """Somebody has to see to it: nothing takes its place by itself."""


def what_ends(person: User, successor: User | None = None) -> list[Part]:
    """Return what somebody has, part by part, without those that are empty.

    With a successor what they answer for goes on to that one.
    """
    return [part for part in (*_access(person), *_duties(person, successor)) if part.count]


def grants_of(person: UUID) -> QuerySet[Grant]:
    """Return the grants that stand."""
    return Grant.objects.filter(user=person, revoked_at=None).select_related("client")


def unused_of(person: UUID) -> QuerySet[Approval]:
    """Return what they asked for that is not over and not being executed."""
    return Approval.objects.filter(requester=person, state__in=UNUSED).order_by("created_at")


def delegations_of(person: UUID) -> QuerySet[Delegation]:
    """Return where they stand in for somebody, or somebody for them."""
    both = Q(from_person=person) | Q(to_person=person)
    rows = Delegation.objects.filter(both, ends_at__gt=timezone.now())
    return rows.select_related("from_person", "to_person").order_by("pk")


def _access(person: User) -> Iterator[Part]:
    pk = person.pk
    ends, unusable = _("ends at once"), _("lets nobody in any more")
    yield _part(
        _("Sessions"), UserSession.objects.filter(user=pk).order_by("-last_seen_at"),
        lambda row: f"{row.ip}, {row.user_agent[:60]}", ends,
    )  # fmt: skip
    tokens = _("taken back, with all tokens and offline access")
    yield _part(
        _("Applications"), grants_of(pk).order_by("client__name"),
        lambda row: f"{row.client}: {' '.join(sorted(row.scopes))}", tokens,
    )  # fmt: skip
    yield _part(
        _("Requests for approval of their own"), unused_of(pk),
        lambda row: f"{row.type} · {row.get_state_display()}", _("ended, used or not"),
    )  # fmt: skip
    yield _part(
        _("Groups"), GroupMembership.objects.filter(user=pk).select_related("group").order_by("pk"),
        lambda row: str(row.group), _("left"),
    )  # fmt: skip
    yield _part(
        _("Applications that name them"), Client.objects.filter(only_people=pk).order_by("name"),
        str, _("name them no longer"),
    )  # fmt: skip
    yield _part(
        _("Ways of signing in"), Authenticator.objects.filter(user=pk).order_by("pk"),
        lambda row: row.get_type_display(), unusable,
    )  # fmt: skip
    yield _part(
        _("Accounts elsewhere"), UpstreamAccount.objects.filter(user=pk).select_related("provider"),
        str, unusable,
    )  # fmt: skip


def _duties(person: User, successor: User | None) -> Iterator[Part]:
    pk = person.pk
    goes_on = _("goes on to %(name)s") % {"name": successor} if successor else ""
    is_open = successor is None
    yield _part(
        _("Standing in"), delegations_of(pk), lambda row: f"{row.from_person} → {row.to_person}",
        _("ends at once"),
    )  # fmt: skip
    yield _part(
        _("Requests that wait for them"), _waiting_for(pk),
        lambda row: f"{row.type} · {row.requester or row.client}",
        (goes_on and _("wait for whoever else may decide, and for the successor where they own it"))
        or _("wait for whoever else may decide; some may run out"), is_open=is_open,
    )  # fmt: skip
    yield _part(
        _("Data that they answer for"), DataOwner.objects.filter(person=pk).order_by("pattern"),
        lambda row: f"{row.resource_server} {row.pattern}",
        goes_on or _("has no owner in them any more"), is_open=is_open,
    )  # fmt: skip
    yield _part(
        _("Rules that name them"), ApprovalRule.objects.filter(people=pk), str,
        goes_on or _("cannot be met by them any more"), is_open=is_open,
    )  # fmt: skip
    yield from _sources(pk)


def _waiting_for(person: UUID) -> QuerySet[Approval]:
    capacities = capacities_of([person]).get(person)
    return Inbox(capacities).heap(WAITING) if capacities else Approval.objects.none()


def _sources(person: UUID) -> Iterator[Part]:
    stays = _("still has them: end them there too")
    known = ProvidedPerson.objects.filter(person=person, gone_at=None).exclude(source=SOURCE)
    yield _part(
        _("Directories"), known,
        lambda row: row.source, stays, is_open=True,
    )  # fmt: skip
    scim = ScimUser.objects.filter(person=person).select_related("connection")
    yield _part(_("SCIM"), scim, lambda row: row.connection.name, stays, is_open=True)


def _part(
    title: str, rows: QuerySet[Any], said: Any, becomes: str, *, is_open: bool = False
) -> Part:
    shown = tuple(said(row) for row in rows[:SHOWN])
    count = len(shown) if len(shown) < SHOWN else rows.count()
    return Part(title, shown, count, becomes, is_open)
