"""Saying which version is in force: one page to look at everything, one POST to do it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, gettext_lazy as _

from console.common.confirmation import Confirmation, ask
from console.common.pages import render
from console.workbench.comparison import may_compare, rows_of
from console.workbench.review import comparison_of, review_of
from policy import services
from policy.models import PolicySet, PolicyVersion
from policy.services import ActivationError

ASKED, LISTED = 500, 50
"""So many real decisions are asked again before a version is put in force, and so many shown."""


def may_activate(_own: Any, request: HttpRequest, _obj: Any = None) -> bool:
    """Say whether somebody may decide what decides; writing drafts is another permission."""
    return request.user.has_perm("policy.activate_policyversion")


def activate(versions: Any, request: HttpRequest, version: PolicyVersion) -> HttpResponse:
    """Show what would change, then put the version in force that was looked at."""
    if request.method == "POST" and _activated(versions, request, version):
        return redirect("admin:policy_policyset_change", version.policy_set_id)
    review = review_of(version)
    comparison = comparison_of(review, ASKED) if may_compare(versions, request, version) else None
    context = {
        "review": review,
        "comparison": comparison,
        "rows": rows_of(comparison, request, LISTED),
    }
    template = "admin/policy/activate.html"
    return render(request, template, context, title=_("Put in force"), about=version)


def retire(versions: Any, request: HttpRequest, version: PolicyVersion) -> HttpResponse:
    """Ask first, then leave the resource server without policy."""
    if request.method == "POST":
        try:
            services.retire(version)
            versions.message_user(request, gettext("No version is in force any more."))
        except ActivationError as error:
            versions.message_user(request, str(error), messages.ERROR)
        return redirect("admin:policy_policyset_change", version.policy_set_id)
    confirmation = Confirmation(
        title=_("Retire"),
        question=gettext("Retire %(version)s?") % {"version": version},
        sentences=[
            _(
                "Nothing takes its place. A guard that asks for policy is told that there is "
                "none, and goes on with what it has until that is too old; then it refuses."
            )
        ],
        yes=_("Retire"),
        back=versions.address("change", version.pk),
        about=version,
    )
    return ask(request, confirmation)


def roll_back(sets: Any, request: HttpRequest, policy_set: PolicySet) -> HttpResponse:
    """Go back to the version before the one that the page showed in force."""
    seen = request.POST.get("seen", "")
    if not seen.isdecimal() or len(seen) > 9:
        raise Http404
    try:
        version = services.roll_back(policy_set, seen=int(seen), by=request.user)
    except ActivationError as error:
        sets.message_user(request, str(error), messages.ERROR)
    else:
        told = gettext("Version %d is in force again.") % version.number
        sets.message_user(request, told, messages.SUCCESS)
    return redirect("admin:policy_policyset_change", policy_set.pk)


def _activated(versions: Any, request: HttpRequest, version: PolicyVersion) -> bool:
    instead_of = request.POST.get("instead_of", "")
    if request.POST.get("seen") != version.fingerprint or not instead_of.isdecimal():
        told = gettext("The text is not the one that you looked at. Look at it again.")
        versions.message_user(request, told, messages.ERROR)
        return False
    try:
        services.activate(version, by=request.user, instead_of=int(instead_of[:9]))
    except ActivationError as error:
        for problem in error.problems:
            versions.message_user(request, problem, messages.ERROR)
        return False
    told = gettext("Version %d is in force.") % version.number
    versions.message_user(request, told, messages.SUCCESS)
    return True
