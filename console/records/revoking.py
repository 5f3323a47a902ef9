"""Taking back what somebody else has granted: a reason, a page to confirm, one POST."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy as _, ngettext
from unfold.widgets import UnfoldAdminTextareaWidget

from claims.catalogue import scopes as catalogue
from consent.grants import services as grant_services
from consent.models import Grant
from foundation.journal.visitor import administrator_context

MOST_AT_ONCE = 500


class ReasonForm(forms.Form):
    """Why; it is kept in the history, where the person reads it too."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text=_("It is kept in the history. The person reads it too."),
    )


def revoke_one(page: Any, request: HttpRequest, key: str) -> HttpResponse:
    """Ask for the reason, then revoke a grant, or the scope that `?scope=` names.

    `page` is the admin page of grants, which says who may do this.
    """
    if not page.has_revoke_permission(request):
        raise PermissionDenied
    grant: Grant | None = page.get_object(request, key)
    if grant is None or grant.revoked_at is not None:
        raise Http404
    scope = request.GET.get("scope", "")
    if scope and not is_revocable(grant, scope):
        raise Http404
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _page(page, request, form, {"grants": [grant], "scope": scope, "original": grant})
    context = administrator_context(request, form.cleaned_data["reason"])
    if scope:
        done = grant_services.revoke_scope(grant, scope, context=context)
    else:
        done = grant_services.revoke_grant(grant, context=context)
    _tell(page, request, int(done), scope)
    return redirect(reverse("admin:consent_grant_change", args=[grant.pk]))


def revoke_many(page: Any, request: HttpRequest, grants: Sequence[Grant]) -> HttpResponse | None:
    """Ask for one reason for all of them, then revoke those that still stand.

    Return the page that asks, or None when it is done.
    """
    confirmed = "confirmed" in request.POST
    form = ReasonForm(request.POST if confirmed else None)
    if not form.is_valid():
        return _page(page, request, form, {"grants": grants, "chosen": grants})
    context = administrator_context(request, form.cleaned_data["reason"])
    with transaction.atomic():
        done = sum(grant_services.revoke_grant(grant, context=context) for grant in grants)
    _tell(page, request, done, "")
    return None


def is_revocable(grant: Grant, scope: str) -> bool:
    """Say whether a scope can be taken back alone: held, and not part of the sign-in itself."""
    entry = catalogue.find(scope)
    return scope in grant.scopes and not (entry is not None and entry.is_implicit)


def _tell(page: Any, request: HttpRequest, done: int, scope: str) -> None:
    if not done:
        page.message_user(request, gettext("It had been revoked before."), messages.WARNING)
    elif scope:
        told = gettext("%(scope)s has been taken back.") % {"scope": scope}
        page.message_user(request, told, messages.SUCCESS)
    else:
        told = ngettext("%(n)d grant has been revoked.", "%(n)d grants have been revoked.", done)
        page.message_user(request, told % {"n": done}, messages.SUCCESS)


def _page(page: Any, request: HttpRequest, form: ReasonForm, more: dict[str, Any]) -> HttpResponse:
    scope = more.get("scope")
    context = {
        **page.admin_site.each_context(request),
        "opts": page.opts,
        "title": _("Take back one scope") if scope else _("Revoke access"),
        "form": form,
        "action_checkbox_name": ACTION_CHECKBOX_NAME,
        **more,
    }
    return TemplateResponse(request, "admin/revoke.html", context)
