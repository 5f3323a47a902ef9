"""The pytest plugin for Django's test client: its cookie is not the name of the session's row."""

from typing import Any

from django.conf import settings
from django.test.client import ClientMixin

from idp.accounts.browser_sessions.store import SessionStore

_set_login_cookies = ClientMixin._set_login_cookies


def _session(browser: ClientMixin) -> SessionStore:
    """Return the session of the browser's cookie; one that is new where there is none."""
    cookie = browser.cookies.get(settings.SESSION_COOKIE_NAME)
    if cookie is not None:
        return SessionStore.of_cookie(cookie.value)
    session = SessionStore()
    session.save()
    browser.cookies[settings.SESSION_COOKIE_NAME] = session.cookie
    return session


def _hand_out(browser: ClientMixin, request: Any) -> None:
    _set_login_cookies(browser, request)
    browser.cookies[settings.SESSION_COOKIE_NAME] = request.session.cookie


def pytest_configure() -> None:
    """Let every browser of the tests do so."""
    ClientMixin.session = property(_session)  # type: ignore[assignment]
    ClientMixin._set_login_cookies = _hand_out  # type: ignore[method-assign]
