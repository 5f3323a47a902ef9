"""Authorization requests that wait for a person, bound to the browser that brought them.

No form carries protocol state: pages know the request by an id in the address, which only works
together with a cookie of the browser that opened it.
"""

import re
import secrets
import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from foundation.base import conf
from foundation.base.prepared.objects import PreparedObjects
from foundation.base.secrets import digest, digests
from foundation.directory.models import Client
from foundation.directory.redirects import origin_of
from foundation.directory.registry import find_client_by_pk
from idp.authorize.request import AuthorizationRequest
from idp.authorize.stored import carried
from idp.models import StoredAuthorizationRequest

COOKIE = "__Host-browser" if settings.HTTPS else f"browser-{settings.PORT}"
_KEPT = PreparedObjects[StoredAuthorizationRequest](
    (uuid.UUID,), lambda pk: StoredAuthorizationRequest.objects.filter(pk=pk)
)
RESUME_PATH = re.compile(r"/authorize/resume/([0-9a-f-]{36})/?")


def store(
    request: HttpRequest,
    authorization_request: AuthorizationRequest,
    client: Client,
    *,
    pushed_pk: int | None = None,
) -> tuple[StoredAuthorizationRequest, str]:
    """Keep a checked request; returns it and the browser's secret, to be set as a cookie."""
    stored, secret = begin(request, authorization_request, client, pushed_pk=pushed_pk)
    stored.save(force_insert=True)
    return stored, secret


def begin(
    request: HttpRequest,
    authorization_request: AuthorizationRequest,
    client: Client,
    *,
    pushed_pk: int | None = None,
) -> tuple[StoredAuthorizationRequest, str]:
    """Return what `store` does, not kept yet."""
    secret = request.COOKIES.get(COOKIE) or secrets.token_urlsafe(32)
    now = getattr(request, "arrived_at", None) or timezone.now()
    stored = StoredAuthorizationRequest(
        client=client,
        parameters=authorization_request.as_json(),
        browser_digest=digest(secret),
        pushed_request_id=pushed_pk,
        created_at=now,
        expires_at=now + timedelta(seconds=conf.current().authorization_request_lifetime),
    )
    return stored, secret


def remember_browser(response: HttpResponse, secret: str) -> HttpResponse:
    """Set the cookie that binds the browser to its requests; it ends with the browser."""
    response.set_cookie(COOKIE, secret, httponly=True, secure=settings.HTTPS, samesite="Lax")
    return response


def find(request: HttpRequest, request_id: uuid.UUID) -> StoredAuthorizationRequest | None:
    """Return this browser's waiting request, None when it is another's, answered or expired."""
    secret = request.COOKIES.get(COOKIE, "")
    if not secret:
        return None
    found = _KEPT.first(request_id) or carried.find(request, request_id)
    if found is None or found.browser_digest not in digests(secret):
        return None
    client = find_client_by_pk(found.client_id)
    if client is None or found.consumed_at is not None or found.expires_at <= timezone.now():
        return None
    found.client = client
    return found


def hand_over(
    request: HttpRequest, response: HttpResponse, stored: StoredAuthorizationRequest
) -> None:
    """Let the browser carry what is not kept yet, and nothing else; raises `OAuthError`."""
    if stored.is_kept:
        carried.forget(request, response, stored.pk)
    else:
        carried.carry(request, response, stored)


def keep_now(stored: StoredAuthorizationRequest) -> None:
    """Keep a request that the browser carried, now that somebody is there; once is enough."""
    if not stored.is_kept:
        stored.keep()


def find_for_next(request: HttpRequest) -> StoredAuthorizationRequest | None:
    """Return the waiting request that a page's `next` leads back to, if there is one."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    match = RESUME_PATH.fullmatch(target)
    if match is None:
        return None
    try:
        return find(request, uuid.UUID(match[1]))
    except ValueError:
        return None


def resume_path(stored: StoredAuthorizationRequest) -> str:
    """Return where the browser comes back to."""
    return reverse("authorize_resume", args=[stored.pk])


def redirect_origin(stored: StoredAuthorizationRequest) -> str:
    """Return where the answer will go: `https://host[:port]`, or an app's `scheme:`."""
    return origin_of(AuthorizationRequest.from_json(stored.parameters).redirect_uri)


def note_consent_request(stored: StoredAuthorizationRequest, consent_request_id: uuid.UUID) -> None:
    """Remember which consent request the authorization request waits for."""
    keep_now(stored)
    stored.consent_request_id = consent_request_id
    stored.save(update_fields=["consent_request_id"])


def keep(stored: StoredAuthorizationRequest, *, until: datetime) -> None:
    """Let the request wait for other people: it has to be there when they have answered."""
    rows = StoredAuthorizationRequest.objects.filter(pk=stored.pk, expires_at__lt=until)
    rows.update(expires_at=until)


def note_chosen_account(stored: StoredAuthorizationRequest) -> None:
    """Remember that the person chose to go on as who they are."""
    keep_now(stored)
    stored.account_chosen_at = timezone.now()
    stored.save(update_fields=["account_chosen_at"])


def note_declined(stored: StoredAuthorizationRequest) -> None:
    """Remember that the person will not confirm more of who they are."""
    keep_now(stored)
    stored.declined_at = timezone.now()
    stored.save(update_fields=["declined_at"])


def consume(stored: StoredAuthorizationRequest, *, now: datetime) -> bool:
    """Use the request up; False when somebody else has just done so."""
    keep_now(stored)
    waiting = StoredAuthorizationRequest.objects.filter(pk=stored.pk, consumed_at__isnull=True)
    return waiting.update(consumed_at=now) == 1
