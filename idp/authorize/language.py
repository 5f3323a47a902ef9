"""The language of the pages that an authorization request leads to."""

from django.conf import settings
from django.http import HttpResponse

from idp.authorize.request import AuthorizationRequest


def speak(redirect: HttpResponse, request: AuthorizationRequest) -> None:
    """OIDC Core §3.1.2.1 `ui_locales`: the first language that we speak; none is no error."""
    spoken = dict(settings.LANGUAGES)
    for tag in request.ui_locales.split():
        language = tag.lower().partition("-")[0]
        if language in spoken:
            redirect.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, samesite="Lax")
            return
