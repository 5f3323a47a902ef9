"""Saying which version is in force: one page to look at everything, one POST to do it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext, gettext_lazy as _

from console.workbench.comparison import may_compare, rows_of
from console.workbench.review import comparison_of, review_of
from policy import services
from policy.models import PolicySet, PolicyVersion, State
from policy.services import ActivationError

ASKED, LISTED = 500, 50
"""So many real decisions are asked again before a version is put in force, and so many shown."""


def may_activate(request: HttpRequest) -> bool:
    """Say whether somebody may decide what decides; writing drafts is another permission."""
    return request.user.has_perm("policy.activate_policyversion")


def activate(page: Any, request: HttpRequest, version: PolicyVersion) -> HttpResponse:
    """Show what would change, then put the version in force that was looked at."""
    if not may_activate(request):
        raise PermissionDenied
    if version.state == State.ACTIVE:
        raise Http404
    if request.method == "POST" and _activated(page, request, version):
        return redirect("admin:policy_policyset_change", version.policy_set_id)
    review = review_of(version)
    comparison = comparison_of(review, ASKED) if may_compare(request) else None
    context = {
        **page.admin_site.each_context(request),
        "opts": page.opts,
        "original": version,
        "title": _("Put in force"),
        "review": review,
        "comparison": comparison,
        "rows": rows_of(comparison, request, LISTED),
    }
    return TemplateResponse(request, "admin/policy/activate.html", context)


def retire(page: Any, request: HttpRequest, version: PolicyVersion) -> HttpResponse:
    """Ask first, then leave the resource server without policy."""
    if not may_activate(request):
        raise PermissionDenied
    if version.state != State.ACTIVE:
        raise Http404
    if request.method == "POST":
        try:
            services.retire(version, by=request.user)
            page.log_change(request, version, gettext("Retired."))
            page.message_user(request, gettext("No version is in force any more."))
        except ActivationError as error:
            page.message_user(request, str(error), messages.ERROR)
        return redirect("admin:policy_policyset_change", version.policy_set_id)
    context = {
        **page.admin_site.each_context(request),
        "opts": page.opts,
        "original": version,
        "title": _("Retire"),
    }
    return TemplateResponse(request, "admin/policy/retire.html", context)


def roll_back(page: Any, request: HttpRequest, key: str) -> HttpResponse:
    """Go back to the version before the one that the page showed in force."""
    if not may_activate(request):
        raise PermissionDenied
    policy_set: PolicySet | None = page.get_object(request, key)
    seen = request.POST.get("seen", "")
    if policy_set is None or not seen.isdecimal() or len(seen) > 9:
        raise Http404
    try:
        version = services.roll_back(policy_set, seen=int(seen), by=request.user)
    except ActivationError as error:
        page.message_user(request, str(error), messages.ERROR)
    else:
        told = gettext("Version %d is in force again.") % version.number
        page.log_change(request, policy_set, told)
        page.message_user(request, told, messages.SUCCESS)
    return redirect("admin:policy_policyset_change", policy_set.pk)


def _activated(page: Any, request: HttpRequest, version: PolicyVersion) -> bool:
    instead_of = request.POST.get("instead_of", "")
    if request.POST.get("seen") != version.fingerprint or not instead_of.isdecimal():
        told = gettext("The text is not the one that you looked at. Look at it again.")
        page.message_user(request, told, messages.ERROR)
        return False
    try:
        services.activate(version, by=request.user, instead_of=int(instead_of[:9]))
    except ActivationError as error:
        for problem in error.problems:
            page.message_user(request, problem, messages.ERROR)
        return False
    told = gettext("Version %d is in force.") % version.number
    page.log_change(request, version, told)
    page.message_user(request, told, messages.SUCCESS)
    return True
