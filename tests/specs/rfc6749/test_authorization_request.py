"""What the authorization endpoint takes, and where it tells what is wrong."""

from urllib.parse import urlencode

import pytest

from foundation.directory.models import User
from tests.assertions import (
    assert_code,
    assert_error_page,
    assert_redirected_error,
    assert_sent_to_sign_in,
)
from tests.factories import make_grant, make_relying_party, make_scope
from tests.jwt import verified
from tests.relying_party import RelyingParty, answer_of


@pytest.mark.spec("RFC 6749", "4.1", module="oidcc-server")
def test_person_who_allows_everything_brings_back_a_code(rp: RelyingParty, person: User) -> None:
    response = rp.go_through(person)

    assert len(assert_code(response)) >= 43


@pytest.mark.spec("RFC 6749", "4.1.2.1")
def test_unknown_client_is_told_to_the_person(rp: RelyingParty) -> None:
    response = rp.authorize(client_id="nobody")

    assert_error_page(response, "invalid_request")


@pytest.mark.spec("RFC 6749", "4.1.2.1")
def test_missing_client_id_is_told_to_the_person(rp: RelyingParty) -> None:
    response = rp.authorize(client_id=None)

    assert_error_page(response, "invalid_request")


@pytest.mark.spec("RFC 6749", "4.1.2.1")
def test_inactive_client_is_told_to_the_person(rp: RelyingParty) -> None:
    rp.client.is_active = False
    rp.client.save()

    response = rp.authorize()

    assert_error_page(response, "invalid_request")


@pytest.mark.spec("RFC 6749", "4.1.2.1", module="oidcc-response-type-missing")
def test_missing_response_type_is_refused(rp: RelyingParty) -> None:
    response = rp.authorize(response_type=None)

    assert_redirected_error(response, "invalid_request")


@pytest.mark.spec(
    "RFC 6749",
    "3.1.1",
    module=(
        "fapi2-security-profile-final-ensure-response-type-code-idtoken-fails",
        "fapi2-security-profile-final-ensure-response-type-token-fails",
    ),
)
@pytest.mark.parametrize(
    "response_type", ["token", "id_token", "code id_token", "code token", "none", "CODE", "codes"]
)
def test_response_type_other_than_code_is_refused(rp: RelyingParty, response_type: str) -> None:
    response = rp.authorize(response_type=response_type)

    assert_redirected_error(response, "unsupported_response_type")


@pytest.mark.spec("RFC 6749", "4.1.2.1")
def test_client_without_the_code_grant_is_unauthorized(rp: RelyingParty) -> None:
    rp.client.grant_types = ["client_credentials"]
    rp.client.save()

    response = rp.authorize()

    assert_redirected_error(response, "unauthorized_client")


@pytest.mark.spec("RFC 6749", "3.3")
@pytest.mark.parametrize("scope", [None, "", "unheard-of", "   "])
def test_request_without_a_known_scope_is_refused(rp: RelyingParty, scope: str | None) -> None:
    response = rp.authorize(scope=scope)

    assert_redirected_error(response, "invalid_scope")


@pytest.mark.spec("RFC 6749", "3.3")
def test_scope_of_which_the_client_is_not_registered_is_refused(provider: None) -> None:
    rp = make_relying_party(scope="openid profile")

    response = rp.authorize(scope="openid profile clearance")

    assert_redirected_error(response, "invalid_scope")


@pytest.mark.spec("RFC 6749", "3.3")
def test_scope_that_was_switched_off_is_not_granted(rp: RelyingParty, person: User) -> None:
    make_scope(name="gone", is_active=False)
    rp.client.scope += " gone"
    rp.client.save()

    tokens = rp.obtain_tokens(person, scope="openid profile gone")

    assert tokens["scope"] == "openid profile"


@pytest.mark.spec("RFC 6749", "3.3")
def test_narrower_grant_is_told_in_the_scope_of_the_answer(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person, scope="openid profile email", allow={"email"})

    assert tokens["scope"] == "openid email"


@pytest.mark.spec("RFC 6749", "4.1.2.1")
def test_person_who_denies_everything_answers_access_denied(rp: RelyingParty, person: User) -> None:
    response = rp.go_through(person, allow=())

    assert_redirected_error(response, "access_denied")


@pytest.mark.spec("RFC 6749", "3.1")
@pytest.mark.parametrize(
    "name",
    ["response_type", "scope", "state", "nonce", "code_challenge", "code_challenge_method",
     "prompt", "max_age", "acr_values", "id_token_hint", "login_hint", "ui_locales", "claims",
     "display", "response_mode", "request", "request_uri"],
)  # fmt: skip
def test_repeated_parameter_is_refused(rp: RelyingParty, name: str) -> None:
    value = rp.request().get(name, "login" if name == "prompt" else "query")

    response = rp.authorize(**{name: [value, value]})

    assert_redirected_error(response, "invalid_request")


@pytest.mark.spec("RFC 6749", "3.1")
@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
def test_repeated_address_of_the_answer_is_told_to_the_person(rp: RelyingParty, name: str) -> None:
    value = rp.request()[name]

    response = rp.authorize(**{name: [value, value]})

    assert_error_page(response, "invalid_request")


