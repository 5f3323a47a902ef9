"""grant_management_action and grant_id: what is refused before anybody is asked."""

from typing import Any

import pytest

from consent.grants.services import revoke_grant
from consent.models import Grant
from foundation.directory.models import User
from tests.assertions import assert_redirected_error, assert_sent_to_sign_in
from tests.factories import make_public_client
from tests.relying_party import RelyingParty
from tests.specs.grant_management.conftest import Manager, standing

ID = "3f0c7e8a-52c4-4c39-9a53-0d6a6b1f7c11"


@pytest.mark.spec("Grant Management", "5.4")
@pytest.mark.parametrize(
    "parameters",
    [
        {"grant_management_action": "update", "grant_id": ID},
        {"grant_management_action": "CREATE"},
        {"grant_management_action": "query"},
        {"grant_management_action": "create merge"},
        {"grant_management_action": "create", "grant_id": ID},
        {"grant_management_action": "merge"},
        {"grant_management_action": "replace"},
        {"grant_id": ID},
        {"grant_management_action": ["create", "merge"]},
        {"grant_management_action": "merge", "grant_id": [ID, ID]},
    ],
    ids=str,
)
def test_nonsense_is_an_invalid_request(manager: Manager, parameters: dict[str, Any]) -> None:
    assert_redirected_error(manager.authorize(**parameters), "invalid_request")


@pytest.mark.spec("Grant Management", "5.4")
@pytest.mark.parametrize("grant_id", ["x", "None", "0", ID.upper(), ID.replace("-", ""), f"{ID} "])
def test_what_no_grant_can_be_called_is_an_invalid_grant_id(
    manager: Manager, grant_id: str
) -> None:
    assert_redirected_error(manager.change("merge", grant_id), "invalid_grant_id")


@pytest.mark.spec("Grant Management", "5.1")
@pytest.mark.parametrize("action", ["create", "merge", "replace"])
def test_public_client_cannot_manage_grants(provider: None, action: str) -> None:
    rp = RelyingParty(make_public_client(), None)
    named = {} if action == "create" else {"grant_id": ID}

    response = rp.authorize(grant_management_action=action, **named)

    assert_redirected_error(response, "unauthorized_client")


@pytest.mark.spec("Grant Management", "5.4")
def test_nothing_is_said_of_a_grant_before_the_person_is_known(
    manager: Manager, person: User
) -> None:
    assert_sent_to_sign_in(manager.change("merge", ID))


@pytest.mark.spec("Grant Management", "5.4")
@pytest.mark.parametrize("action", ["merge", "replace"])
@pytest.mark.parametrize("prompt", [None, "none", "consent"])
def test_grant_that_does_not_exist_is_refused(
    manager: Manager, person: User, action: str, prompt: str | None
) -> None:
    manager.sign_in(person)

    response = manager.follow(manager.change(action, ID, prompt=prompt))

    # In silence nobody without a grant learns that somebody is here.
    expected = "login_required" if prompt == "none" else "invalid_grant_id"
    assert_redirected_error(response, expected)


@pytest.mark.spec("Grant Management", "5.4")
@pytest.mark.parametrize("action", ["merge", "replace"])
def test_grant_of_another_client_is_refused(
    manager: Manager, other_manager: Manager, person: User, action: str
) -> None:
    theirs = other_manager.create(person)["grant_id"]
    manager.sign_in(person)
    before = standing(theirs).scopes

    response = manager.change(action, theirs, scope="openid")

    assert_redirected_error(response, "invalid_grant_id")
    assert standing(theirs).scopes == before


@pytest.mark.spec("Grant Management", "5.4")
@pytest.mark.parametrize("action", ["merge", "replace"])
def test_grant_of_another_person_is_refused(
    manager: Manager, person: User, other_person: User, action: str
) -> None:
    hers = manager.create(person)["grant_id"]
    manager.browser.logout()
    manager.sign_in(other_person)
    before = standing(hers).scopes

    response = manager.change(action, hers, scope="openid")

    assert_redirected_error(response, "invalid_grant_id")
    assert standing(hers).scopes == before


@pytest.mark.spec("Grant Management", "5.4")
@pytest.mark.parametrize("action", ["merge", "replace"])
def test_revoked_grant_is_refused(manager: Manager, person: User, action: str) -> None:
    grant_id = manager.create(person)["grant_id"]
    revoke_grant(Grant.objects.get(pk=grant_id))

    response = manager.change(action, grant_id)

    assert_redirected_error(response, "invalid_grant_id")


@pytest.mark.spec("Grant Management", "5.4")
def test_refusals_do_not_tell_why(manager: Manager, other_manager: Manager, person: User) -> None:
    theirs = other_manager.create(person)["grant_id"]
    gone = manager.create(person)["grant_id"]
    revoke_grant(Grant.objects.get(pk=gone))

    answers = {manager.change("merge", name)["Location"] for name in (theirs, gone, ID, "x")}

    assert len(answers) == 1


@pytest.mark.spec("Grant Management", "6.1")
def test_scope_for_clients_is_never_asked_of_a_person(manager: Manager, person: User) -> None:
    tokens = manager.create(person, scope="openid email grant_management_revoke")

    assert tokens["scope"] == "openid email"
    assert set(standing(tokens["grant_id"]).scopes) == {"openid", "email"}


@pytest.mark.spec("Grant Management", "6.1")
def test_a_request_for_nothing_but_scopes_for_clients_is_refused(manager: Manager) -> None:
    response = manager.authorize(scope="grant_management_query grant_management_revoke")

    assert_redirected_error(response, "invalid_scope")
