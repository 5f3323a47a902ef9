"""Back from a provider: who it is, and where they go on."""

from datetime import datetime
from typing import Any, cast

import structlog
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.core.internal import ratelimit
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from foundation.base.never_cache import never_cache
from foundation.directory.factors.proofs import UPSTREAM
from foundation.directory.models import User
from foundation.directory.models.risk import Occasion
from foundation.directory.sign_in import session_id
from foundation.directory.upstream.models import UpstreamAccount, UpstreamProvider
from foundation.directory.upstream.selectors import find_provider
from foundation.journal.acts import acting_as
from idp.accounts.browser_sessions.sessions import sign_out
from idp.accounts.browser_sessions.watching import judge
from idp.accounts.factors.at_sign_in import with_next
from idp.upstream import linking, newcomers
from idp.upstream.logging_out import note_session
from idp.upstream.relying_party import transaction
from idp.upstream.relying_party.errors import (
    UpstreamAwayError,
    UpstreamDeniedError,
    UpstreamError,
    UpstreamRefusedError,
)
from idp.upstream.relying_party.exchange import Redeemed, SaidUpstream, redeem
from idp.upstream.relying_party.response import code_of
from idp.upstream.relying_party.transaction import Transaction, WentFor
from idp.upstream.table import vouched, wanted
from idp.upstream.taking_over import take_over

log = structlog.get_logger(__name__)
LEEWAY = 60
"""Seconds between their clock and ours."""


@never_cache
@require_safe
def come_back(request: HttpRequest, slug: str) -> HttpResponse:
    """Take the answer of a provider, once; what is wrong with it is for the log."""
    provider = find_provider(slug)
    if provider is None:
        raise Http404
    response = ratelimit.consume_or_429(
        request, app="allauth.account", action="upstream", limit_get=True
    ) or _answered(request, provider)
    transaction.drop(response)
    return response


def _answered(request: HttpRequest, provider: UpstreamProvider) -> HttpResponse:
    now, following = timezone.now(), ""
    try:
        under_way = transaction.take(request, provider, now)
        following = under_way.following
        given = Redeemed(
            code_of(request.GET, provider),
            under_way.verifier,
            under_way.nonce,
            transaction.redirect_uri_of(provider),
        )
        said = redeem(provider, given, now, wanted(provider))
        return _FINISH[under_way.aim](request, provider, under_way, said, now)
    except UpstreamError as error:
        log.warning("upstream_failed", provider=provider.slug, why=str(error))
        return _failed(request, provider, *_sentence(error), following=following)
    except newcomers.NotExpectedError:
        sentence = _(
            "Nobody here has connected that account. If you have an account here, sign in to it "
            "and connect the other one on your security page; if not, ask your administrator."
        )
    except newcomers.AddressTakenError:
        sentence = _(
            "There is an account here with the same e-mail address. Sign in to it, then connect "
            "the other one on your security page."
        )
    except linking.TakenError:
        sentence = _(
            "That account is connected with somebody already, or you have connected another one "
            "from there."
        )
    return _failed(request, provider, 403, sentence, following=following)


def _sign_in(
    request: HttpRequest,
    provider: UpstreamProvider,
    under_way: Transaction,
    said: SaidUpstream,
    now: datetime,
) -> HttpResponse:
    """Sign in whoever it is; nothing of another person's session remains."""
    account = linking.find(provider, said.claims["sub"])
    if account is None:
        account = newcomers.make_person(request, provider, said.claims, now)
    person = account.user
    if request.user.is_authenticated and request.user.pk != person.pk:
        sign_out(request)
    _take_over(request, account, said, now)
    _record(request, account, **vouched(provider, said.claims))
    login = Login(user=person, redirect_url=under_way.following or None)
    answer = cast("HttpResponse", perform_login(request, login))
    note_session(request, account, said, now)
    return answer


def _connect(
    request: HttpRequest,
    provider: UpstreamProvider,
    under_way: Transaction,
    said: SaidUpstream,
    now: datetime,
) -> HttpResponse:
    """Connect the account with who was signed in here when it began, and still is."""
    person = _same_person(request, under_way)
    account = linking.connect(request, provider, said.claims, person, now)
    _take_over(request, account, said, now)
    messages.success(request, _("The account has been connected."))
    return redirect("security")


def _confirm(
    request: HttpRequest,
    provider: UpstreamProvider,
    under_way: Transaction,
    said: SaidUpstream,
    now: datetime,
) -> HttpResponse:
    """Take it that the same person is there, who signed in there anew (OIDC Core §2 auth_time)."""
    person = _same_person(request, under_way)
    account = linking.find(provider, said.claims["sub"])
    if account is None or account.user_id != person.pk:
        raise UpstreamRefusedError("somebody else")
    at = said.claims.get("auth_time")
    if not isinstance(at, int) or isinstance(at, bool) or at < under_way.began_at - LEEWAY:
        raise UpstreamRefusedError("not signed in anew")
    _take_over(request, account, said, now)
    _record(request, account, reauthenticated=True, **vouched(provider, said.claims))
    note_session(request, account, said, now)
    refused = judge(request, Occasion.REAUTHENTICATION)
    return refused or redirect(under_way.following or "account")


_FINISH = {WentFor.SIGN_IN: _sign_in, WentFor.CONNECT: _connect, WentFor.CONFIRM: _confirm}


def _same_person(request: HttpRequest, under_way: Transaction) -> User:
    if not request.user.is_authenticated or session_id(request) != under_way.person:
        raise UpstreamRefusedError("another session than the one in which it began")
    return request.user


def _take_over(
    request: HttpRequest, account: UpstreamAccount, said: SaidUpstream, now: datetime
) -> None:
    linking.note_use(account, said.claims, now)
    with acting_as(newcomers.author_of(request, account.provider)):
        take_over(account, said)


def _record(request: HttpRequest, account: UpstreamAccount, **facts: Any) -> None:
    slug = account.provider.slug
    record_authentication(
        request, account.user, UPSTREAM, provider=slug, uid=str(account.pk), **facts
    )


def _sentence(error: UpstreamError) -> tuple[int, str]:
    if isinstance(error, UpstreamAwayError):
        return 503, _(
            "It does not answer at the moment. Sign in another way, or try again in some minutes."
        )
    if isinstance(error, UpstreamDeniedError):
        return 403, _("It ended without signing you in. You can try again, or sign in another way.")
    return 400, _("What came back from there was not accepted. Begin again from the sign-in page.")


def _failed(
    request: HttpRequest, provider: UpstreamProvider, status: int, sentence: str, *, following: str
) -> HttpResponse:
    context = {
        "provider": provider,
        "sentence": sentence,
        "to_login": with_next(reverse("account_login"), following),
    }
    return render(request, "account/upstream/failed.html", context, status=status)