@pytest.mark.spec("RFC 6749", "3.1", module="oidcc-ensure-request-with-unknown-parameter-succeeds")
def test_unknown_parameter_is_ignored(rp: RelyingParty, person: User) -> None:
    make_grant(person=person, client=rp.client, scopes=["openid"])

    response = rp.go_through(person, scope="openid", extra=["a", "b"], foobar="\x00")

    assert_code(response)


@pytest.mark.spec("RFC 6749", "3.1")
def test_empty_parameter_counts_as_omitted(rp: RelyingParty) -> None:
    response = rp.authorize(prompt="", max_age="", claims="", response_mode="", request="")

    assert_sent_to_sign_in(response)


@pytest.mark.spec("RFC 6749", "A", hole=18)
@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1f", "\x7f", "\n", "\r"])
@pytest.mark.parametrize("name", ["scope", "nonce", "login_hint", "resource", "acr_values"])
def test_control_character_is_refused(rp: RelyingParty, name: str, character: str) -> None:
    response = rp.authorize(**{name: f"openid{character}"})

    assert_redirected_error(response, "invalid_request")


@pytest.mark.spec("RFC 6749", "A", hole=18)
@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
def test_control_character_in_the_address_of_the_answer_is_told_to_the_person(
    rp: RelyingParty, name: str
) -> None:
    response = rp.authorize(**{name: rp.request()[name] + "\x00"})

    assert_error_page(response, "invalid_request")


@pytest.mark.parametrize("name", ["nonce", "state", "scope", "login_hint", "claims"])
def test_value_of_endless_length_is_refused(rp: RelyingParty, name: str) -> None:
    response = rp.authorize(**{name: "x" * 8_193})

    assert_redirected_error(response, "invalid_request")


@pytest.mark.spec(
    "RFC 6749",
    "A",
    module="fapi2-security-profile-final-ensure-authorization-request-with-long-nonce",
    hole=18,
)
def test_long_nonce_comes_back_whole(rp: RelyingParty, person: User) -> None:
    nonce = "n" * 2_000

    tokens = rp.obtain_tokens(person, nonce=nonce)

    assert verified(tokens["id_token"])["nonce"] == nonce


@pytest.mark.spec(
    "RFC 6749",
    "4.1.2",
    module="fapi2-security-profile-final-ensure-authorization-request-with-long-state",
)
@pytest.mark.parametrize("state", ["a b+c&d=e#f%20", "ünïcödé 🗝", "x" * 2_000, "0", "'\"<script>"])
def test_state_comes_back_untouched(rp: RelyingParty, person: User, state: str) -> None:
    response = rp.go_through(person, state=state)

    assert answer_of(response)["state"] == state


@pytest.mark.spec("RFC 6749", "4.1.2.1")
@pytest.mark.parametrize("state", ["a b+c&d=e#f%20", "ünïcödé 🗝", "'\"<script>"])
def test_state_of_a_refused_request_comes_back_untouched(rp: RelyingParty, state: str) -> None:
    response = rp.authorize(state=state, response_type="token")

    assert answer_of(response)["state"] == state


@pytest.mark.spec("RFC 6749", "4.1.2")
def test_state_that_could_not_come_back_as_it_came_is_told_to_the_person(rp: RelyingParty) -> None:
    query = urlencode(rp.request(state=None))

    response = rp.browser.get(f"/authorize?{query}&state=%ff%fe")

    assert_error_page(response, "invalid_request")


@pytest.mark.spec("RFC 6749", "A")
def test_bytes_that_are_no_utf_8_are_refused(rp: RelyingParty) -> None:
    response = rp.browser.get(f"/authorize?{urlencode(rp.request())}&login_hint=%ff")

    assert_redirected_error(response, "invalid_request")


@pytest.mark.spec(
    "RFC 6749",
    "4.1.2",
    module="fapi2-security-profile-final-ensure-authorization-request-without-state-success",
)
def test_answer_has_no_state_when_none_came(rp: RelyingParty, person: User) -> None:
    response = rp.go_through(person, state=None)

    assert set(answer_of(response)) == {"code", "iss"}


@pytest.mark.spec("RFC 6749", "3.1")
@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_than_get_and_post_are_refused(rp: RelyingParty, method: str) -> None:
    response = getattr(rp.browser, method)("/authorize", HTTP_X_CSRFTOKEN="x")

    assert response.status_code == 405


@pytest.mark.spec("RFC 6749", "4.1.1", hole=17)
def test_approval_prompt_in_the_query_does_not_skip_consent(rp: RelyingParty, person: User) -> None:
    rp.obtain_tokens(person, scope="openid")

    response = rp.authorize(scope="openid email", approval_prompt="auto")

    assert response["Location"].startswith("/consent/")


@pytest.mark.spec("RFC 6749", "3.3")
def test_without_a_scope_the_client_is_told_what_it_may_ask_for(provider: None) -> None:
    rp = make_relying_party(scope="openid email")

    answer = answer_of(rp.authorize(scope=None))

    assert answer["error"] == "invalid_scope"
    assert answer["error_description"] == (
        "scope is missing. This client may ask for: email, openid."
    )
