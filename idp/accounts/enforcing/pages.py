"""The page that says which factor is due, and until when it may wait."""

from allauth.account.utils import get_next_redirect_url
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.views import View
from django.views.decorators.cache import never_cache

from foundation.directory.factors.proofs import Strength
from foundation.directory.factors.selectors import reachable
from foundation.directory.sign_in import SignIn, current_sign_in
from foundation.journal.visitor import person
from idp.accounts.enforcing.enrolling import may_enrol
from idp.accounts.factors.at_sign_in import with_next
from idp.enforcement.owed import Owed, owed_by


def led_on(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Return where somebody goes who has just signed in: first to what they are to be told."""
    owed = owed_by(request, current_sign_in(request), timezone.now(), anew=True)
    if owed is None or not isinstance(response, HttpResponseRedirect):
        return response
    if not owed.is_due and reachable(person(request).pk) >= owed.strength:
        return response  # they have it already, and used something weaker this time
    return redirect(with_next(reverse("factor_due"), response.url))


@method_decorator([never_cache, login_required], name="dispatch")
class DueView(View):
    """Which factor is due: later, or set it up now; once it is due, set it up or ask somebody."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Say so, or lead on where there is nothing to say."""
        following = get_next_redirect_url(request)
        sign_in = current_sign_in(request)
        owed = owed_by(request, sign_in, timezone.now())
        if owed is None:
            return redirect(following or "account")
        if reachable(person(request).pk) >= owed.strength:
            return self._confirm(owed, following)
        return render(request, "account/factors/due.html", _said(owed, sign_in, following))

    def _confirm(self, owed: Owed, following: str | None) -> HttpResponse:
        """Ask for the factor that the person has."""
        said = {REDIRECT_FIELD_NAME: following or reverse("account"), **owed.step_up.parameters}
        return redirect(f"{reverse('account_reauthenticate')}?{urlencode(said)}")


def _said(owed: Owed, sign_in: SignIn | None, following: str | None) -> dict[str, object]:
    is_sound = sign_in is not None and sign_in.may_change_factors
    return {
        "until": owed.until,
        "needs_passkey": owed.strength is Strength.PHISHING_RESISTANT,
        "may_enrol": may_enrol(sign_in) if owed.is_due else is_sound,
        "following": following or reverse("account"),
        "next": following,
    }
