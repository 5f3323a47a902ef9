"""Adding a factor; who came on the way to something goes on with it afterwards."""

import base64
from typing import cast

from allauth.account.utils import get_next_redirect_url
from allauth.mfa.adapter import get_adapter
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from foundation.directory.factors import passkeys, recovery, registering, totp
from foundation.directory.factors.selectors import factors_of
from foundation.directory.models import User
from idp.accounts.factors import changes, purposes
from idp.accounts.factors.forms import AppCodeForm, NewPasskeyForm
from idp.accounts.factors.guarded import changing
from idp.accounts.on_the_way import OnTheWayToAnApplication

NEW_APP = "new_app"
"""Where the session keeps the secret of an app that is being added; sealed with the session."""


class GoesOn(OnTheWayToAnApplication):
    """Goes on, when it is done, with what the person was about to do."""

    @property
    def person(self) -> User:
        """Who is signed in."""
        return cast("User", self.request.user)

    def done(self) -> HttpResponse:
        """Show recovery codes to whoever has none yet, then go on."""
        following = get_next_redirect_url(self.request)
        if not recovery.left(self.person):
            codes = changes.make_recovery_codes(self.request, self.person, timezone.now())
            context = {"codes": codes, "next": following}
            return render(self.request, "account/factors/recovery_codes.html", context)
        return redirect(following or "security")


@changing
class AddPasskeyView(GoesOn, View):
    """Add a passkey or security key."""

    def get(self, request: HttpRequest, form: NewPasskeyForm | None = None) -> HttpResponse:
        """Ask the browser for one."""
        purpose = purposes.registering(request)
        context = {
            "form": form or NewPasskeyForm(initial={"name": _("Passkey")}),
            "options": registering.options_to_register(self.person, purpose, timezone.now()),
            "next": get_next_redirect_url(request),
        }
        return render(request, "account/factors/add_passkey.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep it."""
        form = NewPasskeyForm(request.POST)
        if not form.is_valid():
            return self.get(request, form)
        given = form.cleaned_data
        try:
            with transaction.atomic():
                factor = registering.register(
                    self.person,
                    given["answer"],
                    given["name"],
                    purpose=purposes.registering(request),
                    now=timezone.now(),
                )
                changes.added(request, factor)
        except passkeys.RefusedAnswerError:
            form.add_error(None, _("That key was not accepted. Try again."))
            return self.get(request, form)
        messages.success(request, _("The key has been added."))
        return self.done()


@changing
class AddAppView(GoesOn, View):
    """Add an authenticator app."""

    def get(self, request: HttpRequest, form: AppCodeForm | None = None) -> HttpResponse:
        """Show the secret, as a picture and in letters."""
        if any(not factor.is_passkey for factor in factors_of(self.person.pk)):
            return redirect("security")
        secret = request.session.setdefault(NEW_APP, totp.new_secret())
        adapter = get_adapter()
        address = adapter.build_totp_url(self.person, secret)
        picture = base64.b64encode(adapter.build_totp_svg(address).encode()).decode()
        context = {
            "form": form or AppCodeForm(),
            "secret": " ".join(secret[place : place + 4] for place in range(0, len(secret), 4)),
            "address": address,
            "picture": f"data:image/svg+xml;base64,{picture}",
            "next": get_next_redirect_url(request),
        }
        return render(request, "account/factors/add_app.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep it once its first code was right."""
        form = AppCodeForm(request.POST)
        secret = request.session.get(NEW_APP)
        if not form.is_valid() or secret is None:
            return self.get(request, form)
        try:
            with transaction.atomic():
                factor = totp.enrol(self.person, secret, form.cleaned_data["code"], timezone.now())
                if factor is not None:
                    changes.added(request, factor)
        except IntegrityError:
            return redirect("security")
        if factor is None:
            form.add_error("code", _("That code is not right. Take the one the app shows now."))
            return self.get(request, form)
        del request.session[NEW_APP]
        messages.success(request, _("The app has been added."))
        return self.done()


@changing
class RecoveryCodesView(GoesOn, View):
    """Make new recovery codes; the old ones end."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask first."""
        return render(
            request, "account/factors/new_codes.html", {"codes_left": recovery.left(self.person)}
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make them, and show them once."""
        if not factors_of(self.person.pk):
            return redirect("security")
        codes = changes.make_recovery_codes(request, self.person, timezone.now())
        return render(request, "account/factors/recovery_codes.html", {"codes": codes})
