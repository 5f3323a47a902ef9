"""Assertions about protocol answers. The error code is always named, never "one of these"."""

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpResponse

from foundation.base import conf
from tests.relying_party import answer_of


def assert_oauth_error(response: HttpResponse, code: str, *, status: int = 400) -> None:
    """The answer of an endpoint for programs is this error, as JSON that no cache keeps."""
    assert response["Content-Type"] == "application/json", response.content
    assert (response.json()["error"], response.status_code) == (code, status), response.content
    assert response["Cache-Control"] == "no-store"


def assert_bearer_error(response: HttpResponse, code: str, *, status: int) -> None:
    """A resource refused an access token and says why (RFC 6750 §3)."""
    assert_oauth_error(response, code, status=status)
    assert f'error="{code}"' in response["WWW-Authenticate"]
    assert response["WWW-Authenticate"].startswith("Bearer ")


def assert_redirected_error(
    response: HttpResponse, code: str, *, to: str = "https://rp.example/callback"
) -> None:
    """The error went to the client: by redirect, with `iss` and the state that came."""
    assert response.status_code == 303, response.content
    assert response["Location"].partition("?")[0] == to
    answer = answer_of(response)
    assert answer["error"] == code
    assert answer["iss"] == conf.current().issuer
    assert "code" not in answer


def assert_error_page(response: HttpResponse, code: str) -> None:
    """The error is shown to the person, and nothing leads to the client."""
    assert response.status_code == 400
    assert not response.has_header("Location")
    assert response["Content-Type"].startswith("text/html")
    assert code in response.content.decode()
    assert "https://evil" not in response.content.decode()


def assert_code(response: HttpResponse) -> str:
    """The client was sent a code; returns it."""
    answer = answer_of(response)
    assert "error" not in answer
    assert answer["iss"] == conf.current().issuer
    return answer["code"]


def assert_sent_to(response: HttpResponse, path: str) -> None:
    """The person is sent to a page of ours."""
    assert response.status_code == 302, response.content
    assert urlsplit(response["Location"]).path == path


def assert_sent_to_sign_in(response: HttpResponse) -> None:
    """The person is asked to sign in."""
    assert_sent_to(response, "/accounts/login/")


def assert_sent_to_consent(response: HttpResponse) -> None:
    """The person is asked to decide."""
    assert response.status_code == 302, response.content
    assert response["Location"].startswith("/consent/")


def assert_inactive(response: HttpResponse) -> None:
    """Introspection says "not active", and nothing else (RFC 7662 §2.2)."""
    assert response.status_code == 200
    assert response.json() == {"active": False}


def assert_claims(payload: dict[str, Any], **expected: Any) -> None:
    """These claims are there with these values."""
    assert {name: payload.get(name) for name in expected} == expected
