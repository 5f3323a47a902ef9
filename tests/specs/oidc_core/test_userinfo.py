"""Userinfo: what the granted scopes release, to whoever holds the access token."""

from uuid import UUID

import pytest
from django.test import Client as Browser

from foundation.directory.models import User
from tests.assertions import assert_bearer_error
from tests.factories import WAREHOUSE, make_relying_party, make_resource_server
from tests.jwt import payload_of
from tests.relying_party import FORM, RelyingParty

PROFILE = {"name", "given_name", "family_name", "preferred_username", "updated_at"}


@pytest.mark.spec("OIDC Core", "5.3.1", module="oidcc-userinfo-get", hole=8)
def test_userinfo_answers_a_get_request(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person)

    response = rp.userinfo(tokens["access_token"])

    assert response["Content-Type"] == "application/json"
    assert response.json()["sub"] == person.subject


@pytest.mark.spec("OIDC Core", "5.3.1", module="oidcc-userinfo-post-header")
def test_userinfo_answers_a_post_with_the_token_in_the_header(
    rp: RelyingParty, person: User
) -> None:
    header = f"Bearer {rp.obtain_tokens(person)['access_token']}"

    response = Browser().post("/userinfo", b"", content_type=FORM, HTTP_AUTHORIZATION=header)

    assert response.json()["sub"] == person.subject


@pytest.mark.spec("OIDC Core", "5.3.1", module="oidcc-userinfo-post-body")
def test_userinfo_answers_a_post_with_the_token_in_the_form(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person)

    response = rp.post("/userinfo", {"access_token": tokens["access_token"]}, authorization="")

    assert response.json()["sub"] == person.subject


@pytest.mark.spec("OIDC Core", "5.4", module="oidcc-scope-profile")
def test_scope_profile_releases_the_profile(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person, scope="openid profile")

    assert set(rp.userinfo(tokens["access_token"]).json()) == {"sub"} | PROFILE


@pytest.mark.spec("OIDC Core", "5.4", module="oidcc-scope-email")
def test_scope_email_releases_the_address_and_whether_it_is_verified(
    rp: RelyingParty, person: User
) -> None:
    tokens = rp.obtain_tokens(person, scope="openid email")

    assert rp.userinfo(tokens["access_token"]).json() == {
        "sub": person.subject,
        "email": "ada@example.org",
        "email_verified": True,
    }


@pytest.mark.spec("OIDC Core", "5.4", module="oidcc-scope-address")
def test_scope_address_releases_the_address(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person, scope="openid address")

    answer = rp.userinfo(tokens["access_token"]).json()

    assert set(answer) == {"sub", "address"}
    assert answer["address"]["locality"] == "London"


@pytest.mark.spec("OIDC Core", "5.4", module="oidcc-scope-phone")
def test_scope_phone_releases_the_number_and_whether_it_is_verified(
    rp: RelyingParty, person: User
) -> None:
    tokens = rp.obtain_tokens(person, scope="openid phone")

    assert set(rp.userinfo(tokens["access_token"]).json()) == {
        "sub", "phone_number", "phone_number_verified",
    }  # fmt: skip


@pytest.mark.spec("OIDC Core", "5.4", module="oidcc-scope-all")
def test_all_scopes_release_everything(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person)

    answer = rp.userinfo(tokens["access_token"]).json()

    assert set(answer) == {"sub"} | PROFILE | {
        "email", "email_verified", "phone_number", "phone_number_verified", "address", "roles",
        "department", "projects", "clearance",
    }  # fmt: skip


@pytest.mark.spec("OIDC Core", "5.3.2", module="oidcc-alternate-happy-flow")
def test_userinfo_and_id_token_name_the_same_person(
    rp: RelyingParty, other_rp: RelyingParty, person: User
) -> None:
    first, second = rp.obtain_tokens(person), other_rp.obtain_tokens(person)

    subjects = {
        payload_of(first["id_token"])["sub"],
        rp.userinfo(first["access_token"]).json()["sub"],
        payload_of(second["id_token"])["sub"],
        other_rp.userinfo(second["access_token"]).json()["sub"],
    }
    assert subjects == {person.subject}


@pytest.mark.spec("OIDC Core", "5.3.2")
def test_userinfo_releases_what_is_true_now(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person, scope="openid email")
    person.email = "countess@example.org"
    person.save()

    answer = rp.userinfo(tokens["access_token"]).json()

    assert answer["email"] == "countess@example.org"


@pytest.mark.spec("OIDC Core", "5.3.2")
def test_claim_without_a_value_is_left_out(rp: RelyingParty, person: User) -> None:
    person.phone_number, person.address = "", {}
    person.save()
    tokens = rp.obtain_tokens(person, scope="openid phone address")

    answer = rp.userinfo(tokens["access_token"]).json()

    assert answer == {"sub": person.subject}


