"""Which origins a form's answer may lead to."""

import pytest
from django.http import HttpResponse

from consent.form_action import allow_form_action, form_action_source


@pytest.mark.parametrize(
    ("origin", "source"),
    [
        ("https://desk.example.com", "https://desk.example.com"),
        ("https://Desk.Example.com:8443", "https://desk.example.com:8443"),
        ("http://127.0.0.1:49152", "http://127.0.0.1:49152"),
        ("http://localhost", "http://localhost"),
        ("com.example.app:", "com.example.app:"),
        ("http://[::1]:8001", "http:"),
        ("https://query_desk.internal:8443", "https:"),
    ],
)
def test_redirect_origin_becomes_a_source(origin: str, source: str) -> None:
    assert form_action_source(origin) == source


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
        allow_form_action(HttpResponse(), origin)


def test_no_origin_changes_nothing() -> None:
    response = HttpResponse()

    allow_form_action(response, "")

    assert not hasattr(response, "_csp_update")


def test_additions_of_others_are_kept() -> None:
    response = HttpResponse()
    response._csp_update = {"img-src": ["https://cdn.example.com"]}  # type: ignore[attr-defined]

    allow_form_action(response, "https://a.example.com")
    allow_form_action(response, "https://b.example.com")

    assert response._csp_update == {  # type: ignore[attr-defined]
        "img-src": ["https://cdn.example.com"],
        "form-action": ["https://a.example.com", "https://b.example.com"],
    }
