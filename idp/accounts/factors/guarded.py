"""What every page that changes a factor is guarded by."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
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


changing = method_decorator(
    [
        never_cache,
        login_required,
        beyond_doubt,
        reauthentication_required(app="allauth.mfa"),
    ],
    name="dispatch",
)
"""Nobody changes a factor without having confirmed a moment ago that it is them."""
