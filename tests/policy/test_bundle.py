"""The signed policy bundle: whose it is, what is in it, and when it is another."""

from typing import Any

import pytest
from django.test import Client as Browser
from jwcrypto import jwk, jws

from consent.approvals.sensitive_data import Level, SensitiveData, protect
from foundation.base import conf
from foundation.base.keys.ring import key_ring
from foundation.journal import deny_list
from policy import services
from policy.models import PolicySet, PolicyVersion
from scopeward_guard.cedar import CedarPolicy, parse_document
from tests.assertions import assert_oauth_error
from tests.factories import make_resource_server
from tests.jwt import payload_of
from tests.people import make_ada
from tests.relying_party import basic

PATH = "/policy/bundle"
ALLOWING = '@id("all") permit(principal, action, resource);'


@pytest.fixture
def server(provider: None) -> tuple[str, str]:
    """A resource server's audience and its Authorization header."""
    client, secret = make_resource_server()
    return client.resource_server, basic(client.client_id, secret or "")


@pytest.fixture
def version(server: tuple[str, str]) -> PolicyVersion:
    policy_set = PolicySet.objects.create(title="Warehouse", audience=server[0])
    drafted = services.draft(policy_set, ALLOWING)
    services.activate(drafted)
    return drafted


def fetched(authorization: str, **headers: str) -> Any:
    return Browser().get(PATH, HTTP_AUTHORIZATION=authorization, **headers)


def test_a_bundle_is_signed_by_a_published_key(
    server: tuple[str, str], version: PolicyVersion
) -> None:
    bundle = fetched(server[1])
    token = jws.JWS()
    token.deserialize(bundle.content.decode())
    key = next(k for k in key_ring().jwks if k["kid"] == token.jose_header["kid"])
    token.verify(jwk.JWK(**key))
    assert bundle["Content-Type"] == "application/jose"
    assert token.jose_header["typ"] == "scopeward-policy+jwt"


def test_a_bundle_says_for_whom_and_by_which_policy(
    server: tuple[str, str], version: PolicyVersion
) -> None:
    payload = payload_of(fetched(server[1]).content.decode())
    document = parse_document(payload["document"])
    assert (payload["iss"], payload["aud"]) == (conf.current().issuer, server[0])
    assert document.policies == ALLOWING
    assert payload["revision"] == document.revision == CedarPolicy(document).document.revision
    assert payload["revocations"]["revision"] == deny_list.current().revision


def test_labels_and_owners_of_data_are_in_the_bundle(
    server: tuple[str, str], version: PolicyVersion
) -> None:
    ada = make_ada()
    data = SensitiveData(pattern="hr.pay", level=Level.CONFIDENTIAL, label="Pay", owner=ada)
    protect(server[0], "", [data])
    document = parse_document(payload_of(fetched(server[1]).content.decode())["document"])
    (label,) = document.labels
    assert (label.pattern, label.sensitivity, label.owners) == ("hr.pay", 2, (ada.subject,))


def test_who_has_the_bundle_is_told_so(server: tuple[str, str], version: PolicyVersion) -> None:
    etag = fetched(server[1])["ETag"]
    again = fetched(server[1], HTTP_IF_NONE_MATCH=etag)
    assert (again.status_code, again.content) == (304, b"")


def test_another_version_a_label_and_a_revocation_make_it_another(
    server: tuple[str, str], version: PolicyVersion
) -> None:
    etags = [fetched(server[1])["ETag"]]
    services.activate(services.draft(version.policy_set, ALLOWING + "\n"))
    etags.append(fetched(server[1])["ETag"])
    protect(server[0], "", [SensitiveData(pattern="a.b", level=Level.PUBLIC, label="b")])
    etags.append(fetched(server[1])["ETag"])
    deny_list.deny_token("some-jti")
    etags.append(fetched(server[1])["ETag"])
    assert len(set(etags)) == 4


def test_a_resource_server_gets_its_own_policy_only(provider: None, version: PolicyVersion) -> None:
    other, secret = make_resource_server(resource_server="https://other.example")
    answer = fetched(basic(other.client_id, secret or ""))
    assert (answer.status_code, answer.content) == (404, b"")


@pytest.mark.parametrize("header", ["", "Basic !", "Bearer x", basic("nobody", "nothing")])
def test_strangers_learn_nothing(version: PolicyVersion, header: str) -> None:
    assert_oauth_error(fetched(header), "invalid_client", status=401)


def test_a_bundle_is_only_read(server: tuple[str, str], version: PolicyVersion) -> None:
    answer = Browser().post(PATH, HTTP_AUTHORIZATION=server[1])
    assert answer.status_code == 405
