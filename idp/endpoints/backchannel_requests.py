"""Where people answer what programs ask them without a browser (CIBA Core §8)."""

from uuid import UUID

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from foundation.directory.sign_in import current_sign_in
from foundation.directory.step_up import StepUp
from idp.backchannel import selectors, visiting
from idp.backchannel.outcome import outcome_of
from idp.backchannel.visiting import VisitStep
from idp.models import BackchannelRequest

NOTHING = StepUp()


@never_cache
@login_required
@require_safe
def requests(request: HttpRequest) -> HttpResponse:
    """List what waits for the person's answer."""
    sign_in = current_sign_in(request)
    waiting = selectors.waiting_for(sign_in.user, timezone.now()) if sign_in else []
    return render(request, "account/requests.html", {"waiting": waiting})


@never_cache
@login_required
@require_safe
def answer(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Lead the person to the consent screen, and keep how they were signed in when they answered.

    They come here twice: by the link, and from the screen. Another person finds nothing.
    """
    sign_in = current_sign_in(request)
    if sign_in is None:
        return _sign_in_again(request)
    found = selectors.find_for_person(request_id, sign_in.user)
    if found is None:
        raise Http404
    now = timezone.now()
    step = visiting.visit(found, sign_in, now=now)
    if step is VisitStep.REAUTHENTICATE:
        return _sign_in_again(request, visiting.wanted_of(found, sign_in, now=now))
    if step is VisitStep.ANSWER:
        return redirect(found.consent_request.get_absolute_url())  # type: ignore[union-attr]
    return _over(request, found)


def _over(request: HttpRequest, found: BackchannelRequest) -> HttpResponse:
    outcome = outcome_of(found, now=timezone.now())
    if outcome.waiting_at:
        return redirect(outcome.waiting_at)
    context = {"application": found.client, "state": outcome.state.value}
    return render(request, "account/request_answered.html", context)


def _sign_in_again(request: HttpRequest, wanted: StepUp = NOTHING) -> HttpResponse:
    query = urlencode({REDIRECT_FIELD_NAME: request.path, **wanted.parameters})
    return redirect(f"{reverse('account_reauthenticate')}?{query}")
