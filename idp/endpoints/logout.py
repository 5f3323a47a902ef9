"""The logout endpoint (OpenID Connect RP-Initiated Logout 1.0): by GET and by POST."""

import secrets
from dataclasses import asdict, dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from foundation.base.form_action import allow_onward_redirects
from foundation.directory.models import Client, User
from foundation.directory.redirects import is_registered
from foundation.directory.registry import find_client
from foundation.directory.sign_in import SID_KEY
from idp.accounts.browser_sessions.sessions import end_session_named, sign_out
from idp.authorize.response import AnswerRedirect, with_parameters
from idp.errors import InvalidRequestError, PageError
from idp.tokens.hints import IdTokenHint, read_id_token_hint
from idp.web import error_responses
from idp.web.posted import with_cookies

SESSION_KEY = "logout"
MOST_OPEN = 5
"""Questions of one session, in as many tabs; the oldest gives way."""


@dataclass(frozen=True, slots=True)
class LogoutRequest:
    """A checked request: who asks, and where the browser goes afterwards. "" when absent."""

    client_id: str = ""
    post_logout_redirect_uri: str = ""
    state: str = ""


@csrf_exempt  # RP-Initiated Logout §2: clients POST here; without a matching hint we ask first
@never_cache
@require_http_methods(["GET", "POST"])
def logout(http_request: HttpRequest) -> HttpResponse:
    """Check the request; sign out at once when the hint is this session's, else ask."""
    given = http_request.POST if http_request.method == "POST" else http_request.GET
    parameters = {name: values[-1] for name, values in given.lists()}
    try:
        hint = read_hint(parameters)
        request = check(parameters, hint)
    except PageError as error:
        return error_responses.protocol_error(http_request, error)
    if not http_request.user.is_authenticated:
        return with_cookies(http_request) or _without_session(http_request, request, hint)
    if hint is not None and _is_this_session(http_request, hint):
        return _sign_out(http_request, request)
    return redirect(
        f"{reverse('logout_confirm')}?{urlencode({'request': _note(http_request, request)})}"
    )


@never_cache
@require_http_methods(["GET", "POST"])
def confirm(http_request: HttpRequest) -> HttpResponse:
    """Ask the person (RP-Initiated Logout §2), and sign out when they say so."""
    open_requests = http_request.session.get(SESSION_KEY, {})
    request = LogoutRequest(**open_requests.get(http_request.GET.get("request", ""), {}))
    if not http_request.user.is_authenticated:
        return _finish(http_request, request)
    if http_request.method == "POST":
        agreed = http_request.POST.get("allow") == "yes"
        return _sign_out(http_request, request) if agreed else redirect("account")
    context = {"application": find_client(request.client_id)}
    page = render(http_request, "logout.html", context)
    if request.post_logout_redirect_uri:
        allow_onward_redirects(page)
    return page


def _note(http_request: HttpRequest, request: LogoutRequest) -> str:
    """Keep a request until it is answered, beside those of other tabs; return its name."""
    name = secrets.token_urlsafe(8)
    others = list(http_request.session.get(SESSION_KEY, {}).items())[1 - MOST_OPEN :]
    http_request.session[SESSION_KEY] = {**dict(others), name: asdict(request)}
    return name


def _without_session(
    http_request: HttpRequest, request: LogoutRequest, hint: IdTokenHint | None
) -> HttpResponse:
    """Answer a program, or a browser in which nobody is signed in.

    An application's server has the ID token and no cookie. What it names ends, or the page would
    say of a session that it is over while it goes on (RP-Initiated Logout §2).
    """
    if hint is not None:
        end_session_named(hint.subject, hint.sid)
    return _finish(http_request, request)


def read_hint(parameters: dict[str, str]) -> IdTokenHint | None:
    """Return the `id_token_hint`'s content; raises `PageError` when it is not ours (§4)."""
    if not parameters.get("id_token_hint"):
        return None
    hint = read_id_token_hint(parameters["id_token_hint"])
    if hint is None:
        raise PageError(InvalidRequestError("The id_token_hint is not an ID token of ours."))
    return hint


def check(parameters: dict[str, str], hint: IdTokenHint | None) -> LogoutRequest:
    """Return the request once its redirect can be trusted (§3); raises `PageError`."""
    client_id = parameters.get("client_id", "")
    if hint is not None and client_id and client_id != hint.client_id:
        raise PageError(InvalidRequestError("client_id is not the id_token_hint's."))
    client = find_client(client_id or (hint.client_id if hint else ""))
    uri = parameters.get("post_logout_redirect_uri", "")
    if uri and client is None:
        # RP-Initiated Logout §3: whose address it is has to be known.
        raise PageError(
            InvalidRequestError(
                "A post_logout_redirect_uri needs the application's client_id or an id_token_hint."
            )
        )
    if uri and not _may_redirect(client, uri):
        raise PageError(InvalidRequestError("The post_logout_redirect_uri is not registered."))
    return LogoutRequest(
        client_id=client.client_id if client else "",
        post_logout_redirect_uri=uri,
        state=parameters.get("state", "") if uri else "",
    )


def _may_redirect(client: Client | None, uri: str) -> bool:
    return client is not None and is_registered(uri, client.post_logout_redirect_uris.split())


def _is_this_session(http_request: HttpRequest, hint: IdTokenHint) -> bool:
    """RP-Initiated Logout §2: the hint is about this person, in this very session."""
    user = http_request.user
    if not isinstance(user, User):
        return False
    return hint.subject == user.subject and hint.sid == http_request.session.get(SID_KEY)


def _sign_out(http_request: HttpRequest, request: LogoutRequest) -> HttpResponse:
    sign_out(http_request)
    return _finish(http_request, request)


def _finish(http_request: HttpRequest, request: LogoutRequest) -> HttpResponse:
    if request.post_logout_redirect_uri:
        state = {"state": request.state} if request.state else {}
        return AnswerRedirect(with_parameters(request.post_logout_redirect_uri, state))
    context = {"application": find_client(request.client_id)}
    return render(http_request, "logout_done.html", context)
