"""Where somebody types what a device shows, and takes its request on (RFC 8628 §3.3)."""

import logging

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from foundation.journal.visitor import person
from idp.device.codes import in_groups, read_code
from idp.device.services import TooManyCodesError, claim, find_by_code
from idp.errors import OAuthError
from idp.models import BackchannelRequest

logger = logging.getLogger(__name__)
LONGEST = 64
"""Characters of what is typed that are looked at."""


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def device(request: HttpRequest) -> HttpResponse:
    """Ask for the code; show what asks, and take it on when the person says so.

    A code in the address (`verification_uri_complete`) is shown with what asks, never taken on by
    itself: whoever was sent such a link has no device in front of them (§3.3.1, §5.4).
    """
    sent = request.POST if request.method == "POST" else request.GET
    typed = sent.get("user_code", "")[:LONGEST].strip()
    if not typed:
        missing = _("Type the code that the device shows.") if request.method == "POST" else ""
        return _ask(request, missing)
    try:
        found = find_by_code(typed, person(request))
    except TooManyCodesError:
        return _ask(request, _("Too many wrong codes. Try again in an hour."), status=429)
    if found is None:
        return _ask(request, _nobody_waits(), typed)
    code = in_groups(read_code(typed))
    if request.method == "POST" and sent.get("answer") == "continue":
        return _take_on(request, found, code)
    context = {"application": found.client, "code": code, "asked": found}
    return render(request, "device/confirm.html", context)


def _take_on(request: HttpRequest, found: BackchannelRequest, code: str) -> HttpResponse:
    try:
        is_mine = claim(found, person(request), code=code)
    except OAuthError as error:
        # What the device asked for has been switched off since.
        logger.info("A device's request cannot be asked any more: %s", error)
        return _ask(request, _nobody_waits())
    if not is_mine:
        return _ask(request, _("Somebody else has just used this code."))
    return redirect(found.get_absolute_url())


def _nobody_waits() -> str:
    return _("No device waits with this code. Codes are good for ten minutes.")


def _ask(
    request: HttpRequest, error: str = "", typed: str = "", *, status: int = 200
) -> HttpResponse:
    return render(request, "device/code.html", {"error": error, "typed": typed}, status=status)
