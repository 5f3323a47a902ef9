"""Taking back what somebody else has granted: a reason, a page to confirm, one POST."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, gettext_lazy as _, ngettext

from claims.catalogue import scopes as catalogue
from consent.grants import services as grant_services
from consent.models import Grant
from console.common.confirmation import Confirmation, ask, chosen_again, reason_form
from foundation.journal.visitor import administrator_context

MOST_AT_ONCE = 500


def revoke_one(grants: Any, request: HttpRequest, grant: Grant) -> HttpResponse:
    """Ask for the reason, then revoke a grant, or the scope that `?scope=` names.

    `grants` is the admin of grants, which has asked who may do this.
    """
    scope = request.GET.get("scope", "")
    if scope and not is_revocable(grant, scope):
        raise Http404
    form = reason_form(request)
    if not form.is_valid():
        return ask(request, _about_one(grant, scope, grants.address("change", grant.pk)), form)
    context = administrator_context(request, form.cleaned_data["reason"])
    if scope:
        done = grant_services.revoke_scope(grant, scope, context=context)
    else:
        done = grant_services.revoke_grant(grant, context=context)
    _tell(grants, request, int(done), scope)
    return redirect(grants.address("change", grant.pk))


def chosen_among(own: Any, request: HttpRequest, rows: QuerySet[Any]) -> list[Any]:
    """Return what was chosen in a list, of those rows that can be ended; none after a message."""
    chosen = list(rows[: MOST_AT_ONCE + 1])
    if len(chosen) > MOST_AT_ONCE:
        told = gettext("Choose %(n)d rows at most.") % {"n": MOST_AT_ONCE}
        own.message_user(request, told, messages.ERROR)
        return []
    if not chosen:
        own.message_user(request, gettext("None of them stands."), messages.WARNING)
    return chosen


def revoke_many(grants: Any, request: HttpRequest, chosen: Sequence[Grant]) -> HttpResponse | None:
    """Ask for one reason for all of them, then revoke those that still stand.

    Return the page that asks, or None when it is done.
    """
    form = reason_form(request, of_list=True)
    if not form.is_valid():
        return ask(request, _about_many(chosen, grants.address("changelist")), form)
    context = administrator_context(request, form.cleaned_data["reason"])
    with transaction.atomic():
        done = sum(grant_services.revoke_grant(grant, context=context) for grant in chosen)
    _tell(grants, request, done, "")
    return None


def is_revocable(grant: Grant, scope: str) -> bool:
    """Say whether a scope can be taken back alone: held, and not part of the sign-in itself."""
    entry = catalogue.find(scope)
    return scope in grant.scopes and not (entry is not None and entry.is_implicit)


def _about_one(grant: Grant, scope: str, back: str) -> Confirmation:
    if not scope:
        return replace(_about_many([grant], back), about=grant, hidden=())
    return Confirmation(
        title=_("Take back one scope"),
        question=gettext("Take back %(scope)s?") % {"scope": scope},
        sentences=[
            _(
                "Tokens that hold this scope stop working for it at once. The application may not "
                "ask for it again until the person allows that."
            )
        ],
        yes=_("Take back"),
        back=back,
        about=grant,
        names=[(grant.user, grant.client, grant.pk)],
    )


def _about_many(chosen: Sequence[Grant], back: str) -> Confirmation:
    return Confirmation(
        title=_("Revoke access"),
        question=_("Revoke this access?"),
        sentences=[
            _(
                "Every token that belongs to this access stops working at once. The person is "
                "asked again at the next sign-in."
            )
        ],
        yes=_("Revoke"),
        back=back,
        names=[(grant.user, grant.client, grant.pk) for grant in chosen],
        hidden=chosen_again("revoke", chosen),
    )


def _tell(grants: Any, request: HttpRequest, done: int, scope: str) -> None:
    if not done:
        grants.message_user(request, gettext("It had been revoked before."), messages.WARNING)
    elif scope:
        told = gettext("%(scope)s has been taken back.") % {"scope": scope}
        grants.message_user(request, told, messages.SUCCESS)
    else:
        told = ngettext("%(n)d grant has been revoked.", "%(n)d grants have been revoked.", done)
        grants.message_user(request, told % {"n": done}, messages.SUCCESS)
