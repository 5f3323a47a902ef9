"""The basic certification plan again, with every answer as a form: one sign-in, many requests.

What else the plan checks does not depend on how the answer travels, and is proven without it.
"""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import HttpResponse
from django.test import Client as Browser

from foundation.directory.models import User
from tests.assertions import assert_error_page, assert_oauth_error, assert_redirected_error
from tests.factories import REDIRECT_URI, make_grant, make_relying_party
from tests.html_forms import form_with
from tests.jwt import b64, header_of, payload_of, verified
from tests.provider import Clock
from tests.relying_party import FORM, RelyingParty, answer_of

MODE = {"response_mode": "form_post"}


def answer_in_form(response: HttpResponse) -> dict[str, str]:
    """Return the parameters of a form that leads to the client, and to nobody else."""
    assert response.status_code == 200, response.content
    form = form_with(response.content.decode(), "iss")
    assert (form.method, form.action) == ("post", REDIRECT_URI)
    return {name: values[0] for name, values in form.data.items()}


def tokens_of(rp: RelyingParty, response: HttpResponse, **exchange: Any) -> dict[str, Any]:
    """Exchange the code of a form."""
    answer = rp.exchange(answer_in_form(response)["code"], **exchange)
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


@pytest.fixture
def signed_in(rp: RelyingParty, person: User) -> RelyingParty:
    """A client that has all its scopes, in the browser of somebody who is signed in."""
    make_grant(person=person, client=rp.client, scopes=rp.client.scopes)
    rp.sign_in(person)
    return rp


@pytest.mark.spec(
    "OAuth 2.0 Form Post Response Mode",
    "2",
    module=(
        "oidcc-display-page", "oidcc-display-popup", "oidcc-max-age-10000", "oidcc-id-token-hint",
        "oidcc-ensure-request-with-unknown-parameter-succeeds", "oidcc-login-hint",
        "oidcc-ui-locales", "oidcc-claims-locales",
        "oidcc-ensure-request-with-acr-values-succeeds",
        "oidcc-ensure-request-without-nonce-succeeds-for-code-flow",
        "oidcc-ensure-request-with-valid-pkce-succeeds",
    ),
)  # fmt: skip
def test_requests_with_more_or_less_in_them_are_answered_by_forms(
    signed_in: RelyingParty, person: User
) -> None:
    hint = tokens_of(signed_in, signed_in.authorize(**MODE))["id_token"]
    requests: list[dict[str, Any]] = [
        {"display": "page"}, {"display": "popup"}, {"max_age": "10000"}, {"id_token_hint": hint},
        {"extra": "foobar"}, {"login_hint": "ada"}, {"ui_locales": "se"}, {"nonce": None},
        {"claims_locales": "se"}, {"acr_values": "1 2"},
    ]  # fmt: skip

    for request in requests:
        id_token = verified(
            tokens_of(signed_in, signed_in.authorize(**request, **MODE))["id_token"]
        )

        assert id_token["sub"] == person.subject, request
        assert id_token.get("nonce") == {"nonce": "a-nonce", **request}["nonce"], request


@pytest.mark.spec(
    "OAuth 2.0 Form Post Response Mode", "2", module="oidcc-ensure-post-request-succeeds"
)
def test_request_by_post_is_answered_by_a_form(signed_in: RelyingParty) -> None:
    assert "id_token" in tokens_of(signed_in, signed_in.authorize_by_post(**MODE))


@pytest.mark.spec(
    "OAuth 2.0 Form Post Response Mode",
    "2",
    module=(
        "oidcc-scope-profile", "oidcc-scope-email", "oidcc-scope-address", "oidcc-scope-phone",
        "oidcc-scope-all", "oidcc-alternate-happy-flow", "oidcc-claims-essential",
        "oidcc-userinfo-get", "oidcc-userinfo-post-header", "oidcc-userinfo-post-body",
    ),
)  # fmt: skip
def test_code_of_a_form_leads_to_the_claims_that_were_asked_for(signed_in: RelyingParty) -> None:
    released = {
        "": {"name"},
        "profile": {"name"},
        "email": {"email", "email_verified"},
        "address": {"address"},
        "phone": {"phone_number", "phone_number_verified"},
        "profile email address phone": {"name", "email", "address", "phone_number"},
    }
    essential = '{"userinfo":{"name":{"essential":true}}}'

    for scope, claims in released.items():
        response = signed_in.authorize(scope=f"openid {scope}".strip(), claims=essential, **MODE)
        token = tokens_of(signed_in, response)["access_token"]
        header, form = {"HTTP_AUTHORIZATION": f"Bearer {token}"}, urlencode({"access_token": token})

        answers = [
            signed_in.userinfo(token),
            Browser().post("/userinfo", content_type=FORM, **header),
            Browser().post("/userinfo", form, content_type=FORM),
        ]

        assert all(claims <= answer.json().keys() for answer in answers), scope


