"""No page is used by a sign-in that owes something, but those that lead to paying it, or away."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from foundation.directory.sign_in import current_sign_in
from idp.accounts.enforcing.enrolling import may_enrol
from idp.accounts.factors.at_sign_in import with_next
from idp.accounts.factors.remembering import set_cookie
from idp.enforcement.owed import is_due

JUDGE_THEMSELVES = frozenset(
    {"authorize", "authorize_resume", "authorize_select_account", "authorize_decline"}
)
"""They answer applications, without a page too (`idp.authorize.interaction`)."""
LEAD_ON = frozenset({"factor_due", "account_reauthenticate", "upstream_confirm"})
LEAD_AWAY = frozenset(
    {"account_logout", "logout", "logout_confirm", "switch_account", "set_language"}
)
STOP = frozenset({"stop_reset", "stop_my_reset"})
SIGN_IN = frozenset(
    {
        "account_login",
        "mfa_authenticate",
        "passkey_sign_in",
        "upstream",
        "upstream_callback",
        "invitation",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
    }
)
OPEN = JUDGE_THEMSELVES | LEAD_ON | LEAD_AWAY | STOP | SIGN_IN
ENROL = frozenset({"add_passkey", "add_app"})
"""Open to whoever may add a factor on the way."""


class EnforcedFactors:
    """Lead whoever owes a stronger sign-in to where they are told; a middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Take what answers."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and give a device that is remembered what it brings next time."""
        response = self._get_response(request)
        set_cookie(request, response)
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Answer instead of the page where something is owed. No statement."""
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name in OPEN or not request.session.session_key or not request.user.is_authenticated:
            return None
        sign_in = current_sign_in(request)
        if is_due(request, sign_in, timezone.now()) is None:
            return None
        if name in ENROL and may_enrol(sign_in):
            return None
        following = request.get_full_path() if request.method == "GET" else None
        answer = HttpResponseRedirect(with_next(reverse("factor_due"), following))
        answer["Cache-Control"] = "no-store"
        return answer
