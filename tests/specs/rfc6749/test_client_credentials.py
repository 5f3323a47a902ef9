"""client_credentials: a client acts for itself, and never for a person."""

import pytest

from foundation.base import conf
from tests.assertions import assert_bearer_error, assert_oauth_error
from tests.factories import WAREHOUSE, make_machine, make_public_client, make_resource_server
from tests.jwt import verified
from tests.relying_party import RelyingParty


@pytest.fixture
def machine(provider: None) -> RelyingParty:
    make_resource_server(scopes=["query"])
    return RelyingParty(*make_machine(scope="query", resources=(WAREHOUSE,)))


@pytest.mark.spec("RFC 6749", "4.4.3")
def test_client_gets_a_token_of_its_own(machine: RelyingParty) -> None:
    answer = machine.client_credentials().json()

    payload = verified(answer["access_token"])
    assert payload["sub"] == payload["client_id"] == machine.client.client_id
    assert payload["scope"] == answer["scope"] == "query"


@pytest.mark.spec("RFC 6749", "4.4.3")
def test_client_credentials_give_no_refresh_token_and_no_id_token(machine: RelyingParty) -> None:
    answer = machine.client_credentials().json()

    assert set(answer) == {"access_token", "token_type", "expires_in", "scope"}


@pytest.mark.spec("RFC 6749", "4.4.2", hole=22)
@pytest.mark.parametrize("scope", ["openid", "offline_access", "profile", "email", "query openid"])
def test_scope_about_a_person_is_refused_without_a_person(
    machine: RelyingParty, scope: str
) -> None:
    machine.client.scope = "query openid offline_access profile email"
    machine.client.save()

    response = machine.client_credentials(scope=scope)

    assert_oauth_error(response, "invalid_scope")


@pytest.mark.spec("RFC 6749", "4.4.2")
def test_scopes_about_people_are_left_out_of_the_default(machine: RelyingParty) -> None:
    machine.client.scope = "openid profile query"
    machine.client.save()

    answer = machine.client_credentials().json()

    assert answer["scope"] == "query"


@pytest.mark.spec("RFC 6749", "4.4.2")
def test_scope_of_another_client_is_refused(machine: RelyingParty) -> None:
    response = machine.client_credentials(scope="query clearance")

    assert_oauth_error(response, "invalid_scope")


@pytest.mark.spec("RFC 6749", "4.4")
def test_public_client_cannot_use_client_credentials(provider: None) -> None:
    client = make_public_client()
    client.grant_types = ["client_credentials"]
    client.save()

    response = RelyingParty(client, None).client_credentials()

    assert_oauth_error(response, "unauthorized_client")


@pytest.mark.spec("RFC 6749", "4.4")
def test_inactive_client_gets_no_token(machine: RelyingParty) -> None:
    machine.client.is_active = False
    machine.client.save()

    response = machine.client_credentials()

    assert_oauth_error(response, "invalid_client", status=401)


def test_token_of_a_client_is_for_its_first_resource_server(machine: RelyingParty) -> None:
    make_resource_server(audience="https://archive.example")
    machine.client.resources = [WAREHOUSE, "https://archive.example"]
    machine.client.save()

    answer = machine.client_credentials().json()

    assert verified(answer["access_token"])["aud"] == WAREHOUSE


@pytest.mark.spec("RFC 8707", "2.2")
def test_token_of_a_client_can_be_for_a_resource_it_names(machine: RelyingParty) -> None:
    answer = machine.client_credentials(resource=conf.current().issuer).json()

    assert verified(answer["access_token"])["aud"] == conf.current().issuer


@pytest.mark.spec("RFC 8707", "2.2")
@pytest.mark.parametrize("resource", ["https://other.example", "warehouse", f"{WAREHOUSE}/x", "ü"])
def test_resource_for_which_the_client_is_not_registered_is_refused(
    machine: RelyingParty, resource: str
) -> None:
    response = machine.client_credentials(resource=resource)

    assert_oauth_error(response, "invalid_target")


@pytest.mark.spec("OIDC Core", "5.3.1")
def test_token_of_a_client_opens_no_userinfo(machine: RelyingParty) -> None:
    token = machine.client_credentials(resource=conf.current().issuer).json()["access_token"]

    response = machine.userinfo(token)

    assert_bearer_error(response, "insufficient_scope", status=403)
