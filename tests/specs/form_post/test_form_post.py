"""`response_mode=form_post`: the answer as a form, errors too."""

import pytest

from foundation.directory.models import User
from tests.assertions import assert_redirected_error
from tests.html_forms import form_with
from tests.jwt import verified
from tests.relying_party import RelyingParty, answer_of

POST = {"response_mode": "form_post"}


@pytest.mark.spec("OAuth 2.0 Form Post Response Mode", "2", module="oidcc-server")
def test_answer_is_a_form_to_the_redirect_uri(rp: RelyingParty, person: User) -> None:
    response = rp.go_through(person, **POST)

    form = form_with(response.content.decode(), "code")
    assert response.status_code == 200
    assert (form.method, form.action) == ("post", "https://rp.example/callback")
    assert form.data.keys() == {"code", "iss", "state"}


@pytest.mark.spec("OAuth 2.0 Form Post Response Mode", "2", module="oidcc-server")
def test_code_of_the_form_is_exchanged(rp: RelyingParty, person: User) -> None:
    code = answer_of(rp.go_through(person, **POST))["code"]

    tokens = rp.exchange(code).json()

    assert verified(tokens["id_token"])["sub"] == person.subject


@pytest.mark.spec("OAuth 2.0 Form Post Response Mode", "2")
@pytest.mark.parametrize("state", ["a&b=c\"'<script>", "ünï 🗝", "x" * 2_000])
def test_state_of_the_form_is_untouched(rp: RelyingParty, person: User, state: str) -> None:
    response = rp.go_through(person, state=state, **POST)

    assert answer_of(response)["state"] == state


@pytest.mark.spec(
    "OAuth 2.0 Form Post Response Mode", "2", module="oidcc-prompt-none-not-logged-in"
)
def test_error_without_a_sign_in_is_a_form_too(rp: RelyingParty) -> None:
    response = rp.authorize(prompt="none", **POST)

    assert answer_of(response)["error"] == "login_required"


@pytest.mark.spec("OAuth 2.0 Form Post Response Mode", "2", module="oidcc-prompt-none-logged-in")
def test_silent_answer_is_a_form_too(rp: RelyingParty, person: User) -> None:
    rp.obtain_tokens(person)

    response = rp.authorize(prompt="none", **POST)

    assert "code" in answer_of(response)


@pytest.mark.spec("OAuth 2.0 Form Post Response Mode", "2", module="oidcc-response-type-missing")
def test_error_in_the_request_is_a_form_too(rp: RelyingParty) -> None:
    response = rp.authorize(response_type=None, **POST)

    assert response.status_code == 200
    assert answer_of(response)["error"] == "invalid_request"


@pytest.mark.spec("OAuth 2.0 Form Post Response Mode", "2")
def test_refusal_is_a_form_too(rp: RelyingParty, person: User) -> None:
    response = rp.go_through(person, allow=(), **POST)

    assert answer_of(response)["error"] == "access_denied"


@pytest.mark.spec("OAuth 2.0 Form Post Response Mode", "4")
def test_code_is_in_no_address(rp: RelyingParty, person: User) -> None:
    response = rp.go_through(person, **POST)

    assert not response.has_header("Location")
    assert answer_of(response)["code"] not in str(response.headers)


@pytest.mark.spec("OAuth 2.0 Form Post Response Mode", "4")
def test_form_is_kept_by_no_cache(rp: RelyingParty, person: User) -> None:
    response = rp.go_through(person, **POST)

    assert "no-store" in response["Cache-Control"]


@pytest.mark.spec("OAuth 2.0 Form Post Response Mode", "2")
def test_form_may_lead_to_the_client_and_needs_no_script(rp: RelyingParty, person: User) -> None:
    page = rp.go_through(person, **POST)

    html = page.content.decode()
    assert "form-action" not in page["Content-Security-Policy"]
    assert "onload" not in html
    assert "</button>" in html
    assert "csrfmiddlewaretoken" not in form_with(html, "code").data


@pytest.mark.spec("OAuth 2.0 Multiple Response Types", "2.1", hole=2)
@pytest.mark.parametrize("response_mode", ["fragment", "web_message", "jwt", "FORM_POST", "x"])
def test_response_mode_that_is_not_offered_is_refused(rp: RelyingParty, response_mode: str) -> None:
    response = rp.authorize(response_mode=response_mode)

    assert_redirected_error(response, "invalid_request")


@pytest.mark.spec("OAuth 2.0 Multiple Response Types", "2.1")
def test_response_mode_query_is_the_default(rp: RelyingParty, person: User) -> None:
    asked = rp.go_through(person, response_mode="query")

    assert asked["Location"].startswith("https://rp.example/callback?code=")
