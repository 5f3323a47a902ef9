"""The pushed authorization request endpoint: checked at once, told in JSON."""

import json
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client as Browser

from idp.endpoints.pushed_authorization import LARGEST_BODY
from idp.models import PushedAuthorizationRequest
from tests.assertions import assert_oauth_error
from tests.factories import make_public_client, make_relying_party
from tests.relying_party import FORM, RelyingParty, basic


@pytest.mark.spec(
    "RFC 9126",
    "2.2",
    module="fapi2-security-profile-final-happy-flow",
)
def test_pushed_request_is_kept_under_a_reference(rp: RelyingParty) -> None:
    response = rp.push()

    assert response.status_code == 201
    assert response["Content-Type"] == "application/json"
    assert response["Cache-Control"] == "no-store"
    assert response.json()["request_uri"].startswith("urn:ietf:params:oauth:request_uri:")
    assert response.json()["expires_in"] == 90


@pytest.mark.spec("RFC 9126", "7.1")
def test_reference_cannot_be_guessed_and_is_not_stored(rp: RelyingParty) -> None:
    references = [rp.push().json()["request_uri"].rpartition(":")[2] for _ in range(2)]

    assert references[0] != references[1]
    assert all(len(reference) >= 43 for reference in references)
    stored = json.dumps(list(PushedAuthorizationRequest.objects.values()), default=str)
    assert not any(reference in stored for reference in references)


@pytest.mark.spec("RFC 9126", "2.1")
def test_client_secret_is_not_kept_with_the_request(provider: None) -> None:
    rp = make_relying_party(token_endpoint_auth_method="client_secret_post")

    assert rp.push().status_code == 201

    stored = PushedAuthorizationRequest.objects.get().parameters
    assert rp.secret not in json.dumps(stored)


@pytest.mark.spec("RFC 9126", "2.1")
def test_public_client_pushes_with_its_name_only(provider: None) -> None:
    assert RelyingParty(make_public_client(), None).push().status_code == 201


@pytest.mark.spec("RFC 9126", "2.1")
def test_client_id_may_be_left_to_the_authentication(rp: RelyingParty) -> None:
    assert rp.push(client_id=None).status_code == 201
    assert PushedAuthorizationRequest.objects.get().parameters["client_id"] == rp.client.client_id


@pytest.mark.spec("RFC 9126", "2.1")
def test_client_id_of_another_client_is_refused(rp: RelyingParty, other_rp: RelyingParty) -> None:
    assert_oauth_error(rp.push(client_id=other_rp.client.client_id), "invalid_request")


@pytest.mark.spec("RFC 9126", "2.3")
def test_wrong_secret_is_refused(rp: RelyingParty) -> None:
    response = rp.post(
        "/par", rp.request(), authorization=basic(rp.client.client_id, "not-the-secret")
    )

    assert_oauth_error(response, "invalid_client", status=401)
    assert PushedAuthorizationRequest.objects.count() == 0


@pytest.mark.spec("RFC 9126", "2.1")
def test_confidential_client_must_authenticate(rp: RelyingParty) -> None:
    response = rp.post("/par", rp.request(), authorization="")

    assert_oauth_error(response, "invalid_client", status=401)


@pytest.mark.spec("RFC 9126", "2.1")
def test_switched_off_client_is_refused(rp: RelyingParty) -> None:
    rp.client.is_active = False
    rp.client.save()

    assert_oauth_error(rp.push(), "invalid_client", status=401)


@pytest.mark.spec(
    "RFC 9126",
    "2.1",
    module="fapi2-security-profile-final-"
    "par-authorization-request-containing-request_uri-form-param",
)
@pytest.mark.parametrize(
    "request_uri", ["urn:ietf:params:oauth:request_uri:abc", "https://rp.example/request.jwt"]
)
def test_request_uri_in_a_pushed_request_is_refused(rp: RelyingParty, request_uri: str) -> None:
    assert_oauth_error(rp.push(request_uri=request_uri), "invalid_request")


@pytest.mark.spec(
    "RFC 9126",
    "2.3",
    module="fapi2-security-profile-final-par-attempt-invalid-http-method",
)
@pytest.mark.parametrize("method", ["get", "put", "delete", "patch", "head"])
def test_other_methods_are_refused(rp: RelyingParty, method: str) -> None:
    response = getattr(Browser(), method)("/par")

    assert response.status_code == 405
    assert "POST" in response["Allow"]


@pytest.mark.spec("RFC 9126", "2.3")
def test_too_large_request_is_refused_before_it_is_read(rp: RelyingParty) -> None:
    response = rp.push(state="x" * LARGEST_BODY)

    assert_oauth_error(response, "invalid_request", status=413)


@pytest.mark.spec(
    "RFC 9126",
    "2.3",
    module="fapi2-security-profile-final-par-without-duplicate-parameters",
)
@pytest.mark.parametrize("name", ["state", "redirect_uri", "client_id", "authorization_details"])
def test_repeated_parameter_is_refused(rp: RelyingParty, name: str) -> None:
    assert_oauth_error(rp.push(**{name: ["one", "two"]}), "invalid_request")