@pytest.mark.spec("OIDC Core", "5.3.1", hole=16)
def test_token_without_openid_is_insufficient(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person, scope="profile email")

    response = rp.userinfo(tokens["access_token"])

    assert_bearer_error(response, "insufficient_scope", status=403)


@pytest.mark.spec("OIDC Core", "5.3.1")
def test_token_for_another_resource_server_opens_no_userinfo(provider: None, person: User) -> None:
    make_resource_server()
    rp = make_relying_party(resources=(WAREHOUSE,))
    tokens = rp.obtain_tokens(person, resource=WAREHOUSE)

    response = rp.userinfo(tokens["access_token"])

    assert_bearer_error(response, "invalid_token", status=401)


@pytest.mark.spec("OIDC Core", "5.3.3", hole=9)
def test_token_of_an_inactive_person_opens_no_userinfo(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person)
    person.is_active = False
    person.save()

    response = rp.userinfo(tokens["access_token"])

    assert_bearer_error(response, "invalid_token", status=401)


@pytest.mark.spec("OIDC Core", "5.3.3")
def test_token_of_an_inactive_client_opens_no_userinfo(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person)
    rp.client.is_active = False
    rp.client.save()

    response = rp.userinfo(tokens["access_token"])

    assert_bearer_error(response, "invalid_token", status=401)


@pytest.mark.spec("OIDC Core", "5.3.1", hole=16)
@pytest.mark.parametrize("path", ["/userinfo", "/token", "/revoke"])
def test_browser_page_of_a_registered_client_may_ask_across_origins(
    rp: RelyingParty, path: str
) -> None:
    response = Browser().options(
        path,
        HTTP_ORIGIN="https://rp.example",
        HTTP_ACCESS_CONTROL_REQUEST_METHOD="POST",
        HTTP_ACCESS_CONTROL_REQUEST_HEADERS="authorization,x-requested-with, traceparent",
    )

    assert response["Access-Control-Allow-Origin"] == "https://rp.example"
    allowed = {name.strip().lower() for name in response["Access-Control-Allow-Headers"].split(",")}
    assert allowed >= {"authorization", "content-type", "x-requested-with", "traceparent"}
    assert "Access-Control-Allow-Credentials" not in response


@pytest.mark.spec("RFC 6454", "6.2")
def test_origin_is_known_however_the_address_was_registered(provider: None) -> None:
    make_relying_party(redirect_uris=("https://App.Example:443/callback",))

    answer = Browser().options("/userinfo", HTTP_ORIGIN="https://app.example")

    assert answer["Access-Control-Allow-Origin"] == "https://app.example"


@pytest.mark.spec("OIDC Core", "5.3.1", hole=16)
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://rp.example", ""])
def test_browser_page_of_an_unknown_origin_may_not_ask_across_origins(
    rp: RelyingParty, origin: str
) -> None:
    response = Browser().options("/userinfo", HTTP_ORIGIN=origin)

    assert "Access-Control-Allow-Origin" not in response


@pytest.mark.spec("RFC 9700", "2.6")
def test_authorization_endpoint_is_never_open_across_origins(rp: RelyingParty) -> None:
    response = rp.browser.get("/authorize", rp.request(), HTTP_ORIGIN="https://rp.example")

    assert "Access-Control-Allow-Origin" not in response


@pytest.mark.spec("OIDC Core", "5.3.1")
@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_userinfo_by_other_methods_is_refused(rp: RelyingParty, person: User, method: str) -> None:
    header = f"Bearer {rp.obtain_tokens(person)['access_token']}"

    response = getattr(Browser(), method)("/userinfo", HTTP_AUTHORIZATION=header)

    assert response.status_code == 405


@pytest.mark.spec("FAPI 1.0 Part 1", "6.2.1")
def test_userinfo_comes_back_under_the_interaction_id_that_was_sent(rp: RelyingParty) -> None:
    sent = "C770AEF3-6784-41F7-8E0E-FF5F97BDDB3A"

    response = rp.userinfo("no-token", HTTP_X_FAPI_INTERACTION_ID=sent)

    assert response.status_code == 401
    assert response["x-fapi-interaction-id"] == sent


@pytest.mark.spec("FAPI 1.0 Part 1", "6.2.1")
@pytest.mark.parametrize("sent", ["", "x", "{c770aef3-6784-41f7-8e0e-ff5f97bddb3a}", "é" * 5_000])
def test_what_is_no_uuid_is_not_sent_back(rp: RelyingParty, sent: str) -> None:
    response = rp.userinfo("no-token", HTTP_X_FAPI_INTERACTION_ID=sent)

    assert UUID(response["x-fapi-interaction-id"]).version == 4
