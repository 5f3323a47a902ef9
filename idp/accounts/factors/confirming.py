"""*Confirm that it is you*: by the password, a code or a passkey, whichever the person has.

For something sensitive, for an application, out of doubt, or because a stronger sign-in is needed;
then only what reaches that level is offered.
"""

from dataclasses import replace
from typing import Any, cast

from allauth.account.internal.flows.reauthentication import (
    reauthenticate_by_password,
    resume_request,
)
from allauth.account.utils import get_next_redirect_url
from allauth.core import ratelimit
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.views import View
from django.views.decorators.cache import never_cache

from foundation.base import conf
from foundation.base.form_action import allow_onward_redirects
from foundation.directory.factors import passkeys
from foundation.directory.factors.proofs import Strength, strength_of
from foundation.directory.factors.selectors import factors_of
from foundation.directory.levels import levels, strength_for
from foundation.directory.models import User
from foundation.directory.models.risk import Occasion
from foundation.directory.risk import state
from foundation.directory.risk.selectors import risk_of
from foundation.directory.sign_in import current_sign_in
from foundation.directory.step_up import StepUp, most
from foundation.directory.upstream.selectors import Offered, accounts_of, offered_for
from idp.accounts.browser_sessions.watching import judge
from idp.accounts.factors import purposes
from idp.accounts.factors.forms import CodeForm, PasskeyForm
from idp.accounts.factors.proving import NotProvedError, prove_by_code, prove_by_passkey
from idp.accounts.factors.ways import Ways, ways_to
from idp.accounts.forms import ReauthenticateForm
from idp.accounts.on_the_way import OnTheWayToAnApplication
from idp.authorize.stored.pages import WISH


@method_decorator([never_cache, login_required], name="dispatch")
class ConfirmView(OnTheWayToAnApplication, View):
    """The page where somebody who is signed in confirms that it is them."""

    @property
    def person(self) -> User:
        """Who is signed in."""
        return cast("User", self.request.user)

    @cached_property
    def wanted(self) -> Strength:
        """Return how strong a sign-in is needed: out of doubt, or by what the address says."""
        return strength_for(self.step_up.level)

    @cached_property
    def step_up(self) -> StepUp:
        """Return what is needed: the most of what doubt demands and the address says.

        What is in the address only chooses what is offered; whoever needs the level looks itself.
        A level that nobody knows is none: nobody has to be led towards it.
        """
        doubt = state.read(self.request.session)
        asked = StepUp.offered(self.request)
        known = asked if asked.level in levels() else replace(asked, level="")
        is_open = doubt is not None and self._is_doubted
        demanded = StepUp(doubt.demanded_acr, doubt.doubted_at) if doubt and is_open else StepUp()
        return most([known, demanded])

    @property
    def _is_doubted(self) -> bool:
        sign_in = current_sign_in(self.request)
        return sign_in is not None and sign_in.is_doubted

    @cached_property
    def ways(self) -> Ways:
        """Return by what the person can confirm it here."""
        sign_in, since = current_sign_in(self.request), self.step_up.since
        counting = sign_in.counting_since(since) if sign_in and since else sign_in
        return ways_to(
            self.wanted,
            factors_of(self.person.pk),
            has_password=self.person.has_usable_password(),
            proved=counting.proofs if counting else (),
        )

    @cached_property
    def upstream(self) -> list[Offered]:
        """Return the providers that can confirm it: where an account of theirs is connected."""
        sign_in = current_sign_in(self.request)
        reached = strength_of(sign_in.proofs) if sign_in else Strength.ONE_FACTOR
        if reached < self.wanted:
            return []
        taken = {account.provider.slug for account in accounts_of(self.person.pk)}
        client = self.pending_request.client if self.pending_request else None
        return [each for each in offered_for(client) if each.slug in taken]

    def get(
        self, request: HttpRequest, error: str = "", password_form: Form | None = None
    ) -> HttpResponse:
        """Ask."""
        sign_in = current_sign_in(request)
        ways = self.ways
        options = None
        if ways.passkey:
            purpose = purposes.confirming(request)
            options = passkeys.options_to_answer(self.person, purpose, timezone.now())
        context: dict[str, Any] = {
            "application": self.pending_request.client if self.pending_request else None,
            "risk": risk_of(request) if sign_in and sign_in.is_doubted else None,
            "next": get_next_redirect_url(request),
            "waiting": self.pending_request,
            "is_wish": WISH in request.GET,
            "ways": ways,
            "may_enrol": conf.current().enrol_on_the_way
            and (sign_in is None or sign_in.may_change_factors),
            "is_stronger": self.wanted > Strength.ONE_FACTOR,
            "needs_passkey": self.wanted is Strength.PHISHING_RESISTANT,
            "upstream": self.upstream,
            "form": password_form or ReauthenticateForm(user=self.person),
            "code_form": CodeForm(comes_first=not ways.passkey),
            "options": options,
            "error": error,
        }
        return render(request, "account/reauthenticate.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Take it, judge the session anew, and go on with what was interrupted."""
        refused = ratelimit.consume_or_429(request, action="reauthenticate", user=self.person)
        if refused:
            return cast("HttpResponse", refused)
        asked_again = self._prove(request)
        if asked_again is not None:
            return asked_again
        return judge(request, Occasion.REAUTHENTICATION) or self._go_on(request)

    def _prove(self, request: HttpRequest) -> HttpResponse | None:
        """Return the page again when it was not proved."""
        answered, coded = PasskeyForm(request.POST), CodeForm(request.POST)
        try:
            if answered.is_valid():
                purpose = purposes.confirming(request)
                answer = answered.cleaned_data["answer"]
                prove_by_passkey(request, self.person, answer, purpose, reauthenticated=True)
                return None
            if coded.is_valid():
                code = coded.cleaned_data["code"]
                prove_by_code(request, self.person, code, reauthenticated=True)
                return None
        except NotProvedError as error:
            return self.get(request, error.sentence)
        form = ReauthenticateForm(request.POST, user=self.person)
        if not form.is_valid():
            return self.get(request, password_form=form)
        reauthenticate_by_password(request)
        return None

    def _go_on(self, request: HttpRequest) -> HttpResponse:
        response: HttpResponse = resume_request(request) or redirect("account")
        if self.pending_request is not None:
            allow_onward_redirects(response)
        return response
