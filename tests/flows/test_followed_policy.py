"""A guard that follows the policy of this very provider: its bundle, its keys, its revocations."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from django.test import Client as Browser

from foundation.base import conf
from foundation.base.keys.ring import rotate_due_keys
from foundation.directory.models import User
from scopeward_guard._challenges.refused import RefusedError
from scopeward_guard._decisions.policy_feed import PolicyFeed
from scopeward_guard._decisions.resources import endpoint
from scopeward_guard._guard.guard import Guard
from scopeward_guard._provider.settings import GuardSettings
from tests.factories import WAREHOUSE, make_resource_server
from tests.flows.test_deny_list import press_switch
from tests.guard.conftest import bearing
from tests.policies import PERMIT_ALL, put_in_force
from tests.relying_party import RelyingParty

SCOPE = "openid profile email roles offline_access"
CLOSED = '@id("closed") forbid (principal, action, resource);'
PERMIT, DENIED = (200, ""), (403, "access_denied")


class Line:
    """The way to the provider, which can be cut; counts what is answered."""

    def __init__(self) -> None:
        self.is_cut = False
        self.statuses: list[int] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.is_cut:
            raise httpx.ConnectError("cut", request=request)
        names = {"Authorization": "HTTP_AUTHORIZATION", "If-None-Match": "HTTP_IF_NONE_MATCH"}
        headers: dict[str, Any] = {
            name: request.headers[sent] for sent, name in names.items() if sent in request.headers
        }
        response = Browser().get(request.url.path, **headers)
        self.statuses.append(response.status_code)
        etag = {"ETag": response["ETag"]} if response.has_header("ETag") else {}
        return httpx.Response(response.status_code, content=response.content, headers=etag)


class Follower:
    """A resource server whose guard follows the provider when it is told to."""

    def __init__(self, guard: Guard, line: Line) -> None:
        assert isinstance(guard.policy, PolicyFeed)
        self.guard, self.feed, self.line = guard, guard.policy, line

    def told(self, token: str) -> tuple[int, str]:
        try:
            principal = self.guard.authenticate(bearing(token))
            self.guard.decide(principal, "GET", endpoint("/payments"))
        except RefusedError as error:
            return error.challenge.status, error.challenge.error
        return PERMIT


@pytest.fixture
def follower(_provider: None) -> Iterator[Follower]:
    client, secret = make_resource_server()
    settings = GuardSettings(
        issuer=conf.current().issuer,
        resource=client.resource_server,
        client_id=client.client_id,
        client_secret=secret or "",
        policy=True,
        policy_interval=300,
        revocations_interval=300,
        keys_pause=0,
    )
    line = Line()
    guard = Guard(settings, http=httpx.Client(transport=httpx.MockTransport(line)))
    yield Follower(guard, line)
    guard.close()


@pytest.fixture
def token(follower: Follower, rp: RelyingParty, person: User) -> str:
    rp.client.resources = [WAREHOUSE]
    rp.client.save()
    found: str = rp.obtain_tokens(person, scope=SCOPE, resource=WAREHOUSE)["access_token"]
    return found


def test_what_is_in_force_here_decides_there(follower: Follower, token: str) -> None:
    put_in_force(WAREHOUSE, PERMIT_ALL)
    assert follower.told(token) == PERMIT

    put_in_force(WAREHOUSE, CLOSED)
    follower.feed.refresh()

    assert follower.told(token) == DENIED


def test_without_a_policy_here_nothing_is_permitted_there(follower: Follower, token: str) -> None:
    assert follower.told(token) == (503, "temporarily_unavailable")
    assert 404 in follower.line.statuses


def test_an_unchanged_policy_is_not_sent_again(follower: Follower, token: str) -> None:
    put_in_force(WAREHOUSE, PERMIT_ALL)
    follower.told(token)

    follower.feed.refresh()

    assert follower.line.statuses[-1] == 304
    assert follower.told(token) == PERMIT


def test_a_bundle_signed_by_a_new_key_is_followed(follower: Follower, token: str) -> None:
    put_in_force(WAREHOUSE, PERMIT_ALL)
    follower.told(token)
    rotate_due_keys(force=True)
    put_in_force(WAREHOUSE, CLOSED)

    follower.feed.refresh()

    assert follower.told(token) == DENIED


def test_what_was_taken_back_is_known_from_the_last_bundle_alone(
    follower: Follower, token: str, rp: RelyingParty
) -> None:
    put_in_force(WAREHOUSE, PERMIT_ALL)
    assert follower.told(token) == PERMIT
    assert press_switch(rp, "email").status_code == 302

    follower.feed.refresh()
    follower.line.is_cut = True

    assert follower.told(token) == (401, "invalid_token")
