"""Where a person stops the reset of how they sign in: by the link of the letter, or signed in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from foundation.journal.visitor import decision_context, person
from idp.accounts.resets import services


@method_decorator(never_cache, name="dispatch")
class StopResetView(View):
    """The page of the link. Looking at it stops nothing: programs that read mail look too."""

    def get(self, request: HttpRequest, secret: str) -> HttpResponse:
        """Ask."""
        reset = services.find(secret)
        status = 200 if reset else 410
        return render(request, "account/reset.html", {"reset": reset}, status=status)

    def post(self, request: HttpRequest, secret: str) -> HttpResponse:
        """Stop it; whoever has the link reads the person's mail."""
        reset = services.find(secret)
        is_stopped = reset is not None and services.stop(
            reset, decision_context(request), timezone.now()
        )
        status = 200 if is_stopped else 410
        return render(request, "account/reset.html", {"is_stopped": is_stopped}, status=status)


@never_cache
@require_POST
@login_required
def stop_mine(request: HttpRequest) -> HttpResponse:
    """Stop the reset of whoever is signed in."""
    reset = services.standing(person(request))
    if reset is not None and services.stop(reset, decision_context(request), timezone.now()):
        messages.success(request, _("The reset has been stopped. Nothing has changed."))
    return redirect("security")


def tell_of_reset(request: HttpRequest) -> None:
    """Tell somebody who has just signed in of a reset that stands. One statement."""
    reset = services.standing(person(request))
    if reset is not None:
        messages.warning(
            request,
            _("Somebody asked to reset how you sign in. If it was not you, stop it on Security."),
        )
