"""Errors for people: a page with one sentence, what to do, and a reference for the operator."""

import sys

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.sessions.exceptions import SessionInterrupted
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import REASON_NO_CSRF_COOKIE
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _

from foundation.base.house.in_use import house_as_known
from foundation.directory.passwords.at_once import TooManyAtOnceError
from idp.errors import OAuthError, PageError
from idp.web.outages import OUTAGES, RETRY_AFTER

PAGES_WITH_FORMS = frozenset(
    {
        "account_login", "account_reauthenticate", "account_reset_password", "logout_confirm",
        "review", "decide",
    }
)  # fmt: skip
"""Names of pages whose form posts to the page's own address."""


def page(
    request: HttpRequest,
    *,
    status: int,
    title: str,
    message: str,
    error: OAuthError | None = None,
    again: str = "",
) -> HttpResponse:
    """Render the error page; `error` is what a developer wants to know, if a protocol says it.

    `again` is the path of a page to open instead, "" for the start page.
    """
    context = {
        "title": title,
        "message": message,
        "code": error.error if error else "",
        "detail": error.description if error else "",
        "reference": getattr(request, "request_id", ""),
        "again": again,
    }
    return render(request, "error.html", context, status=status)


def protocol_error(request: HttpRequest, error: PageError) -> HttpResponse:
    """Tell the person that an application's request cannot be answered by a redirect."""
    return page(
        request,
        status=400,
        title=_("This request cannot be answered"),
        message=_(
            "The application sent something that does not add up, so we stopped. "
            "Go back to the application and try again; if it happens again, tell its makers what "
            "stands below."
        ),
        error=error.error,
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that came from elsewhere, from a page open too long, or without cookies.

    Whoever signed in in another tab meanwhile is led on from the form in this one: nothing of the
    form is used.
    """
    if reason == REASON_NO_CSRF_COOKIE:
        return page(
            request,
            status=403,
            title=_("Your browser sent no cookies"),
            message=_(
                "Without cookies nobody can sign in here. Allow cookies for this site, then open "
                "the page again."
            ),
            again=_address_of_form(request),
        )
    if request.user.is_authenticated and _name(request) == "account_login":
        return redirect(_target(request) or "account")
    return page(
        request,
        status=403,
        title=_("This form is no longer valid"),
        message=_(
            "The page was open too long, or you have signed in or out in another tab. Nothing was "
            "sent."
        ),
        again=_address_of_form(request),
    )


def _name(request: HttpRequest) -> str:
    match = request.resolver_match
    return str(match.url_name) if match else ""


def _address_of_form(request: HttpRequest) -> str:
    """Return where the page with this form can be opened again, "" when it has no page."""
    if _name(request) not in PAGES_WITH_FORMS:
        return ""
    if target := _target(request):
        return f"{request.path}?{urlencode({REDIRECT_FIELD_NAME: target})}"
    return request.path


def _target(request: HttpRequest) -> str:
    """Return the page of this site that was to come after the form, "" when none was named."""
    target = request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(REDIRECT_FIELD_NAME, "")
    return target if url_has_allowed_host_and_scheme(target, allowed_hosts=None) else ""


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400, or 503 when a session could not be saved because the database is away or full."""
    if isinstance(exception, SessionInterrupted) and _comes_of_an_outage(exception):
        return unavailable(request)
    return page(
        request,
        status=400,
        title=_("We did not understand this request"),
        message=_("Something in the address or the form is malformed."),
    )


def _comes_of_an_outage(error: BaseException | None) -> bool:
    return error is not None and (
        isinstance(error, OUTAGES) or _comes_of_an_outage(error.__context__)
    )


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Answer 403."""
    return page(
        request,
        status=403,
        title=_("This is not yours to see"),
        message=_("You are signed in, but not allowed to open this page."),
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Answer 404."""
    return page(
        request,
        status=404,
        title=_("There is nothing here"),
        message=_("The address may be mistyped, or the page is gone."),
    )


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """Answer 429."""
    return page(
        request,
        status=429,
        title=_("Too many attempts"),
        message=_("To protect accounts, we answer only so many. Wait a minute, then try again."),
    )


@house_as_known()
def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500, or 503 when something that we depend on is away."""
    if isinstance(sys.exception(), TooManyAtOnceError):
        return too_many_at_once(request)
    if isinstance(sys.exception(), OUTAGES):
        return unavailable(request)
    return page(
        request,
        status=500,
        title=_("Something went wrong on our side"),
        message=_("It is not your fault. Try again in a moment."),
    )


def too_many_at_once(request: HttpRequest) -> HttpResponse:
    """Answer 503: passwords are slow on purpose, and only so many are looked at together."""
    title = _("Many people are signing in")
    message = _(
        "Your password was not looked at, so this does not count as an attempt. Try again in a "
        "moment."
    )
    again = _address_of_form(request)
    return _later(page(request, status=503, title=title, message=message, again=again))


def unavailable(request: HttpRequest) -> HttpResponse:
    """Answer 503."""
    title = _("We cannot answer at the moment")
    message = _("Something that we need does not answer. Try again in a moment.")
    return _later(page(request, status=503, title=title, message=message))


def _later(response: HttpResponse) -> HttpResponse:
    response["Retry-After"] = str(RETRY_AFTER)
    return response
