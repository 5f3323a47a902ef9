"""The answer to the client: parameters in the redirect URI's query, or a posted form.

Every answer names us (`iss`, RFC 9207 §2), so that a client cannot be made to send our code to
another provider.
"""

from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from foundation.base import conf
from foundation.base.form_action import allow_onward_redirects
from idp.authorize.request import AuthorizationRequest
from idp.errors import OAuthError


class AnswerRedirect(HttpResponseRedirect):
    """A redirect to a registered address, whatever its scheme.

    303, so that the browser never repeats a posted password at the client (RFC 9700 §4.12).
    """

    status_code = 303

    def __init__(self, redirect_to: str) -> None:
        self.allowed_schemes = [urlsplit(redirect_to).scheme]
        super().__init__(redirect_to)


def answer(
    http_request: HttpRequest, request: AuthorizationRequest, parameters: dict[str, str]
) -> HttpResponse:
    """Send parameters to the client in the `response_mode` it asked for."""
    sent = {**parameters, "iss": conf.current().issuer}
    if request.state:
        sent["state"] = request.state
    if request.response_mode == "form_post":
        response = _form_post(http_request, request.redirect_uri, sent)
    else:
        response = AnswerRedirect(with_parameters(request.redirect_uri, sent))
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response


def error(
    http_request: HttpRequest, request: AuthorizationRequest, failure: OAuthError
) -> HttpResponse:
    """Send an error to the client (RFC 6749 §4.1.2.1)."""
    parameters = {"error": failure.error}
    if failure.description:
        parameters["error_description"] = failure.description
    return answer(http_request, request, parameters)


def with_parameters(uri: str, parameters: dict[str, str]) -> str:
    """Add parameters to a URI's query, which may have some already (RFC 6749 §3.1.2).

    What was registered stays as it is, character for character; it has no fragment.
    """
    if not parameters:
        return uri
    joint = "?" if "?" not in uri else "" if uri[-1] in "?&" else "&"
    return f"{uri}{joint}{urlencode(parameters)}"


def _form_post(http_request: HttpRequest, action: str, parameters: dict[str, str]) -> HttpResponse:
    """OAuth 2.0 Form Post Response Mode §2: a form that sends itself, or waits for a click."""
    context = {"action": action, "parameters": parameters}
    response = render(http_request, "form_post.html", context)
    allow_onward_redirects(response)
    return response
