"""How the token endpoint wants to be asked."""

import json
from urllib.parse import urlencode

import pytest
from django.test import Client as Browser

from foundation.directory.models import User
from tests.assertions import assert_oauth_error
from tests.factories import REDIRECT_URI, make_relying_party
from tests.relying_party import FORM, VERIFIER, RelyingParty, basic


def headers(rp: RelyingParty) -> dict[str, str]:
    return {"HTTP_AUTHORIZATION": basic(rp.client.client_id, rp.secret or "")}


@pytest.mark.spec("RFC 6749", "3.2")
@pytest.mark.parametrize("method", ["get", "put", "delete", "patch", "head"])
def test_token_requests_by_other_methods_than_post_are_refused(
    rp: RelyingParty, method: str
) -> None:
    response = getattr(Browser(), method)("/token", **headers(rp))

    assert response.status_code == 405
    assert response["Allow"].startswith("POST")


@pytest.mark.spec("RFC 6749", "3.2")
def test_json_body_is_refused(rp: RelyingParty, person: User) -> None:
    body = json.dumps({"grant_type": "authorization_code", "code": rp.obtain_code(person)})

    response = Browser().post("/token", body, content_type="application/json", **headers(rp))

    assert_oauth_error(response, "invalid_request")


@pytest.mark.spec("RFC 6749", "3.2")
def test_multipart_body_is_refused(rp: RelyingParty) -> None:
    response = Browser().post("/token", {"grant_type": "refresh_token"}, **headers(rp))

    assert_oauth_error(response, "invalid_request")


@pytest.mark.spec("RFC 6749", "3.2")
@pytest.mark.parametrize("charset", ["utf-16", "utf-32", "utf-7", "cp037"])
def test_form_in_another_encoding_than_utf_8_is_refused(rp: RelyingParty, charset: str) -> None:
    content_type = f"{FORM}; charset={charset}"

    response = Browser().post("/token", b"a=b", content_type=content_type, **headers(rp))

    assert_oauth_error(response, "invalid_request")


HARMLESS = ["iso-8859-1", "US-ASCII", "utf8", "windows-1252", "UTF-8"]


@pytest.mark.spec("RFC 6749", "B")
@pytest.mark.parametrize("charset", HARMLESS)
def test_form_is_read_as_utf_8_whatever_charset_it_names(
    rp: RelyingParty, person: User, charset: str
) -> None:
    body = urlencode(
        {
            "grant_type": "authorization_code",
            "code": rp.obtain_code(person),
            "redirect_uri": REDIRECT_URI,
            "code_verifier": VERIFIER,
        }
    )

    response = Browser().post(
        "/token", body, content_type=f"{FORM}; charset={charset}", **headers(rp)
    )

    assert response.status_code == 200


@pytest.mark.spec("RFC 6749", "B")
@pytest.mark.parametrize("charset", HARMLESS)
def test_what_is_not_utf_8_is_refused_whatever_charset_it_names(
    rp: RelyingParty, charset: str
) -> None:
    body = b"grant_type=authorization_code&code=%E9"

    response = Browser().post(
        "/token", body, content_type=f"{FORM}; charset={charset}", **headers(rp)
    )

    assert_oauth_error(response, "invalid_request")


@pytest.mark.spec("RFC 6749", "3.2")
def test_form_with_too_many_parameters_is_refused(rp: RelyingParty) -> None:
    body = urlencode([(f"p{number}", "1") for number in range(1_001)])

    response = Browser().post("/token", body, content_type=FORM, **headers(rp))

    assert_oauth_error(response, "invalid_request")


@pytest.mark.spec("RFC 6749", "3.2")
def test_endless_form_is_refused(rp: RelyingParty) -> None:
    body = "code=" + "x" * 2_700_000

    response = Browser().post("/token", body, content_type=FORM, **headers(rp))

    assert_oauth_error(response, "invalid_request")


