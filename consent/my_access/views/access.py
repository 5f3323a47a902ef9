"""My access: what each application may do, and taking it back."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consent.grants import services as grant_services
from consent.models import Grant
from consent.my_access.access import access_of, grants_of
from consent.my_access.application_access import ScopeAccess
from consent.my_access.panels import Panels
from foundation.base.texts.form_tokens import form_token
from foundation.journal.visitor import decision_context, person


@never_cache
@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """List the applications with everything they hold and what was denied to them."""
    found = grants_of(person(request))
    panels = Panels(form_token(request)).drawn(found) if found else ""
    return render(request, "consent/access.html", {"panels": panels})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take one scope back (POST); ask first (GET) where the application stops working without."""
    grant = own_grant(request, pk)
    name = (request.POST if request.method == "POST" else request.GET).get("scope", "")
    scope = _held_scope(grant, name)
    if request.method != "POST":
        return render(request, "consent/take_back.html", {"grant": grant, "scope": scope})
    grant_services.revoke_scope(grant, scope.name, context=decision_context(request))
    words = {"application": grant.client.name, "title": scope.title}
    messages.success(request, _("Taken back from %(application)s: %(title)s.") % words)
    return redirect("consent:access")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Ask whether everything is to be taken back from an application (GET), and do it (POST)."""
    grant = own_grant(request, pk)
    if request.method != "POST":
        return render(request, "consent/leave.html", {"grant": grant})
    grant_services.revoke_grant(grant, context=decision_context(request))
    words = {"application": grant.client.name}
    messages.success(request, _("%(application)s has no access any more.") % words)
    return redirect("consent:access")


@login_required
@require_POST
def ask_again(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Forget that a scope was denied, so that the application may ask for it again."""
    grant = own_grant(request, pk)
    name = request.POST.get("scope", "")
    if not grant_services.forget_denial(grant, name, context=decision_context(request)):
        raise Http404
    words = {"application": grant.client.name}
    messages.success(request, _("%(application)s may ask you for it again.") % words)
    return redirect("consent:access")


def own_grant(request: HttpRequest, pk: uuid.UUID) -> Grant:
    """Return a standing grant of the person who is signed in; raises Http404."""
    standing = Grant.objects.filter(user_id=person(request).pk, revoked_at=None)
    return get_object_or_404(standing.select_related("client"), pk=pk)


def _held_scope(grant: Grant, name: str) -> ScopeAccess:
    for scope in access_of(grant).scopes:
        if scope.name == name and not scope.is_implicit:
            return scope
    raise Http404
