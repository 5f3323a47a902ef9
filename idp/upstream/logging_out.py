"""Signed out there, signed out here (Back-Channel Logout 1.0): sessions and their tokens."""

from datetime import datetime, timedelta
from functools import partial

import structlog
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from foundation.base import conf
from foundation.base.clearing import delete_in_batches
from foundation.base.never_cache import never_cache
from foundation.directory.sign_in import session_id
from foundation.directory.upstream.models import UpstreamAccount, UpstreamProvider, UpstreamSession
from foundation.journal.acts import Actor, Entry, Kind, record
from idp.accounts.browser_sessions.sessions import end_session_named
from idp.upstream.relying_party import logout_token
from idp.upstream.relying_party.errors import UpstreamAwayError, UpstreamError
from idp.upstream.relying_party.exchange import SaidUpstream
from idp.upstream.relying_party.id_token import is_name
from idp.upstream.relying_party.keys import key_for
from idp.upstream.relying_party.logout_token import LoggedOut

log = structlog.get_logger(__name__)


def note_session(
    request: HttpRequest, account: UpstreamAccount, said: SaidUpstream, now: datetime
) -> None:
    """Remember which session there this one here came from; it may wait for a second factor."""
    there = said.claims.get("sid")
    if request.session.session_key is None:
        request.session.save()
    UpstreamSession.objects.create(
        account=account,
        there=str(there) if is_name(there) else "",
        here=session_id(request),
        name=request.session.session_key or "",
        began_at=now,
    )


@csrf_exempt  # Back-Channel Logout §2.5: the provider posts here, and no browser
@never_cache
@require_POST
def logout(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a logout token, once. Also of a provider that is off: nobody comes in by that."""
    provider = UpstreamProvider.objects.filter(slug=slug).first()
    if provider is None:
        raise Http404
    try:
        find_key = partial(key_for, provider.metadata["jwks_uri"])
        token = request.POST.get("logout_token", "")
        with transaction.atomic():
            # Used up only if everything has ended.
            ended = end(provider, logout_token.accept(provider, token, find_key, timezone.now()))
    except UpstreamAwayError as error:
        # It is worth trying again: the token was not used.
        log.warning("upstream_logout_failed", provider=slug, why=str(error))
        return JsonResponse({"error": "temporarily_unavailable"}, status=503)
    except UpstreamError as error:
        log.warning("upstream_logout_refused", provider=slug, why=str(error))
        return JsonResponse({"error": "invalid_request"}, status=400)
    log.info("upstream_logout", provider=slug, ended=ended)
    return HttpResponse(status=200)


def end(provider: UpstreamProvider, who: LoggedOut) -> int:
    """End, in the transaction of the caller, what began by those sessions there; return how many.

    With a `sid` that session, of that account if one is named; without one all of the account.
    """
    rows = UpstreamSession.objects.filter(account__provider=provider)
    if who.sid:
        rows = rows.filter(there=who.sid)
    if who.sub:
        rows = rows.filter(account__sub=who.sub)
    found = list(rows.select_for_update(of=("self",)).select_related("account"))
    for row in found:
        end_session_named(str(row.account.user_id), row.here)
        # What waits for a second factor is nobody's session yet.
        Session.objects.filter(session_key=row.name).delete()
    rows.filter(pk__in=[row.pk for row in found]).delete()
    people = {row.account.user_id for row in found}
    detail: dict[str, object] = {"provider": provider.slug}
    entry = partial(Entry, kind=Kind.SESSION_ENDED, actor=Actor.SYSTEM, detail=detail)
    record([entry(person=person) for person in sorted(people)])
    return len(found)


def clear_expired(now: datetime) -> int:
    """Forget sessions that have long been over; return how many."""
    current = conf.current()
    longest = timedelta(seconds=max(current.session_longest, current.staff_session_longest))
    rows = UpstreamSession.objects.filter(began_at__lt=now - longest)
    return delete_in_batches(rows, by="began_at")
