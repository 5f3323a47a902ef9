"""*Security*: the factors somebody has, adding, naming and removing them."""

import base64
from typing import Any, cast

from allauth.account.decorators import reauthentication_required
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from foundation.directory.factors import passkeys, recovery, totp
from foundation.directory.factors.selectors import factors_of
from foundation.directory.models import User
from idp.accounts.factors import changes, purposes
from idp.accounts.factors.forms import AppCodeForm, NameForm, NewPasskeyForm
from idp.accounts.on_the_way import OnTheWayToAnApplication

NEW_APP = "new_app"
"""Where the session keeps the secret of an app that is being added; sealed with the session."""
changing = method_decorator(
    [never_cache, login_required, reauthentication_required(app="allauth.mfa")], name="dispatch"
)
"""Nobody changes a factor without having confirmed a moment ago that it is them."""


@never_cache
@require_safe
@login_required
def security(request: HttpRequest) -> HttpResponse:
    """Show how the person signs in, and what could be added."""
    person = cast("User", request.user)
    factors = factors_of(person.pk)
    return render(
        request,
        "account/factors/security.html",
        {
            "keys": [factor for factor in factors if factor.is_passkey],
            "app": next((factor for factor in factors if not factor.is_passkey), None),
            "codes_left": recovery.left(person),
            "has_password": person.has_usable_password(),
        },
    )


class Onward(OnTheWayToAnApplication):
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
class AddPasskeyView(Onward, View):
    """Add a passkey or security key."""

    def get(self, request: HttpRequest, form: NewPasskeyForm | None = None) -> HttpResponse:
        """Ask the browser for one."""
        purpose = purposes.registering(request)
        context = {
            "form": form or NewPasskeyForm(initial={"name": _("Passkey")}),
            "options": passkeys.options_to_register(self.person, purpose, timezone.now()),
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
                factor = passkeys.register(
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
class AddAppView(Onward, View):
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
class FactorView(View):
    """One factor: rename or remove it."""

    def dispatch(self, request: HttpRequest, key: int) -> HttpResponse:
        """Find it among the person's own."""
        self.factor = Authenticator.objects.filter(user=request.user.pk, pk=key).first()
        if self.factor is None:
            raise Http404
        answer: HttpResponse = super().dispatch(request)  # type: ignore[assignment]
        return answer

    def get(self, request: HttpRequest, form: NameForm | None = None) -> HttpResponse:
        """Ask for the name, or whether it shall go."""
        assert self.factor is not None  # noqa: S101 - dispatch has seen to it
        named = self.factor.type == Authenticator.Type.WEBAUTHN
        initial = {"name": self.factor.data.get("name")}
        context: dict[str, Any] = {
            "factor": self.factor,
            "form": (form or NameForm(initial=initial)) if named else None,
            "is_last": Authenticator.objects.filter(user=request.user.pk).count() == 1,
        }
        return render(request, "account/factors/factor.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Do it."""
        assert self.factor is not None  # noqa: S101 - dispatch has seen to it
        if "remove" in request.POST:
            changes.remove(request, self.factor)
            messages.success(request, _("It has been removed."))
            return redirect("security")
        form = NameForm(request.POST)
        if not form.is_valid():
            return self.get(request, form)
        changes.rename(self.factor, form.cleaned_data["name"])
        return redirect("security")


@changing
class RecoveryCodesView(Onward, View):
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
