"""Pages whose forms end at an application, and what a redirect origin is."""

import pytest
from django.http import HttpResponse

from foundation.base.form_action import allow_onward_redirects, check_redirect_origin


@pytest.mark.parametrize(
    "origin",
    [
        "https://desk.example.com",
        "https://Desk.Example.com:8443",
        "http://127.0.0.1:49152",
        "http://localhost",
        "com.example.app:",
        "http://[::1]:8001",
        "https://query_desk.internal:8443",
    ],
)
def test_redirect_origins_are_recognised(origin: str) -> None:
    check_redirect_origin(origin)


@pytest.mark.parametrize(
    "origin",
    [
        "https://desk.example.com/callback",
        "https://desk.example.com;script-src *",
        "https://desk.example.com *",
        "https://desk.example.com\n",
        "https://user@desk.example.com",
        "https://*.example.com",
        "https://",
        "https:",
        "http:",
        "javascript:",
        "JavaScript:",
        "data:",
        "blob:",
        "'unsafe-inline'",
        "*",
        "desk.example.com",
        "com.example.app:/callback",
    ],
)
def test_anything_else_is_refused(origin: str) -> None:
    with pytest.raises(ValueError, match="redirect origin"):
        check_redirect_origin(origin)


def test_changes_of_others_are_kept() -> None:
    response = HttpResponse()
    response._csp_replace = {"img-src": ["https://cdn.example.com"]}  # type: ignore[attr-defined]

    allow_onward_redirects(response)

    assert response._csp_replace == {  # type: ignore[attr-defined]
        "img-src": ["https://cdn.example.com"],
        "form-action": None,
    }
