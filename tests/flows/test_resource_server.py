"""The guard against the real provider: documents, tokens and introspection agree."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from django.test import Client as Browser

from foundation.base import conf
from foundation.directory.models import User
from scopeward_guard._guard.guard import Guard
from scopeward_guard._provider.settings import GuardSettings
from tests.factories import WAREHOUSE, make_relying_party, make_resource_server
from tests.guard.conftest import bearing, refusal
from tests.relying_party import RelyingParty


def through_django(request: httpx.Request) -> httpx.Response:
    headers: dict[str, Any] = {}
    if authorization := request.headers.get("Authorization"):
        headers["HTTP_AUTHORIZATION"] = authorization
    response = Browser().generic(
        request.method, request.url.path, request.content,
        content_type=request.headers.get("Content-Type", ""), **headers,
    )  # fmt: skip
    return httpx.Response(response.status_code, content=response.content)


@pytest.fixture
def warehouse(provider: None) -> RelyingParty:
    return RelyingParty(*make_resource_server(scopes=["query"]))


@pytest.fixture
def real_guard(warehouse: RelyingParty) -> Guard:
    settings = GuardSettings(
        issuer=conf.current().issuer,
        resource=WAREHOUSE,
        client_id=warehouse.client.client_id,
        client_secret=warehouse.secret or "",
        revocations=False,
    )
    http = httpx.Client(transport=httpx.MockTransport(through_django))
    return Guard(settings, http=http)


MakeDesk = Callable[..., RelyingParty]


@pytest.fixture
def make_desk(real_guard: Guard) -> MakeDesk:
    def make(**changes: Any) -> RelyingParty:
        return make_relying_party(resources=(WAREHOUSE,), scope="openid roles query", **changes)

    return make


@pytest.mark.parametrize("form", ["jwt", "opaque"])
def test_token_of_the_provider_is_accepted(
    form: str, real_guard: Guard, make_desk: MakeDesk, person: User
) -> None:
    desk = make_desk(access_token_format=form)
    token = desk.obtain_tokens(person, resource=WAREHOUSE)["access_token"]

    principal = real_guard.authenticate(bearing(token))

    assert principal.subject == person.subject
    assert "query" in principal.scopes
    assert principal.claims["roles"] == ["analyst"]
    assert principal.grant_id
    assert len(principal.family) == 32


def test_token_for_the_provider_itself_is_refused(
    real_guard: Guard, make_desk: MakeDesk, person: User
) -> None:
    tokens = make_desk().obtain_tokens(person)

    for name in ("access_token", "id_token"):
        call = lambda token=tokens[name]: real_guard.authenticate(bearing(token))  # noqa: E731
        assert refusal(call) == (401, "invalid_token")
