"""Why was I refused? By the reference that whoever was refused was told."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from consent.my_access.refusals import refusal_of, refusals_of
from foundation.journal.visitor import person
from scopeward_guard.vocabulary import read_reference

LONGEST = 40


@never_cache
@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Ask for a reference, and list what was refused lately."""
    typed = request.GET.get("reference", "").strip()[:LONGEST]
    return _answer(request, typed) if typed else _page(request)


@never_cache
@login_required
@require_safe
def refusal(request: HttpRequest, reference: str) -> HttpResponse:
    """Show one refusal to the person whom it was for."""
    return _answer(request, reference[:LONGEST])


def _answer(request: HttpRequest, typed: str) -> HttpResponse:
    found = refusal_of(person(request).pk, typed)
    if found is not None:
        return render(request, "consent/refusal.html", {"refusal": found})
    reference = read_reference(typed)
    if reference and request.user.has_perm("policy.view_loggeddecision"):
        return redirect("admin:policy_decision", reference)
    # Nobody learns whether there is such a reference.
    return _page(request, typed, status=404)


def _page(request: HttpRequest, typed: str = "", *, status: int = 200) -> HttpResponse:
    context = {"typed": typed, "refusals": refusals_of(person(request).pk)}
    return render(request, "consent/refusals.html", context, status=status)
