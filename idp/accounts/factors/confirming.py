"""*Confirm that it is you*: by the password, a code or a passkey, whichever the person has.

For something sensitive, for an application, out of doubt, or because a stronger sign-in is needed;
then only what reaches that level is offered.
"""

from dataclasses import dataclass
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

from foundation.base.form_action import allow_onward_redirects
from foundation.directory.factors import passkeys
from foundation.directory.factors.proofs import Strength, strength_of
from foundation.directory.factors.selectors import Factor, factors_of
from foundation.directory.levels import satisfies, strength_for
from foundation.directory.models import User
from foundation.directory.models.risk import Occasion
from foundation.directory.risk import state
from foundation.directory.risk.selectors import risk_of
from foundation.directory.sign_in import current_sign_in
from idp.accounts.browser_sessions.watching import judge
from idp.accounts.factors import purposes
from idp.accounts.factors.forms import CodeForm, PasskeyForm
from idp.accounts.factors.proving import NotProvedError, prove_by_code, prove_by_passkey
from idp.accounts.forms import ReauthenticateForm
from idp.accounts.on_the_way import OnTheWayToAnApplication


@dataclass(frozen=True, slots=True)
class Ways:
    """By what somebody can confirm that it is them."""

    password: bool
    code: bool
    passkey: bool

    @property
    def any(self) -> bool:
        """There is one."""
        return self.password or self.code or self.passkey


def ways_to(
    wanted: Strength, factors: tuple[Factor, ...], *, has_password: bool, reached: Strength
) -> Ways:
    """Return the ways that lead to a strength, in a session that has reached another.

    Once it is reached any of them confirms that the same person is there.
    """
    is_there = reached >= wanted
    return Ways(
        password=has_password and (is_there or wanted is Strength.ONE_FACTOR),
        code=any(not factor.is_passkey for factor in factors)
        and (is_there or wanted <= Strength.TWO_FACTORS),
        passkey=any(factor.strength >= wanted for factor in factors if factor.answers)
        or (is_there and any(factor.answers for factor in factors)),
    )


@method_decorator([never_cache, login_required], name="dispatch")
class ConfirmView(OnTheWayToAnApplication, View):
    """The page where somebody who is signed in confirms that it is them."""

    @property
    def person(self) -> User:
        """Who is signed in."""
        return cast("User", self.request.user)

    @cached_property
    def wanted(self) -> Strength:
        """Return how strong a sign-in is needed: out of doubt, or by `level`, an `acr` value.

        What is in the address only chooses what is offered; whoever needs the level looks itself.
        """
        doubt = state.read(self.request.session)
        demanded = doubt.demanded_acr if doubt and not self._is_enough(doubt.demanded_acr) else ""
        asked = self.request.GET.get("level", "")
        return max(strength_for(demanded), strength_for(asked))

    def _is_enough(self, acr: str) -> bool:
        sign_in = current_sign_in(self.request)
        return sign_in is not None and satisfies(sign_in.acr, acr)

    @cached_property
    def ways(self) -> Ways:
        """Return by what the person can confirm it here."""
        sign_in = current_sign_in(self.request)
        reached = strength_of(sign_in.proofs) if sign_in else Strength.ONE_FACTOR
        has_password = self.person.has_usable_password()
        return ways_to(
            self.wanted, factors_of(self.person.pk), has_password=has_password, reached=reached
        )

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
            "ways": ways,
            "is_stronger": self.wanted > Strength.ONE_FACTOR,
            "needs_passkey": self.wanted is Strength.PHISHING_RESISTANT,
            "form": password_form or ReauthenticateForm(user=self.person),
            "code_form": CodeForm(),
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
