"""The authorization endpoint (OIDC Core §3.1.2): by GET and by POST."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation.base.form_action import allow_onward_redirects
from foundation.base.never_cache import never_cache
from foundation.directory.may_use import may_use
from foundation.directory.models import Client
from foundation.directory.sign_in import current_sign_in
from idp.authorize import conduct, pipeline, response
from idp.authorize.request import AuthorizationRequest
from idp.authorize.stored import pending, pushed
from idp.errors import AccessDeniedError, OAuthError, PageError
from idp.models import PushedAuthorizationRequest
from idp.web import error_responses
from idp.web.parameters import query_lists
from idp.web.posted import with_cookies


@csrf_exempt  # OIDC Core §3.1.2.1: clients POST here; nothing changes before the person acts
@never_cache
@require_http_methods(["GET", "POST"])
def authorize(http_request: HttpRequest) -> HttpResponse:
    """Check the request, then lead the person through what is needed."""
    is_form = http_request.method == "POST"
    parameters = http_request.POST.lists() if is_form else query_lists(http_request)
    request = AuthorizationRequest.parse(parameters)
    try:
        request, found = pushed.fetch(request)
        client = pipeline.trusted_client(request)
        return _begin(http_request, request, client, found)
    except PageError as error:
        return error_responses.protocol_error(http_request, error)


def _begin(
    http_request: HttpRequest,
    request: AuthorizationRequest,
    client: Client,
    found: PushedAuthorizationRequest | None,
) -> HttpResponse:
    try:
        pushed.check_usable(found, now=timezone.now())
        # Also what was pushed: the client may have been changed since.
        pipeline.check(request, client)
    except OAuthError as error:
        return response.error(http_request, request, error)
    return with_cookies(http_request) or conduct.begin(
        http_request, request, client, pushed_pk=found.pk if found else None
    )


@never_cache
@require_safe
def resume(http_request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Go on after a page."""
    stored = pending.find(http_request, request_id)
    if stored is None:
        return _gone(http_request)
    try:
        return conduct.resume(http_request, stored)
    except PageError as error:
        return error_responses.protocol_error(http_request, error)


@never_cache
@require_http_methods(["GET", "POST"])
def select_account(http_request: HttpRequest, request_id: UUID) -> HttpResponse:
    """OIDC Core §3.1.2.1 `prompt=select_account`: go on as who is signed in, or as another."""
    stored = pending.find(http_request, request_id)
    if stored is None:
        return _gone(http_request)
    back = pending.resume_path(stored)
    sign_in = current_sign_in(http_request)
    if sign_in is None:
        return redirect(back)
    if http_request.method == "POST":
        pending.note_chosen_account(stored)
        return redirect(back)
    context = {"application": stored.client, "next": back, "person": sign_in.user}
    page = render(http_request, "select_account.html", context)
    allow_onward_redirects(page)
    return page


@never_cache
@require_POST
def decline(http_request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Go on without confirming more: the application gets less, or the registered error."""
    stored = pending.find(http_request, request_id)
    if stored is None:
        return _gone(http_request)
    if current_sign_in(http_request) is not None:
        pending.note_declined(stored)
    return redirect(pending.resume_path(stored))


@never_cache
@require_http_methods(["GET", "POST"])
def not_for_you(http_request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Say that the application is for others; then it is told so (RFC 6749 §4.1.2.1)."""
    stored = pending.find(http_request, request_id)
    if stored is None:
        return _gone(http_request)
    sign_in = current_sign_in(http_request)
    if sign_in is None or may_use(stored.client, sign_in.user.pk):
        return redirect(pending.resume_path(stored))
    if http_request.method == "POST":
        return conduct.refuse(http_request, stored, AccessDeniedError())
    context = {
        "application": stored.client,
        "next": pending.resume_path(stored),
        "person": sign_in.user,
    }
    page = render(http_request, "not_for_you.html", context)
    allow_onward_redirects(page)
    return page


def _gone(http_request: HttpRequest) -> HttpResponse:
    return error_responses.page(
        http_request,
        status=400,
        title=_("This sign-in has ended"),
        message=_(
            "It was finished already, took too long, or was begun in another browser. "
            "Go back to the application and start again."
        ),
    )
