"""Tokens: who is let in, and whom they see (RFC 7644 §2)."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from foundation.directory.models import User
from idp.models import ScimConnection, ScimToken, Touches
from idp.scim.tokens import revoke
from tests.scim.calling import GROUP, PATCH, USER, Caller, connect

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
EVERYWHERE = [
    "/scim/v2",
    "/scim/v2/",
    "/scim/v2/Users/1",
    "/scim/v2/Groups/1",
    "/scim/v2/Schemas/1",
    "/scim/v2/ResourceTypes/1",
    "/scim/v2/ServiceProviderConfig",
]


@pytest.mark.spec("RFC 6750", "3")
@pytest.mark.parametrize("path", EVERYWHERE)
@pytest.mark.parametrize("secret", ["", "scim_", "scim_wrong", "a\x7f"])
def test_nobody_is_let_in_without_a_token(scim: Caller, path: str, secret: str) -> None:
    scim.secret = secret
    answer = scim.call("GET", path.removeprefix("/scim/v2"))
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.body["status"] == "401"


def expire(scim: Caller) -> None:
    ScimToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def take_back(scim: Caller) -> None:
    assert revoke(scim.token)
    assert not revoke(scim.token)


def switch_off(scim: Caller) -> None:
    ScimConnection.objects.update(is_active=False)


@pytest.mark.parametrize("end", [expire, take_back, switch_off])
def test_a_token_that_has_ended_lets_nobody_in(scim: Caller, end: Any) -> None:
    assert scim.call("GET", "/Users").status == 200
    end(scim)
    assert scim.call("GET", "/Users").status == 401


def test_only_the_digest_of_a_token_is_kept_and_when_it_was_used(scim: Caller) -> None:
    scim.call("GET", "/Users")
    row = ScimToken.objects.values().get()
    assert scim.secret not in str(row)
    assert row["last_used_at"] is not None


CALLS = [
    ("GET", "/Users", None, "users", Touches.READS),
    ("POST", "/Users", {"schemas": [USER], "userName": "ada"}, "users", Touches.WRITES),
    ("POST", "/Users/.search", {}, "users", Touches.READS),
    ("GET", "/Groups", None, "groups", Touches.READS),
    ("POST", "/Groups", {"schemas": [GROUP], "displayName": "a"}, "groups", Touches.WRITES),
]


@pytest.mark.spec("RFC 7644", "3.12")
@pytest.mark.parametrize(("method", "path", "body", "kind", "needed"), CALLS)
def test_a_token_does_what_it_was_made_for_only(
    db: None, method: str, path: str, body: Any, kind: str, needed: str
) -> None:
    for touches in Touches.values:
        allowed = {"users": Touches.WRITES, "groups": Touches.WRITES, kind: touches}
        answer = connect(f"HR {touches}", **allowed).call(method, path, body or {"x": 1})
        enough = touches in {Touches.WRITES, needed}
        assert (answer.status == 403) is not enough, (touches, answer.body)


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("kind", ["Users", "Groups"])
def test_what_another_connection_made_is_not_there(scim: Caller, method: str, kind: str) -> None:
    made = scim.make() if kind == "Users" else scim.make_group()
    before = scim.call("GET", f"/{kind}/{made['id']}").body
    body = {
        "PUT": {
            "schemas": [USER if kind == "Users" else GROUP],
            "userName": "x",
            "displayName": "x",
        },
        "PATCH": {"schemas": [PATCH], "Operations": [{"op": "remove", "path": "externalId"}]},
    }
    other = connect("Okta")
    answer = other.call(method, f"/{kind}/{made['id']}", body.get(method))
    nowhere = other.call(method, f"/{kind}/00000000-0000-4000-8000-000000000000", body.get(method))
    assert answer.status == nowhere.status == 404
    assert other.call("GET", f"/{kind}").body["totalResults"] == 0
    assert scim.call("GET", f"/{kind}/{made['id']}").body == before


def test_people_of_here_and_of_others_become_no_members(scim: Caller) -> None:
    theirs = connect("Okta").make("grace@example.com")
    ours = User.objects.create(username="local")
    group = scim.make_group()
    for key in (theirs["id"], str(ours.pk), group["id"], "7"):
        operation = {"op": "add", "path": "members", "value": [{"value": key}]}
        answer = scim.patch(f"/Groups/{group['id']}", operation)
        assert (answer.status, answer.scim_type) == (400, "invalidValue")
        said = {"schemas": [GROUP], "displayName": "Others", "members": [{"value": key}]}
        assert scim.call("POST", "/Groups", said).status == 400
    assert scim.call("GET", "/Groups").body["totalResults"] == 1


def test_a_name_of_another_connection_is_taken_and_says_nothing_more(scim: Caller) -> None:
    scim.make()
    scim.make_group("Analysts")
    other = connect("Okta")
    person = other.call("POST", "/Users", {"schemas": [USER], "userName": "ADA@example.com"})
    group = other.call("POST", "/Groups", {"schemas": [GROUP], "displayName": "analysts"})
    assert {person.status, group.status} == {409}
    assert "Entra" not in str([person.body, group.body])
