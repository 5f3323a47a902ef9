"""Filters of the lists of grants and decisions."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from claims.catalogue import scopes as catalogue
from consent.approvals.models import ApprovalState
from console.common.lists import first_and_chosen
from console.records.finding.states import DecisionState, GrantState, decisions_in, grants_in
from foundation.directory.models import Client, User

DAYS = {"1": _("One day"), "7": _("7 days"), "30": _("30 days"), "90": _("90 days")}

Lookups = Iterable[tuple[str, Any]]


class ChoiceFilter(SimpleListFilter):
    """One of the choices; anything else in the address finds nothing."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow the rows to the chosen value."""
        value = self.value()
        if value is None:
            return queryset
        known = {str(choice) for choice, _words in self.lookup_choices}
        return self.narrow(queryset, value) if value in known else queryset.none()

    def narrow(self, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Return the rows with a value that is one of the choices."""
        return queryset.filter(**{str(self.parameter_name): value})


class GrantStateFilter(ChoiceFilter):
    """Standing or revoked."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Lookups:
        """List the states."""
        return GrantState.choices

    def narrow(self, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Compare with the column that says so."""
        return queryset.filter(grants_in(value))


class DecisionStateFilter(ChoiceFilter):
    """Standing, expired, revoked, denied."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Lookups:
        """List the states."""
        return DecisionState.choices

    def narrow(self, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Compare outcome, end and grant."""
        return queryset.filter(decisions_in(value, timezone.now()))


class ScopeFilter(ChoiceFilter):
    """One scope of the catalogue. The table is not searched for the choices."""

    title = _("scope")
    parameter_name = "scope"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Lookups:
        """List the catalogue."""
        return [(name, name) for name in catalogue.all_scopes()]


class HeldScopeFilter(ScopeFilter):
    """Grants that hold a scope."""

    def narrow(self, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Look into what the grant holds."""
        return queryset.filter(scopes__has_key=value)


class NamedFilter(ChoiceFilter):
    """One row among many by its name."""

    model: type[models.Model]

    def lookups(self, request: HttpRequest, model_admin: Any) -> Lookups:
        """List the first by name, and the chosen one wherever it is."""
        every = self.model._default_manager  # noqa: SLF001 - documented
        chosen = request.GET.get(self.parameter_name or "")
        rows = first_and_chosen(every.only("name").order_by("name"), chosen)
        return [(str(row.pk), row.name) for row in rows]


class ClientFilter(NamedFilter):
    """One application; with very many, the search field finds those that are not listed."""

    title = _("application")
    parameter_name = "client"
    model = Client


class GroupFilter(NamedFilter):
    """People of one group."""

    title = _("groups")
    parameter_name = "group"
    model = Group

    def narrow(self, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Look for the membership, so that nobody is listed twice."""
        members = User.groups.through.objects.filter(group=int(value))
        return queryset.filter(pk__in=members.values("user"))


class ApprovalStateFilter(ChoiceFilter):
    """One state of an approval."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Lookups:
        """List the states."""
        return ApprovalState.choices


class EmergencyFilter(ChoiceFilter):
    """Emergency access only."""

    title = _("emergency access")
    parameter_name = "emergency"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Lookups:
        """Offer it."""
        return [("1", _("Emergency access only"))]

    def narrow(self, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Compare with the column that says so."""
        return queryset.filter(is_break_glass=True)


class SinceFilter(ChoiceFilter):
    """Decided not longer ago than this."""

    title = _("decided within")
    parameter_name = "days"
    column = "decided_at"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Lookups:
        """List the periods."""
        return DAYS.items()

    def narrow(self, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Compare with the time of the decision."""
        since = timezone.now() - timedelta(days=int(value))
        return queryset.filter(**{f"{self.column}__gte": since})


class AskedSinceFilter(SinceFilter):
    """Asked not longer ago than this."""

    title = _("asked within")
    column = "created_at"
