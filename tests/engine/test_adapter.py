"""Between the engine and us: a request stays as it came, and nothing of it outlives it."""

from dataclasses import FrozenInstanceError, fields

import pytest
from django.test import RequestFactory
from django.utils import timezone

from idp.endpoints.revocation import RevocationEndpoint
from idp.engine.backend import token_request
from idp.errors import InvalidRequestError
from idp.token_requests.request import TokenRequest
from tests.engine.setting import Setting


def test_who_sent_a_request_is_forgotten_with_it(setting: Setting) -> None:
    """The engine keeps one validator per endpoint: two threads would share what it learned."""
    token = setting.exchange(setting.code()).json()["access_token"]

    assert setting.post("/revoke", token=token).status_code == 200

    assert vars(RevocationEndpoint.get_oauthlib_core().server.request_validator) == {}


def test_a_token_request_is_what_came_and_cannot_be_changed() -> None:
    body = "resource=https://a.example&scope=b+a+b&resource=https://b.example&code="
    sent = RequestFactory().post(
        "/token", body, "application/x-www-form-urlencoded", HTTP_AUTHORIZATION="Basic x"
    )

    request = token_request(sent)

    assert request.resource == ("https://a.example", "https://b.example")
    assert request.scopes == ("b", "a")
    assert request.authorization == "Basic x"
    with pytest.raises(InvalidRequestError, match="code is missing"):
        request.required("code")
    for field in fields(request):
        with pytest.raises(FrozenInstanceError):
            setattr(request, field.name, None)


def test_a_token_request_knows_when_it_arrived_not_when_it_was_read() -> None:
    arrived_at = timezone.now()
    sent = RequestFactory().post("/token", "", "application/x-www-form-urlencoded")
    sent.arrived_at = arrived_at  # type: ignore[attr-defined]

    assert token_request(sent) == TokenRequest({}, (), "", arrived_at)
