"""Watching over sessions: each is judged when it begins, is confirmed, or turns up elsewhere."""

from datetime import tzinfo
from typing import cast
from zoneinfo import ZoneInfo

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY as RECORDS
from allauth.account.models import EmailAddress
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.directory.factors.proofs import REMEMBERED
from foundation.directory.levels import ACR_ONE_FACTOR
from foundation.directory.models import User
from foundation.directory.models.risk import Occasion
from foundation.directory.risk import device_cookie, state
from foundation.directory.risk.context import Whereabouts
from foundation.directory.risk.failures import count_failures
from foundation.directory.risk.locations import current_locator
from foundation.directory.risk.networks import network_of
from foundation.directory.risk.scoring import Risk
from foundation.directory.risk.services import Visit, assess
from foundation.directory.sign_in import acr_beyond_doubt, current_sign_in, session_id
from foundation.journal.acts import Actor
from idp.accounts.browser_sessions import device_binding, lifetimes
from idp.accounts.browser_sessions.endings import record_end
from idp.accounts.browser_sessions.sessions import sign_out, take
from idp.accounts.browsers import recognise


def whereabouts(request: HttpRequest) -> Whereabouts:
    """Return from where and with what a request comes: the address is that of `idp.web.proxy`."""
    network = network_of(request.META.get("REMOTE_ADDR", ""))
    return Whereabouts(network, *recognise(request.META.get("HTTP_USER_AGENT", "")))


def judge_change(request: HttpRequest) -> HttpResponse | None:
    """Judge the session again when it turns up elsewhere; no statement when it does not.

    Without the browser it began in, it is over.

    Returns the page to answer with when the session has been ended, else None.
    """
    if not request.session.session_key or not request.user.is_authenticated:
        return None
    if device_binding.has_left_its_browser(request):
        return _end(request, request.user)
    now = timezone.now()
    if lifetimes.is_over(request.session, request.user, now):
        sign_out(request)
        messages.info(request, _("You have been signed out: the session had lasted long enough."))
        return None
    lifetimes.note_use(request, request.user, now)
    remembered = state.read(request.session)
    if remembered is not None and remembered.knows(whereabouts(request)):
        return None
    if remembered is None and current_sign_in(request) is None:
        return None
    return judge(request, Occasion.CHANGE)


@transaction.atomic
def judge(request: HttpRequest, occasion: Occasion) -> HttpResponse | None:
    """Judge the session of whoever is signed in; end it when it is too unusual.

    Returns the page to answer with in that case, else None.
    """
    person = cast("User", request.user)
    found = assess(_visit(request, person, occasion), state.read(request.session))
    if found.ends_session:
        return _end(request, person, found.state.risk)
    if occasion is Occasion.SIGN_IN and found.state.demanded_acr:
        _forget_device(request)
    state.write(request.session, found.state)
    if occasion is Occasion.SIGN_IN:
        lifetimes.begin(request.session, timezone.now())
    if occasion is not Occasion.CHANGE:
        device_binding.bind(request.session, person.pk, request.device_token)  # type: ignore[attr-defined]
    return None


def _forget_device(request: HttpRequest) -> None:
    """Let no remembered device count in a session that is unusual: the factor is asked for."""
    records = request.session.get(RECORDS, [])
    request.session[RECORDS] = [each for each in records if each["method"] != REMEMBERED]


def _visit(request: HttpRequest, person: User, occasion: Occasion) -> Visit:
    now = timezone.now()
    devices = device_cookie.digests_for(person.pk, _device(request, occasion))
    return Visit(
        person=person.pk,
        occasion=occasion,
        sid=session_id(request),
        acr=_acr(request, occasion),
        here=whereabouts(request),
        device=devices[0],
        same_device=devices,
        failures=count_failures(_names(person), now=now),
        at=now,
        zone=_zone(person),
        locate=current_locator(),
    )


def _acr(request: HttpRequest, occasion: Occasion) -> str:
    """Return the level of the sign-in; of one that confirms, by what was proved since the doubt."""
    sign_in, remembered = current_sign_in(request), state.read(request.session)
    if sign_in is None:
        return ACR_ONE_FACTOR
    if occasion is Occasion.SIGN_IN:
        return sign_in.acr_without(REMEMBERED)
    confirms = occasion is Occasion.REAUTHENTICATION and remembered is not None
    return acr_beyond_doubt(sign_in, remembered) if confirms and remembered else sign_in.acr


def _device(request: HttpRequest, occasion: Occasion) -> str:
    """Return the device's token. Whoever has just proved who they are is given one."""
    token = device_cookie.token_of(request)
    if occasion is Occasion.CHANGE:
        return token
    token = token or device_cookie.new_token()
    request.device_token = token  # type: ignore[attr-defined]
    return token


def _names(person: User) -> list[str]:
    """Return what the person can type to sign in."""
    addresses = EmailAddress.objects.filter(user=person).values_list("email", flat=True)
    return [person.username, person.email, *addresses]


def _zone(person: User) -> tzinfo:
    """Return the person's time zone (OIDC Core §5.1 `zoneinfo`), else that of the installation."""
    try:
        return ZoneInfo(person.zoneinfo) if person.zoneinfo else timezone.get_default_timezone()
    except (KeyError, ValueError, OSError):
        return timezone.get_default_timezone()


def _end(request: HttpRequest, person: User, risk: Risk | None = None) -> HttpResponse:
    """End the session: for its risk, or without one because it has left its browser."""
    with transaction.atomic():
        if take(request):
            record_end(request, person, Actor.SYSTEM, risk)
        sign_out(request)
    page = render(request, "account/session_ended.html", {"risk": risk}, status=403)
    page["Cache-Control"] = "no-store"
    return page
