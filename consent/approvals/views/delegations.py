"""Who stands in for the person, and for whom they stand in."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from consent.approvals.deciders import standing_in
from consent.approvals.views.common import page
from consent.approvals.views.forms import DelegationForm
from foundation.journal.visitor import decision_context, person


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delegations(request: HttpRequest) -> HttpResponse:
    """List them, or let somebody stand in."""
    away = person(request).pk
    form = DelegationForm(request.POST or None, away=away)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        dates = said["starts_at"], said["ends_at"]
        standing_in.delegate(away, said["person"].pk, *dates, decision_context(request))
        words = {"person": said["person"].get_full_name()}
        messages.success(request, _("%(person)s stands in for you.") % words)
        return redirect("consent:delegations")
    status = HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK
    context = {
        "form": form,
        "given_by": standing_in.given_by(away),
        "given_to": standing_in.given_to(away),
    }
    return page(request, "delegations", context, status)


@login_required
@require_POST
def end_delegation(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's own."""
    if not standing_in.take_back(person(request).pk, pk, decision_context(request)):
        raise Http404
    messages.success(request, _("Nobody stands in for you by this any more."))
    return redirect("consent:delegations")
