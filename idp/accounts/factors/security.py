"""*Security*: the factors somebody has, adding, naming and removing them."""

from typing import TYPE_CHECKING, Any, cast

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from foundation.base import conf
from foundation.directory.factors import recovery, remembered
from foundation.directory.factors.models import RememberedDevice
from foundation.directory.factors.proofs import KNOWLEDGE
from foundation.directory.factors.selectors import factors_of
from foundation.directory.sign_in import current_sign_in
from idp.accounts.browsers import in_words
from idp.accounts.factors import changes
from idp.accounts.factors.forms import NameForm
from idp.accounts.factors.guarded import changing
from idp.accounts.resets.services import standing

if TYPE_CHECKING:
    from foundation.directory.models import User
from foundation.directory.upstream.selectors import accounts_of, connectable


@never_cache
@require_safe
@login_required
def security(request: HttpRequest) -> HttpResponse:
    """Show how the person signs in, and what could be added."""
    person = cast("User", request.user)
    factors, codes_left = factors_of(person.pk), recovery.left(person)
    return render(
        request,
        "account/factors/security.html",
        {
            "keys": [factor for factor in factors if factor.is_passkey],
            "app": next((factor for factor in factors if not factor.is_passkey), None),
            "codes_left": codes_left,
            "has_few_codes": bool(factors) and codes_left <= recovery.FEW,
            "devices": _devices(person),
            "reset": standing(person),
            "has_password": person.has_usable_password(),
            "connected": (connected := accounts_of(person.pk)),
            "connectable": connectable(connected),
        },
    )


def _devices(person: "User") -> list[tuple[str, RememberedDevice]]:
    days = conf.current().remember_device_days
    found = remembered.devices_of(person, timezone.now(), days=days) if days else []
    return [(in_words(device.browser, device.system), device) for device in found]


def tell_of_few_codes(request: HttpRequest) -> None:
    """Tell somebody who has just signed in that hardly any recovery code is left.

    One statement, none for who signed in by the password alone.
    """
    sign_in = current_sign_in(request)
    if sign_in is None or all(proof.kind == KNOWLEDGE for proof in sign_in.proofs):
        return
    if recovery.left(sign_in.user) <= recovery.VERY_FEW:
        messages.warning(
            request, _("You have hardly any recovery codes left. Make new ones on Security.")
        )


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
            "is_demanded": changes.is_demanded(self.factor),
            "is_last": Authenticator.objects.filter(user=request.user.pk).count() == 1,
        }
        return render(request, "account/factors/factor.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Do it."""
        assert self.factor is not None  # noqa: S101 - dispatch has seen to it
        if "remove" in request.POST:
            return self._remove(request, self.factor)
        form = NameForm(request.POST)
        if not form.is_valid():
            return self.get(request, form)
        changes.rename(self.factor, form.cleaned_data["name"])
        return redirect("security")

    def _remove(self, request: HttpRequest, factor: Authenticator) -> HttpResponse:
        try:
            changes.remove(request, factor)
            messages.success(request, _("It has been removed."))
        except changes.StillDemandedError:
            messages.error(
                request, _("You have to have it. Add another one first, then remove this one.")
            )
        return redirect("security")
