"""The second factor after the password, and a passkey instead of one."""

from typing import Any

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from allauth.account.stages import LoginStageController
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.stages import AuthenticateStage
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.views import View
from django.views.decorators.cache import never_cache

from foundation.base import conf
from foundation.base.form_action import allow_onward_redirects
from foundation.directory.factors import passkeys
from foundation.directory.factors.selectors import factors_of
from foundation.directory.models import User
from idp.accounts.browser_sessions.sessions import sign_out
from idp.accounts.factors import purposes
from idp.accounts.factors.forms import CodeForm, PasskeyForm
from idp.accounts.factors.proving import (
    NotProvedError,
    prove_by_code,
    prove_by_passkey,
    record_passkey_alone,
    take_passkey,
)
from idp.accounts.factors.remembering import is_offered, remember_if_asked, stands_in
from idp.accounts.on_the_way import OnTheWayToAnApplication


def with_next(url: str, following: str | None) -> str:
    """Return an address of ours that leads on to `following` afterwards."""
    return f"{url}?{urlencode({REDIRECT_FIELD_NAME: following})}" if following else url


class SecondFactorStage(AuthenticateStage):
    """Between a right password and being signed in, for whoever has a second factor."""

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """Lead to the page; it knows from its address what the person signs in for."""
        response, goes_on = super().handle()
        if response is not None and stands_in(self.request, self.login.user):
            return None, True
        if response is not None:
            following = self.login.redirect_url or get_next_redirect_url(self.request)
            response = redirect(with_next(reverse("mfa_authenticate"), following))
        return response, goes_on


@method_decorator(never_cache, name="dispatch")
class SecondFactorView(OnTheWayToAnApplication, View):
    """The page between the password and being signed in."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer who is at that stage; anybody else begins with the password."""
        if self.stage is None:
            return to_login(get_next_redirect_url(request))
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def stage(self) -> Any:
        """Return the stage of the sign-in that is under way in this session."""
        return LoginStageController.enter(self.request, SecondFactorStage.key)

    @property
    def person(self) -> User:
        """Whose password was right."""
        found: User = self.stage.login.user
        return found

    def get(self, request: HttpRequest, error: str = "") -> HttpResponse:
        """Ask for what the person has."""
        factors = factors_of(self.person.pk)
        keys = any(factor.answers for factor in factors)
        has_app = any(not factor.is_passkey for factor in factors)
        purpose = purposes.second_factor(request)
        context = {
            "application": self.pending_request.client if self.pending_request else None,
            "next": get_next_redirect_url(request),
            "code_form": CodeForm(has_app=has_app, comes_first=not keys),
            "options": passkeys.options_to_answer(self.person, purpose, timezone.now())
            if keys
            else None,
            "error": error,
            "days": conf.current().remember_device_days if is_offered(self.person) else 0,
        }
        page = render(request, "account/factors/second_factor.html", context)
        if self.pending_request is not None:
            allow_onward_redirects(page)
        return page

    def post(self, request: HttpRequest) -> HttpResponse:
        """Take it, and finish signing in."""
        answered, coded = PasskeyForm(request.POST), CodeForm(request.POST)
        try:
            if answered.is_valid():
                answer = answered.cleaned_data["answer"]
                prove_by_passkey(request, self.person, answer, purposes.second_factor(request))
            elif coded.is_valid():
                prove_by_code(request, self.person, coded.cleaned_data["code"])
            else:
                return self.get(request)
        except NotProvedError as error:
            return self.get(request, error.sentence)
        remember_if_asked(request, self.person)
        finished: HttpResponse = self.stage.exit()
        return finished


@method_decorator(never_cache, name="dispatch")
class PasskeySignInView(View):
    """A passkey instead of name and password: the script of the sign-in page asks here."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Return what to ask the browser's passkeys for, as JSON."""
        purpose = purposes.signing_in(request)
        return JsonResponse(passkeys.options_to_answer(None, purpose, timezone.now()))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Sign in whoever answered; nothing of another person's session remains."""
        following = get_next_redirect_url(request)
        form = PasskeyForm(request.POST)
        purpose = purposes.signing_in(request)
        if not form.is_valid():
            return to_login(following)
        try:
            taken = take_passkey(request, None, form.cleaned_data["answer"], purpose)
        except NotProvedError as error:
            messages.error(request, error.sentence)
            return to_login(following)
        person = taken.factor.user
        if request.user.is_authenticated and request.user.pk != person.pk:
            sign_out(request)
        record_passkey_alone(request, taken)
        answer: HttpResponse = perform_login(request, Login(user=person, redirect_url=following))
        return answer


def to_login(following: str | None) -> HttpResponseRedirect:
    """Lead to the sign-in page."""
    return HttpResponseRedirect(with_next(reverse("account_login"), following))