@pytest.mark.spec("RFC 6749", "3.2")
@pytest.mark.parametrize(
    "name", ["grant_type", "code", "redirect_uri", "code_verifier", "client_id", "scope", "other"]
)
def test_repeated_parameter_of_a_token_request_is_refused(
    rp: RelyingParty, person: User, name: str
) -> None:
    form = {"grant_type": "authorization_code", "code": rp.obtain_code(person)}

    response = rp.post("/token", {**form, name: ["one", "two"]})

    assert_oauth_error(response, "invalid_request")


@pytest.mark.spec("RFC 6749", "3.2")
def test_parameters_in_the_address_are_refused(rp: RelyingParty) -> None:
    response = rp.post("/token?grant_type=client_credentials", {})

    assert_oauth_error(response, "invalid_request")


@pytest.mark.spec("RFC 6749", "5.2")
@pytest.mark.parametrize("grant_type", [None, ""])
def test_missing_grant_type_is_an_invalid_request(rp: RelyingParty, grant_type: str | None) -> None:
    response = rp.post("/token", {"grant_type": grant_type, "code": "x"})

    assert_oauth_error(response, "invalid_request")


@pytest.mark.spec("RFC 6749", "5.2", hole=18)
@pytest.mark.parametrize(
    "grant_type",
    [
        "password",
        "implicit",
        "AUTHORIZATION_CODE",
        "authorization_code ",
        "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "__class__",
    ],
)
def test_grant_type_that_is_not_offered_is_named_as_such(rp: RelyingParty, grant_type: str) -> None:
    form = {"grant_type": grant_type, "username": "ada", "password": "x", "device_code": "x"}

    response = rp.post("/token", form)

    assert_oauth_error(response, "unsupported_grant_type")


@pytest.mark.spec("RFC 6749", "5.2")
@pytest.mark.parametrize(
    ("grant_type", "name"),
    [
        ("authorization_code", "code"),
        ("refresh_token", "refresh_token"),
        ("client_credentials", "scope"),
    ],
)
def test_grant_type_for_which_the_client_is_not_registered_is_unauthorized(
    provider: None, grant_type: str, name: str
) -> None:
    registered = (
        ("client_credentials",) if grant_type != "client_credentials" else ("authorization_code",)
    )
    rp = make_relying_party(grant_types=registered)

    response = rp.post("/token", {"grant_type": grant_type, name: "openid"})

    assert_oauth_error(response, "unauthorized_client")


@pytest.mark.spec("RFC 6749", "3.1")
def test_unknown_parameter_of_a_token_request_is_ignored(rp: RelyingParty, person: User) -> None:
    response = rp.exchange(rp.obtain_code(person), foo="bar", client="x", issue="y")

    assert response.status_code == 200


@pytest.mark.spec("RFC 6749", "3.2")
def test_empty_parameter_of_a_token_request_counts_as_omitted(
    rp: RelyingParty, person: User
) -> None:
    response = rp.exchange(rp.obtain_code(person), scope="", resource="", authorization_details="")
    without = rp.exchange(rp.obtain_code(person), redirect_uri="")

    assert response.status_code == 200
    assert_oauth_error(without, "invalid_request")


@pytest.mark.spec("RFC 6749", "5.1")
def test_browser_client_of_a_registered_origin_may_read_the_answer(rp: RelyingParty) -> None:
    response = rp.exchange("unknown")
    cross = rp.post("/token", {"grant_type": "x"}, HTTP_ORIGIN="https://rp.example")

    assert not response.has_header("Access-Control-Allow-Origin")
    assert cross["Access-Control-Allow-Origin"] == "https://rp.example"


@pytest.mark.spec("RFC 6749", "5.1")
def test_browser_page_of_an_unknown_origin_may_not_read_the_answer(rp: RelyingParty) -> None:
    response = rp.post("/token", {"grant_type": "x"}, HTTP_ORIGIN="https://evil.example")

    assert not response.has_header("Access-Control-Allow-Origin")
