"""Recent sign-ins: what was unusual about each, and "that was not me"."""

from dataclasses import dataclass
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache

from foundation.directory.models import SignInRecord, User
from foundation.directory.risk.scoring import Risk
from foundation.directory.risk.selectors import find_record, in_words, of_record, recent_records
from foundation.directory.sign_in import session_id
from idp.accounts.browser_sessions.endings import end_disowned
from idp.accounts.browsers import in_words as browser_in_words


@dataclass(frozen=True, slots=True)
class ShownSignIn:
    """One assessment with its words in the active language."""

    record: SignInRecord
    risk: Risk
    words: str
    device: str
    is_here: bool


def shown_sign_ins(person: UUID, *, here: str = "") -> list[ShownSignIn]:
    """Return the person's last assessments, newest first; `here` is the `sid` of this browser."""
    return [
        ShownSignIn(
            record,
            risk := of_record(record),
            words=in_words(risk),
            device=browser_in_words(record.browser, record.system),
            is_here=record.sid == here,
        )
        for record in recent_records(person)
    ]


@method_decorator([never_cache, login_required], name="dispatch")
class SignInsView(View):
    """The person's last sign-ins; the session of any other can be ended."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """List them, the newest first."""
        shown = shown_sign_ins(cast("User", request.user).pk, here=session_id(request))
        return render(request, "account/sign_ins.html", {"sign_ins": shown})

    def post(self, request: HttpRequest) -> HttpResponse:
        """End the session of the sign-in named by the button: the person says it was not theirs."""
        person = cast("User", request.user)
        chosen = request.POST.get("disown", "")
        found = find_record(person.pk, int(chosen)) if _is_key(chosen) else None
        if found is None or found.sid == session_id(request):
            raise Http404
        end_disowned(request, person, found)
        said = _("That session has been ended. Change your password now: somebody may know it.")
        messages.warning(request, said)
        return redirect("sign_ins")


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18
