"""openid-client, a certified relying party library, gets through everything the provider offers.

It checks by itself whatever a relying party has to check: issuer, `iss`, `state`, `nonce`, the
signature and times of ID tokens, the subject of userinfo.
"""

from typing import Any

import pytest

from tests.interop.conftest import RESOURCE

pytestmark = pytest.mark.node
GRANTED = {"openid", "profile", "email", "roles", "offline_access"}


@pytest.fixture
def found(life: Any) -> Any:
    return life["found"]


@pytest.mark.spec("OIDC Discovery", "4.3")
def test_the_provider_is_discovered(life):
    assert life["found"]["issuer"] == life["issuer"]


@pytest.mark.spec("OIDC Core", "3.1.3.7")
def test_the_id_token_is_accepted(life):
    claims = life["found"]["id_token"]

    assert claims["iss"] == life["issuer"]
    assert claims["amr"] == ["pwd"]
    assert claims["exp"] > claims["iat"] >= claims["auth_time"]


@pytest.mark.spec("RFC 6749", "3.3")
def test_withheld_scope_is_missing_from_everything(found):
    assert "phone" in found["asked"]
    assert set(found["scope"]) == GRANTED
    assert "phone_number" not in found["userinfo"]


@pytest.mark.spec("OIDC Core", "5.3.2")
def test_userinfo_is_about_the_person_who_signed_in(found):
    userinfo = found["userinfo"]

    assert userinfo["sub"] == found["id_token"]["sub"]
    assert userinfo["given_name"] == "Mary"
    assert userinfo["email"] == "mary@example.com"
    assert userinfo["roles"] == ["analyst"]


@pytest.mark.spec("OIDC Core", "3.1.2.1", module="oidcc-prompt-none-logged-in")
def test_second_visit_needs_no_page(found):
    assert found["silent_subject"] == found["id_token"]["sub"]


@pytest.mark.spec("RFC 6749", "6", module="oidcc-refresh-token")
def test_refresh_token_is_exchanged_and_rotated(found):
    assert found["refreshed"]["rotated"] is True
    assert set(found["refreshed"]["scope"]) == GRANTED


@pytest.mark.spec("RFC 7662", "2.2")
def test_resource_server_introspects_its_token(found):
    introspection = found["introspection"]

    assert introspection["active"] is True
    assert introspection["aud"] == RESOURCE
    assert introspection["sub"] == found["id_token"]["sub"]
    assert set(introspection["scope"].split()) == GRANTED


@pytest.mark.spec("RFC 7009", "2.1")
def test_revoking_the_refresh_token_ends_its_access_tokens(found):
    assert found["after_revocation"] == {"active": False}
    assert found["refresh_after_revocation"] == "invalid_grant"


@pytest.mark.spec("OIDC RP-Initiated Logout", "3", module="oidcc-rp-initiated-logout")
def test_logout_returns_to_the_relying_party_with_its_state(found):
    assert found["logout"] == {"state": "bye"}


@pytest.mark.spec("OIDC Core", "3.1.2.6", module="oidcc-prompt-none-not-logged-in")
def test_after_logout_a_silent_request_needs_a_login(found):
    assert found["silent_after_logout"] == "login_required"
