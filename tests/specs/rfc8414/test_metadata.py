"""Authorization server metadata: the same document at the OAuth address."""

import pytest
from django.test import Client as Browser

from foundation.directory.models.client_choices import AuthMethod

OAUTH = "/.well-known/oauth-authorization-server"


@pytest.mark.spec("RFC 8414", "3")
def test_both_addresses_say_the_same(provider: None) -> None:
    oauth = Browser().get(OAUTH)
    openid = Browser().get("/.well-known/openid-configuration")

    assert oauth.content == openid.content


@pytest.mark.spec("RFC 8414", "2")
def test_every_client_authentication_method_is_advertised(provider: None) -> None:
    document = Browser().get(OAUTH).json()

    offered = document["token_endpoint_auth_methods_supported"]
    assert sorted(offered) == sorted(AuthMethod.values)


@pytest.mark.spec("RFC 8414", "2")
def test_introspection_is_not_offered_to_public_clients(provider: None) -> None:
    document = Browser().get(OAUTH).json()

    assert "none" not in document["introspection_endpoint_auth_methods_supported"]


@pytest.mark.spec("RFC 8414", "2")
def test_grant_types_are_those_of_the_token_endpoint(provider: None) -> None:
    document = Browser().get(OAUTH).json()

    assert document["grant_types_supported"] == [
        "authorization_code", "refresh_token", "client_credentials",
        "urn:openid:params:grant-type:ciba", "urn:ietf:params:oauth:grant-type:device_code",
        "urn:ietf:params:oauth:grant-type:token-exchange",
    ]  # fmt: skip
    assert "password" not in document["grant_types_supported"]


@pytest.mark.spec("RFC 8414", "2")
def test_plain_pkce_is_not_offered(provider: None) -> None:
    document = Browser().get(OAUTH).json()

    assert document["code_challenge_methods_supported"] == ["S256"]


@pytest.mark.spec("RFC 8414", "3.1")
@pytest.mark.parametrize(
    "path", [f"{OAUTH}/tenant", "/.well-known/oauth-authorization", f"{OAUTH}/"]
)
def test_other_addresses_have_no_metadata(provider: None, path: str) -> None:
    response = Browser().get(path)

    assert response.status_code == 404
