"""The grant endpoint: who may read or give back which grant."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client as Browser

from claims.catalogue.models import Scope
from consent.models import Grant
from foundation.base import conf
from foundation.directory.models import User
from foundation.journal.models import Act
from tests.assertions import assert_bearer_error, assert_oauth_error
from tests.factories import WAREHOUSE, make_resource_server
from tests.jwt import verified
from tests.specs.grant_management.conftest import API, Manager, make_manager

METADATA = "/.well-known/openid-configuration"


@pytest.mark.spec("Grant Management", "5.5")
def test_grant_id_is_random(manager: Manager, person: User) -> None:
    """Nobody guesses it, and nothing of the person is in it (§9)."""
    ids = [UUID(manager.create(person)["grant_id"]) for _ in range(2)]

    assert [grant_id.version for grant_id in ids] == [4, 4]
    assert ids[0] != ids[1]


@pytest.mark.spec("Grant Management", "6.4")
def test_client_reads_what_a_grant_holds(provider: None, person: User) -> None:
    make_resource_server(scopes=["query"])
    manager = make_manager(scope=f"openid email query roles {API}")
    tokens = manager.create(person, scope="openid email query roles", allow={"email", "query"})

    answer = manager.at_grant("get", tokens["grant_id"])

    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    document = answer.json()
    assert sorted(document["scopes"], key=str) == sorted(
        [
            {"scope": "openid email", "resource": []},
            {"scope": "query", "resource": [WAREHOUSE]},
        ],
        key=str,
    )
    assert document["claims"] == ["email", "email_verified"]
    assert document["authorization_details"] == []
    assert document["created_at"].endswith("Z")
    assert document["last_updated_at"] >= document["created_at"]
    assert set(document) == {
        "scopes", "claims", "authorization_details",
        "created_at", "last_updated_at", "expires_at",
    }  # fmt: skip


@pytest.mark.spec("Grant Management", "6.4")
def test_nothing_is_said_of_what_has_ended_or_was_left_out(manager: Manager, person: User) -> None:
    grant_id = manager.create(person, scope="openid profile email")["grant_id"]
    Grant.objects.update(
        scopes={"profile": 2_000_000_000, "email": 1}, withheld_claims={"profile": ["name"]}
    )

    document = manager.at_grant("get", grant_id).json()

    assert document["scopes"] == [{"scope": "profile", "resource": []}]
    assert "name" not in document["claims"]
    assert "email" not in document["claims"]
    assert document["expires_at"] == "2033-05-18T03:33:20Z"


@pytest.mark.spec("Grant Management", "6.5")
def test_client_gives_a_grant_back(manager: Manager, person: User) -> None:
    tokens, other = (manager.create(person, scope="openid offline_access") for _ in range(2))

    response = manager.at_grant("delete", tokens["grant_id"])

    assert (response.status_code, response.content) == (204, b"")
    assert manager.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert manager.userinfo(tokens["access_token"]).status_code == 401
    assert manager.refresh(other["refresh_token"]).status_code == 200


@pytest.mark.spec("Grant Management", "6.5")
def test_the_history_says_who_gave_it_back(manager: Manager, person: User) -> None:
    grant_id = manager.create(person, scope="openid email")["grant_id"]

    manager.at_grant("delete", grant_id)

    act = Act.objects.select_related("personal").get(kind="revoked")
    assert (act.actor, str(act.grant_id), act.scope) == ("client", grant_id, "email openid")
    assert (act.personal.person_id, act.personal.address) == (person.pk, "")
    page = manager.browser.get("/account/history/").content.decode()
    assert "Example gave back: E-mail address, Sign-in." in page


@pytest.mark.spec("Grant Management", "6.6")
@pytest.mark.parametrize("method", ["get", "delete"])
def test_whatever_is_not_a_standing_grant_of_the_client_looks_the_same(
    manager: Manager, other_manager: Manager, person: User, method: str
) -> None:
    theirs = other_manager.create(person)["grant_id"]
    gone = manager.create(person)["grant_id"]
    manager.at_grant("delete", gone)

    names = (theirs, gone, str(uuid4()), "x", "", theirs.upper(), f"{{{gone}}}", "%00")
    answers = [manager.at_grant(method, name) for name in names]

    for answer in answers:
        assert_oauth_error(answer, "invalid_grant_id", status=404)
    assert len({answer.content for answer in answers}) == 1
    assert Grant.objects.get(pk=theirs).revoked_at is None


@pytest.mark.spec("Grant Management", "6.6")
@pytest.mark.parametrize("method", ["get", "delete"])
@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer x", "Basic eDp5", "Bearer a.b.c"])
def test_request_without_a_good_token_is_unauthorized(
    manager: Manager, person: User, method: str, header: str | None
) -> None:
    grant_id = manager.create(person)["grant_id"]
    extra: Any = {} if header is None else {"HTTP_AUTHORIZATION": header}

    response = getattr(Browser(), method)(f"/grants/{grant_id}", **extra)

    assert_bearer_error(response, "invalid_token", status=401)
    assert Grant.objects.get().revoked_at is None


@pytest.mark.spec("Grant Management", "6.6")
@pytest.mark.parametrize(
    ("method", "other"),
    [("get", "grant_management_revoke"), ("delete", "grant_management_query")],
)
def test_each_method_needs_its_own_scope(
    manager: Manager, person: User, method: str, other: str
) -> None:
    grant_id = manager.create(person)["grant_id"]

    response = manager.at_grant(method, grant_id, manager.own_token(other))

    assert_bearer_error(response, "insufficient_scope", status=403)
    needed = "query" if method == "get" else "revoke"
    assert f'scope="grant_management_{needed}"' in response["WWW-Authenticate"]


@pytest.mark.spec("Grant Management", "6.1")
@pytest.mark.parametrize("method", ["get", "delete"])
def test_token_of_a_person_opens_no_grant(manager: Manager, person: User, method: str) -> None:
    """Not even when an administrator lets people grant the scopes."""
    for scope in Scope.objects.filter(name__in=API.split()):
        scope.policy = "optional"
        scope.save()
    tokens = manager.create(person)
    assert set(API.split()) <= set(tokens["scope"].split())

    response = manager.at_grant(method, tokens["grant_id"], tokens["access_token"])

    assert_bearer_error(response, "insufficient_scope", status=403)
    assert Grant.objects.get().revoked_at is None


@pytest.mark.spec("Grant Management", "6.1")
def test_scope_taken_from_the_client_counts_at_once(manager: Manager, person: User) -> None:
    grant_id, token = manager.create(person)["grant_id"], manager.own_token()
    manager.client.scope = "openid"
    manager.client.save()

    response = manager.at_grant("get", grant_id, token)

    assert_bearer_error(response, "invalid_token", status=401)


@pytest.mark.spec("Grant Management", "6.1")
def test_client_without_the_scopes_cannot_get_them(manager: Manager) -> None:
    manager.client.scope = "openid email"
    manager.client.save()

    assert_oauth_error(manager.client_credentials(scope=API), "invalid_scope")


@pytest.mark.spec("RFC 8707", "2.2")
def test_the_scopes_are_in_no_token_for_another_resource_server(provider: None) -> None:
    make_resource_server(scopes=["query"])
    manager = make_manager(scope=f"query {API}", resources=(WAREHOUSE,))

    everything = verified(manager.client_credentials().json()["access_token"])
    named = manager.client_credentials(scope=API, resource=WAREHOUSE).json()
    own = verified(manager.own_token())

    assert (everything["aud"], everything["scope"]) == (WAREHOUSE, "query")
    assert named["scope"] == ""
    assert (own["aud"], own["scope"]) == (conf.current().issuer, API)


@pytest.mark.spec("Grant Management", "6.3")
@pytest.mark.parametrize("method", ["post", "put", "patch", "head"])
def test_other_methods_do_nothing(manager: Manager, person: User, method: str) -> None:
    grant_id = manager.create(person)["grant_id"]

    response = manager.at_grant(method, grant_id)

    assert response.status_code == 405
    assert response["Allow"] == "GET, DELETE"


@pytest.mark.spec("Grant Management", "7.1")
def test_metadata_says_what_can_be_done(provider: None) -> None:
    document = Browser().get(METADATA).json()

    assert document["grant_management_endpoint"] == f"{conf.current().issuer}/grants"
    assert sorted(document["grant_management_actions_supported"]) == [
        "create", "merge", "query", "replace", "revoke",
    ]  # fmt: skip
    assert document["grant_management_action_required"] is False


@pytest.mark.spec("Grant Management", "5.5")
def test_grant_id_is_in_token_responses_about_people_only(manager: Manager, person: User) -> None:
    tokens = manager.obtain_tokens(person)

    refreshed = manager.refresh(tokens["refresh_token"]).json()

    assert tokens["grant_id"] == refreshed["grant_id"] == str(Grant.objects.get().pk)
    assert "grant_id" not in manager.client_credentials(scope=API).json()