@pytest.mark.spec(
    "RFC 9126",
    "2.3",
    module="fapi2-security-profile-final-ensure-request-object-without-redirect-uri-fails",
)
@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"redirect_uri": "https://evil.example/"}, "invalid_request"),
        ({"redirect_uri": None}, "invalid_request"),
        ({"redirect_uri": "https://rp.example/callback\n"}, "invalid_request"),
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_mode": "jwt"}, "invalid_request"),
        ({"scope": "nothing-known"}, "invalid_scope"),
        ({"scope": None}, "invalid_scope"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"max_age": "soon"}, "invalid_request"),
        ({"claims": "{"}, "invalid_request"),
        ({"resource": "https://unknown.example"}, "invalid_target"),
        ({"request": "e30.e30."}, "request_not_supported"),
        ({"state": "a\x01b"}, "invalid_request"),
        ({"nonce": "x" * 9000}, "invalid_request"),
        ({"authorization_details": "{"}, "invalid_authorization_details"),
    ],
    ids=str,
)
def test_every_rule_of_the_authorization_endpoint_is_applied_at_once(
    rp: RelyingParty, wrong: dict[str, Any], code: str
) -> None:
    assert_oauth_error(rp.push(**wrong), code)
    assert PushedAuthorizationRequest.objects.count() == 0


@pytest.mark.spec(
    "RFC 9126",
    "2.3",
    module=(
        "fapi2-security-profile-final-ensure-redirect-uri-in-authorization-request",
        "fapi2-security-profile-final-plain-fapi-tolerate-unregistered-redirect-uri",
    ),
)
def test_unregistered_redirect_uri_is_refused_although_the_client_is_known(
    rp: RelyingParty,
) -> None:
    response = rp.push(redirect_uri="https://rp.example/callback/other")

    assert_oauth_error(response, "invalid_request")
    assert not response.has_header("Location")


@pytest.mark.spec(
    "RFC 9126",
    "2.1",
    module="fapi2-security-profile-final-par-ensure-pkce-required",
)
def test_request_without_pkce_is_refused(rp: RelyingParty) -> None:
    rp.client.code_protection = "pkce"
    rp.client.save()

    response = rp.push(code_challenge=None, code_challenge_method=None)

    assert_oauth_error(response, "invalid_request")


@pytest.mark.spec(
    "RFC 9126",
    "2.1",
    module="fapi2-security-profile-final-par-plain-pkce-rejected",
)
def test_plain_pkce_is_refused(rp: RelyingParty) -> None:
    assert_oauth_error(rp.push(code_challenge_method="plain"), "invalid_request")


@pytest.mark.spec("RFC 9126", "2.1")
def test_parameters_in_the_address_are_refused(rp: RelyingParty) -> None:
    assert_oauth_error(rp.post("/par?scope=openid", rp.request()), "invalid_request")


@pytest.mark.spec("RFC 9126", "2.1")
@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data; boundary=x"])
def test_body_that_is_no_form_is_refused(rp: RelyingParty, content_type: str) -> None:
    header = basic(rp.client.client_id, rp.secret or "")
    response = Browser().post("/par", "{}", content_type=content_type, HTTP_AUTHORIZATION=header)

    assert response.status_code == 400
    assert response.json()["error"] == "invalid_request"


@pytest.mark.spec("RFC 9126", "2")
def test_browser_client_may_read_the_answer(rp: RelyingParty) -> None:
    answer = rp.post("/par", rp.request(), HTTP_ORIGIN="https://rp.example")

    assert answer["Access-Control-Allow-Origin"] == "https://rp.example"


@pytest.mark.spec("RFC 9126", "6")
def test_no_parameter_says_that_a_request_was_pushed(rp: RelyingParty) -> None:
    rp.client.require_pushed_authorization_requests = True
    rp.client.save()

    response = rp.browser.get("/authorize", {**rp.request(), "pushed": "true"})

    assert "error=invalid_request" in response["Location"]


@pytest.mark.spec("RFC 9126", "5")
def test_metadata_says_where_and_whether_it_has_to_be_used(provider: None, settings: Any) -> None:
    from foundation.base.configuration import epoch

    told = Browser().get("/.well-known/openid-configuration").json()
    settings.SCOPEWARD = replace(settings.SCOPEWARD, require_pushed_authorization_requests=True)
    epoch.start_new_epoch()
    then = Browser().get("/.well-known/openid-configuration").json()

    assert told["pushed_authorization_request_endpoint"] == told["issuer"] + "/par"
    assert told["require_pushed_authorization_requests"] is False
    assert then["require_pushed_authorization_requests"] is True


def test_form_is_what_programs_send(rp: RelyingParty) -> None:
    """The browser's cookies mean nothing here: nobody is asked for one, and none is set."""
    response = rp.browser.post("/par", "client_id=x", content_type=FORM)

    assert response.status_code == 401
    assert not response.cookies
