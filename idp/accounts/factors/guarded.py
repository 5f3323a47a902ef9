"""What every page that changes a factor is guarded by."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import app_settings
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.reauthentication import (
    did_recently_reauthenticate,
    get_reauthentication_flows,
)
from allauth.core.exceptions import ReauthenticationRequired
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from foundation.directory.sign_in import current_sign_in

View = Callable[..., HttpResponseBase]


def beyond_doubt(view: View) -> View:
    """Let nobody change a factor whose sign-in is too unusual for it (docs/risk.md)."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        sign_in = current_sign_in(request)
        if sign_in is None or sign_in.may_change_factors:
            return view(request, *args, **kwargs)
        if sign_in.is_doubted:
            query = urlencode({REDIRECT_FIELD_NAME: request.get_full_path()})
            return redirect(f"{reverse('account_reauthenticate')}?{query}")
        messages.error(
            request, _("This sign-in is unusual. Change this where you usually sign in.")
        )
        return redirect("security")

    return guarded


def confirmed_a_moment_ago(view: View) -> View:
    """Let nobody through who has not; they are led to where they can.

    allauth's own lets everybody through who has neither password nor factor: of who signs in with
    another provider alone, a session of any age could add a key.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not _is_confirmed(request):
            raise ReauthenticationRequired
        return view(request, *args, **kwargs)

    return guarded


def _is_confirmed(request: HttpRequest) -> bool:
    if get_reauthentication_flows(request.user):
        return bool(did_recently_reauthenticate(request))
    records = get_authentication_records(request, request.user)
    latest = max((record["at"] for record in records), default=0)
    return bool(timezone.now().timestamp() - latest < app_settings.REAUTHENTICATION_TIMEOUT)


changing = method_decorator(
    [never_cache, login_required, beyond_doubt, confirmed_a_moment_ago], name="dispatch"
)
"""Nobody changes a factor without having confirmed a moment ago that it is them."""
