"""*Do not ask on this device*: the cookie, and for whom there is one (docs/decisions/0018)."""

from typing import cast

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from foundation.base import conf
from foundation.directory.factors import remembered
from foundation.directory.factors.proofs import REMEMBERED
from foundation.directory.models import User
from foundation.journal.visitor import person as person_at
from idp.accounts.browsers import recognise
from idp.enforcement.rules import is_administrator

FIELD = "remember_device"


def cookie_name() -> str:
    """Return its name: like that of the session, with the same prefix."""
    return settings.SESSION_COOKIE_NAME.replace("session", "remembered")


def is_offered(person: User) -> bool:
    """Say whether somebody may have a device remembered: the house allows it, but no administrator.

    Level 3 is never reached by one, whoever it is.
    """
    return conf.current().remember_device_days > 0 and not is_administrator(person)


def remember_if_asked(request: HttpRequest, person: User) -> None:
    """Remember this device if the person wants it and has just proved a factor of theirs.

    A recovery code is none: whoever has lost their factor has no device to remember.
    """
    if FIELD not in request.POST or not is_offered(person):
        return
    records = get_authentication_records(request, person)
    factor = records[-1].get("id") if records and records[-1]["method"] == "mfa" else None
    if factor is None:
        return
    browser, system = recognise(request.META.get("HTTP_USER_AGENT", ""))
    days = conf.current().remember_device_days
    now = timezone.now()
    _hand_out(
        request,
        remembered.remember(person, factor, now, days=days, browser=browser, system=system),
    )


def stands_in(request: HttpRequest, person: User) -> bool:
    """Say whether this device stands for the second factor, and record it; its secret is used up.

    What is recorded is as old as the factor that was proved then.
    """
    secret = request.COOKIES.get(cookie_name(), "")
    if not secret or not is_offered(person):
        return False
    days = conf.current().remember_device_days
    proved = remembered.use(person, secret, timezone.now(), days=days)
    if proved is None:
        return False
    _hand_out(request, proved)
    record_authentication(request, person, REMEMBERED, at=proved.at.timestamp())
    return True


def set_cookie(request: HttpRequest, response: HttpResponse) -> None:
    """Give the device what it brings next time, if there is something new."""
    proved = cast("remembered.Proved | None", getattr(request, "remembered_device", None))
    if proved is not None:
        response.set_cookie(
            cookie_name(),
            proved.secret,
            expires=proved.expires_at,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


@never_cache
@require_POST
@login_required
def forget_device(request: HttpRequest) -> HttpResponse:
    """Forget the device that the button names, or all."""
    chosen = request.POST.get("device", "")
    is_key = chosen.isascii() and chosen.isdigit() and len(chosen) <= 18
    if is_key or chosen == "all":
        remembered.forget(person_at(request).pk, int(chosen) if is_key else None)
        messages.success(request, _("You will be asked for the second factor there again."))
    return redirect("security")


def _hand_out(request: HttpRequest, proved: remembered.Proved) -> None:
    request.remembered_device = proved  # type: ignore[attr-defined]
