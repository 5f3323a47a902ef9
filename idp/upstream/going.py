"""On the way to a provider: to sign in, to connect an account there, to confirm that it is you."""

from typing import Any

from allauth.account.utils import get_next_redirect_url
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views import View
from django.views.decorators.http import require_POST

from foundation.base.never_cache import never_cache
from foundation.directory.sign_in import session_id
from foundation.directory.upstream.models import UpstreamProvider
from foundation.directory.upstream.selectors import find_provider, leading
from idp.accounts.factors.guarded import changing
from idp.accounts.views import LoginView
from idp.upstream.relying_party import transaction
from idp.upstream.relying_party.transaction import WentFor

LONGEST_HINT = 254
"""Characters of an address (RFC 5321 §4.5.3.1.3)."""


@never_cache
@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Lead whoever it is to the provider that the button names.

    By a form only: a link of somebody else would sign people in as whom they are not.
    """
    return _leave(request, _provider(request.POST.get("provider", "")), WentFor.SIGN_IN)


class SignInView(LoginView):
    """The sign-in page. An address of a domain whose people sign in elsewhere leads there.

    It is the domain alone that leads: nobody learns who exists. With a password it is a sign-in
    here as any other, so that a provider that is away keeps nobody out who has one.
    """

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Lead there, or take what was typed."""
        stored, typed = self.pending_request, request.POST.get("login", "").strip()
        slug = leading(typed, stored.client if stored is not None else None)
        if slug and not request.POST.get("password") and len(typed) <= LONGEST_HINT:
            return _leave(request, _provider(slug), WentFor.SIGN_IN, hint=typed)
        response: HttpResponse = super().post(request, *args, **kwargs)
        return response


@never_cache
@login_required
@require_POST
def confirm(request: HttpRequest) -> HttpResponse:
    """Lead a person there, to sign in anew."""
    return _leave(request, _provider(request.POST.get("provider", "")), WentFor.CONFIRM)


@changing
class ConnectView(View):
    """Connect an account there with the person who is signed in here."""

    def dispatch(self, request: HttpRequest, *args: Any, slug: str) -> HttpResponse:
        """Find the provider."""
        self.provider = _provider(slug)
        answer: HttpResponse = super().dispatch(request, *args)  # type: ignore[assignment]
        return answer

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask first."""
        return render(request, "account/upstream/connect.html", {"provider": self.provider})

    def post(self, request: HttpRequest) -> HttpResponse:
        """Go there."""
        return _leave(request, self.provider, WentFor.CONNECT)


def _provider(slug: str) -> UpstreamProvider:
    provider = find_provider(slug)
    if provider is None:
        raise Http404
    return provider


def _leave(
    request: HttpRequest, provider: UpstreamProvider, aim: WentFor, *, hint: str = ""
) -> HttpResponse:
    """Answer with a page that goes on by itself.

    A redirect would be held against the page's `form-action`, all the way through the provider.
    """
    under_way = transaction.begin(
        provider,
        aim,
        timezone.now(),
        following=get_next_redirect_url(request) or "",
        person="" if aim is WentFor.SIGN_IN else session_id(request),
    )
    onward = transaction.authorization_url(
        provider, under_way, transaction.redirect_uri_of(provider), hint
    )
    context = {"provider": provider, "onward": onward}
    page = render(request, "account/upstream/leaving.html", context)
    transaction.carry(page, under_way)
    return page
