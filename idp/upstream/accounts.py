"""An account that somebody has connected: looking at it, and disconnecting it."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views import View

from foundation.directory.upstream.models import UpstreamAccount
from idp.accounts.factors.guarded import changing
from idp.upstream.linking import disconnect, is_last_way_in


@changing
class AccountView(View):
    """One account of the person's own."""

    def get(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Show it, and ask whether it shall go."""
        account = _own(request, key)
        context = {"account": account, "is_last_way_in": is_last_way_in(account)}
        return render(request, "account/upstream/account.html", context)

    def post(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Disconnect it, unless it is the last way in."""
        if not disconnect(request, _own(request, key)):
            return self.get(request, key)
        messages.success(request, _("The account has been disconnected."))
        return redirect("security")


def _own(request: HttpRequest, key: UUID) -> UpstreamAccount:
    rows = UpstreamAccount.objects.filter(user=request.user.pk, pk=key)
    account = rows.select_related("provider", "user").first()
    if account is None:
        raise Http404
    return account