@pytest.mark.spec(
    "OAuth 2.0 Form Post Response Mode", "2", module=("oidcc-prompt-login", "oidcc-max-age-1")
)
@pytest.mark.parametrize("wish", [{"prompt": "login"}, {"max_age": "1"}])
def test_answer_after_a_new_sign_in_is_a_form(
    signed_in: RelyingParty, wish: dict[str, str], clock: Clock
) -> None:
    first = payload_of(tokens_of(signed_in, signed_in.authorize(**MODE))["id_token"])
    clock.advance(seconds=5)

    response = signed_in.confirm_password(signed_in.authorize(**wish, **MODE))

    second = payload_of(tokens_of(signed_in, response)["id_token"])
    assert second["auth_time"] > first["auth_time"]


@pytest.mark.spec(
    "OAuth 2.0 Form Post Response Mode",
    "2",
    module=("oidcc-codereuse", "oidcc-codereuse-30seconds", "oidcc-refresh-token"),
)
def test_code_of_a_form_is_used_once_and_its_tokens_end_with_the_second_use(
    signed_in: RelyingParty, clock: Clock
) -> None:
    code = answer_in_form(signed_in.authorize(**MODE))["code"]
    tokens = signed_in.exchange(code).json()
    refreshed = signed_in.refresh(tokens["refresh_token"]).json()
    clock.advance(seconds=31)

    assert_oauth_error(signed_in.exchange(code), "invalid_grant")

    assert signed_in.userinfo(refreshed["access_token"]).status_code == 401
    assert_oauth_error(signed_in.refresh(refreshed["refresh_token"]), "invalid_grant")


@pytest.mark.spec(
    "OAuth 2.0 Form Post Response Mode",
    "2",
    module=(
        "oidcc-server-client-secret-post", "oidcc-idtoken-signature", "oidcc-idtoken-unsigned",
    ),
)  # fmt: skip
def test_client_as_certified_gets_a_signed_id_token_by_a_form(provider: None, person: User) -> None:
    rp = make_relying_party(
        token_endpoint_auth_method="client_secret_post",
        id_token_signed_response_alg="RS256",
    )

    response = rp.go_through(person, code_challenge=None, code_challenge_method=None, **MODE)

    id_token = tokens_of(rp, response, code_verifier=None)["id_token"]
    assert header_of(id_token)["alg"] == "RS256"
    assert verified(id_token)["sub"] == person.subject


@pytest.mark.spec(
    "OAuth 2.0 Form Post Response Mode",
    "2",
    module=(
        "oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported",
        "oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported",
        "oidcc-ensure-request-object-with-redirect-uri",
    ),
)
def test_request_objects_are_refused_by_forms(rp: RelyingParty) -> None:
    content = b64('{"redirect_uri":"https://evil.example/","response_mode":"query"}')
    unsigned = ".".join([b64('{"alg":"none"}'), content, ""])

    by_value = rp.authorize(request=unsigned, **MODE)
    by_reference = rp.authorize(request_uri="https://rp.example/request.jwt", **MODE)

    assert answer_in_form(by_value)["error"] == "request_not_supported"
    assert answer_in_form(by_reference)["error"] == "request_uri_not_supported"


@pytest.mark.spec(
    "OAuth 2.0 Form Post Response Mode",
    "2",
    module="oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported",
)
def test_refusal_of_a_request_object_comes_as_the_object_asked_for_it(rp: RelyingParty) -> None:
    """As the suite's module asks: `response_mode` and `state` stand inside and nowhere else."""
    inside = b64(
        '{"response_mode":"form_post","state":"inside","redirect_uri":"https://evil.example"}'
    )
    unsigned = ".".join([b64('{"alg":"none"}'), inside, ""])

    answer = answer_in_form(rp.authorize(request=unsigned, state=None))

    assert answer["error"] == "request_not_supported"
    assert answer["state"] == "inside"


@pytest.mark.spec("OIDC Core", "6.1")
@pytest.mark.parametrize(
    "inside", ["", "[]", "not JSON", '{"state":7,"response_mode":["form_post"]}', "[" * 5000]
)
def test_request_object_that_says_nothing_is_refused_as_any_other(
    rp: RelyingParty, inside: str
) -> None:
    response = rp.authorize(request=".".join(["x", b64(inside), "y"]), state="outside")

    assert_redirected_error(response, "request_not_supported")
    assert answer_of(response)["state"] == "outside"


@pytest.mark.spec(
    "OAuth 2.0 Form Post Response Mode", "2", module="oidcc-ensure-registered-redirect-uri"
)
def test_no_form_leads_to_an_address_that_is_not_registered(rp: RelyingParty) -> None:
    response = rp.authorize(redirect_uri="https://evil.example/", **MODE)

    assert_error_page(response, "invalid_request")
