"""Errors for people: a page with one sentence, what to do, and a reference for the operator."""

import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from idp.errors import OAuthError, PageError
from idp.outages import OUTAGES, RETRY_AFTER


def page(
    request: HttpRequest,
    *,
    status: int,
    title: str,
    message: str,
    error: OAuthError | None = None,
) -> HttpResponse:
    """Render the error page; `error` is what a developer wants to know, if a protocol says it."""
    context = {
        "title": title,
        "message": message,
        "code": error.error if error else "",
        "detail": error.description if error else "",
        "reference": getattr(request, "request_id", ""),
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


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """Answer a form that came from elsewhere or from a page that was open too long."""
    return page(
        request,
        status=403,
        title=_("This form is no longer valid"),
        message=_("The page was open too long or came from elsewhere. Go back and try again."),
    )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Answer 400."""
    return page(
        request,
        status=400,
        title=_("We did not understand this request"),
        message=_("Something in the address or the form is malformed."),
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


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500, or 503 when something that we depend on is away."""
    if isinstance(sys.exception(), OUTAGES):
        return unavailable(request)
    return page(
        request,
        status=500,
        title=_("Something went wrong on our side"),
        message=_("It is not your fault. Try again in a moment."),
    )


def unavailable(request: HttpRequest) -> HttpResponse:
    """Answer 503."""
    response = page(
        request,
        status=503,
        title=_("We cannot answer at the moment"),
        message=_("Something that we need does not answer. Try again in a moment."),
    )
    response["Retry-After"] = str(RETRY_AFTER)
    return response
