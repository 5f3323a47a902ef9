"""The page an invitation leads to: a password or a passkey, then on to where it was for."""

from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from foundation.directory.factors import passkeys, registering
from foundation.directory.models import Invitation
from foundation.journal.visitor import decision_context, person as person_at
from idp.accounts.browser_sessions.sessions import sign_out
from idp.accounts.factors import changes
from idp.accounts.factors.at_sign_in import to_login
from idp.accounts.factors.forms import PasskeyForm
from idp.accounts.forms import SetPasswordForm
from idp.accounts.invitations.services import NotInvitedError, find, use_up


@method_decorator(never_cache, name="dispatch")
class InvitationView(View):
    """Where somebody chooses by what they sign in. Looking at it uses nothing up."""

    def dispatch(self, request: HttpRequest, secret: str) -> HttpResponse:
        """Answer who holds an invitation that stands; others are told no more than that."""
        try:
            self.invitation = find(secret, timezone.now())
            answer: HttpResponse = super().dispatch(request)  # type: ignore[assignment]
        except NotInvitedError:
            return render(request, "account/invitation_over.html", status=410)
        return answer

    def get(self, request: HttpRequest, form: Form | None = None, error: str = "") -> HttpResponse:
        """Ask for one of both."""
        person = self.invitation.person
        context: dict[str, Any] = {
            "invited": person,
            "application": self.invitation.application,
            "form": form or SetPasswordForm(user=person),
            "options": registering.options_to_register(
                person, _purpose(self.invitation), timezone.now()
            ),
            "error": error,
        }
        return render(request, "account/invitation.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Take it."""
        answered = PasskeyForm(request.POST)
        if answered.is_valid():
            return self._with_passkey(request, answered.cleaned_data["answer"])
        form = SetPasswordForm(data=request.POST, user=self.invitation.person)
        if not form.is_valid():
            return self.get(request, form)
        return self._with_password(request, form.cleaned_data["password1"])

    def _with_password(self, request: HttpRequest, password: str) -> HttpResponse:
        with transaction.atomic():
            person = use_up(self.invitation, decision_context(request), timezone.now())
            person.set_password(password)
            person.save(update_fields=["password"])
        if request.user.is_authenticated:
            sign_out(request)
        record_authentication(request, person, "password", username=person.get_username())
        login = Login(user=person, redirect_url=reverse("welcome"))
        answer: HttpResponse = perform_login(request, login)
        return answer

    def _with_passkey(self, request: HttpRequest, answer: dict[str, Any]) -> HttpResponse:
        """Keep a passkey. Registering one proves nothing yet, so it is used to sign in."""
        now = timezone.now()
        try:
            with transaction.atomic():
                person = use_up(self.invitation, decision_context(request), now)
                purpose = _purpose(self.invitation)
                factor = registering.register(
                    person, answer, _("Passkey"), purpose=purpose, now=now
                )
                changes.added(request, factor)
        except passkeys.RefusedAnswerError:
            return self.get(request, error=_("That key was not accepted. Try again."))
        if request.user.is_authenticated:
            sign_out(request)
        messages.success(request, _("The key has been added. Sign in with it."))
        return to_login(reverse("welcome"))


@never_cache
@require_safe
@login_required
def welcome(request: HttpRequest) -> HttpResponse:
    """Lead somebody who was invited on to the application that it was for."""
    used = Invitation.objects.filter(person=request.user.pk).exclude(used_at=None)
    invitation = used.select_related("application").order_by("-used_at").first()
    application = invitation.application if invitation else None
    if application is None or not application.is_active or not application.client_uri:
        return redirect("account")
    context = {"application": application, "name": person_at(request).get_short_name()}
    return render(request, "account/welcome.html", context)


def _purpose(invitation: Invitation) -> str:
    return f"invitation {invitation.pk}"
