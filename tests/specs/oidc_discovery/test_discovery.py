"""The discovery document: complete, true, cacheable."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client as Browser

from claims.catalogue.models import Scope
from foundation.base import conf
from foundation.directory.models import User
from tests.relying_party import RelyingParty

DOCUMENT = "/.well-known/openid-configuration"


@pytest.fixture
def document(provider: None) -> dict[str, Any]:
    return dict(Browser().get(DOCUMENT).json())


@pytest.mark.spec("OIDC Discovery", "3")
def test_document_has_the_values_that_every_provider_has(document: dict[str, Any]) -> None:
    algorithms = document["id_token_signing_alg_values_supported"]

    assert "RS256" in algorithms
    assert "none" not in algorithms
    assert "openid" in document["scopes_supported"]
    assert document["subject_types_supported"] == ["public"]
    assert document["authorization_response_iss_parameter_supported"] is True


@pytest.mark.spec("RFC 6749", "3.1")
def test_no_endpoint_has_a_fragment(document: dict[str, Any]) -> None:
    addresses = [value for name, value in document.items() if name.endswith(("_endpoint", "_uri"))]

    assert addresses
    assert not [address for address in addresses if "#" in address or "?" in address]


@pytest.mark.spec("OIDC Discovery", "4.2")
def test_no_member_of_the_document_is_empty(document: dict[str, Any]) -> None:
    assert not [name for name, value in document.items() if value in (None, "", [], {})]


@pytest.mark.spec("OIDC Discovery", "3", module="oidcc-discovery-endpoint-verification", hole=20)
@pytest.mark.parametrize(
    "member",
    [
        "issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri",
        "introspection_endpoint", "revocation_endpoint", "end_session_endpoint",
        "scopes_supported", "response_types_supported", "response_modes_supported",
        "grant_types_supported", "acr_values_supported", "subject_types_supported",
        "id_token_signing_alg_values_supported", "token_endpoint_auth_methods_supported",
        "claim_types_supported", "claims_supported", "ui_locales_supported",
        "claims_parameter_supported", "request_parameter_supported",
        "request_uri_parameter_supported", "code_challenge_methods_supported",
        "authorization_response_iss_parameter_supported", "prompt_values_supported",
    ],
)  # fmt: skip
def test_document_has_the_member(document: dict[str, Any], member: str) -> None:
    assert member in document
    assert document[member] not in ("", [], None)


@pytest.mark.spec("OIDC Discovery", "4.3")
def test_issuer_is_the_configured_one_whatever_the_host_header(provider: None) -> None:
    answer = Browser().get(DOCUMENT, HTTP_HOST="evil.example", HTTP_X_FORWARDED_HOST="evil.example")

    assert answer.json()["issuer"] == conf.current().issuer
    assert "evil" not in answer.content.decode()


@pytest.mark.spec("OIDC Discovery", "3", module="oidcc-discovery-endpoint-verification")
def test_every_advertised_endpoint_answers(document: dict[str, Any]) -> None:
    issuer = conf.current().issuer
    addresses = {
        name: value
        for name, value in document.items()
        if name.endswith("_endpoint") or name == "jwks_uri"
    }

    statuses = {
        name: Browser().post(urlsplit(address).path, {}).status_code
        for name, address in addresses.items()
        if address.startswith(f"{issuer}/")
    }

    assert statuses.keys() == addresses.keys()
    assert not {404, 500, 301, 302, 403} & set(statuses.values()), statuses


@pytest.mark.spec("OIDC Discovery", "3", hole=5)
def test_request_objects_are_said_to_be_unsupported(document: dict[str, Any]) -> None:
    assert document["request_parameter_supported"] is False
    assert document["request_uri_parameter_supported"] is False


@pytest.mark.spec("OIDC Discovery", "3")
def test_only_the_code_response_type_is_offered(document: dict[str, Any]) -> None:
    assert document["response_types_supported"] == ["code"]
    assert document["response_modes_supported"] == ["query", "form_post"]
    assert "none" not in document["id_token_signing_alg_values_supported"]


@pytest.mark.spec("OIDC Discovery", "3", hole=20)
def test_claims_that_are_released_are_advertised(
    document: dict[str, Any], rp: RelyingParty, person: User
) -> None:
    tokens = rp.obtain_tokens(person)

    released = rp.userinfo(tokens["access_token"]).json()

    assert released.keys() <= set(document["claims_supported"])


@pytest.mark.spec("OIDC Discovery", "3")
def test_scope_that_is_switched_off_is_not_advertised(provider: None) -> None:
    scope = Scope.objects.get(name="phone")
    scope.is_active = False
    scope.save()

    document = Browser().get(DOCUMENT).json()

    assert "phone" not in document["scopes_supported"]
    assert "openid" in document["scopes_supported"]


@pytest.mark.spec("OIDC Discovery", "4.2")
def test_document_is_json_that_anybody_may_read_and_keep(provider: None) -> None:
    response = Browser().get(DOCUMENT)

    assert response["Content-Type"] == "application/json"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "max-age" in response["Cache-Control"]
    assert not response.cookies


@pytest.mark.spec("RFC 9110", "13.1.2")
def test_whoever_has_the_document_is_told_that_nothing_changed(provider: None) -> None:
    etag = Browser().get(DOCUMENT)["ETag"]

    same = Browser().get(DOCUMENT, HTTP_IF_NONE_MATCH=etag)
    other = Browser().get(DOCUMENT, HTTP_IF_NONE_MATCH='"other"')

    assert (same.status_code, same.content, same["ETag"]) == (304, b"", etag)
    assert other.status_code == 200


@pytest.mark.spec("OIDC Discovery", "4.1")
@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_document_is_only_read(provider: None, method: str) -> None:
    response = getattr(Browser(), method)(DOCUMENT)

    assert response.status_code == 405


@pytest.mark.spec(
    "OIDC RP-Initiated Logout",
    "2.1",
    module="oidcc-rp-initiated-logout-discovery-endpoint-verification",
)
def test_logout_endpoint_is_advertised(document: dict[str, Any]) -> None:
    assert document["end_session_endpoint"] == f"{conf.current().issuer}/logout"


@pytest.mark.spec("OIDC Discovery", "3")
def test_what_does_not_exist_is_not_advertised(document: dict[str, Any]) -> None:
    absent = {
        "registration_endpoint",
        "check_session_iframe", "backchannel_logout_supported", "frontchannel_logout_supported",
        "tls_client_certificate_bound_access_tokens",
    }  # fmt: skip

    assert absent.isdisjoint(document)
