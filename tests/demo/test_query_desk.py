"""Query Desk believes only what it asked for, from the provider it asked."""

import base64
import json
import time
from urllib.parse import parse_qs, urlsplit

import pytest
from query_desk.app import create_app
from query_desk.config import Config
from query_desk.sign_in import AccessToken, SignIn

ISSUER = "http://localhost:8000"
ORIGIN = "http://localhost:8001"
METADATA = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/authorize",
    "token_endpoint": f"{ISSUER}/token",
    "end_session_endpoint": f"{ISSUER}/logout",
    "authorization_response_iss_parameter_supported": True,
    "_loaded_at": 1,
}


@pytest.fixture
def app():
    config = Config(ISSUER, "query-desk", "secret", ORIGIN, "http://localhost:8002")
    app = create_app(config)
    app.extensions["provider"]._client.server_metadata.update(METADATA)
    return app


@pytest.fixture
def visitor(app):
    return app.test_client()


def begin(visitor, **form):
    answer = visitor.post("/sign-in", data=form, headers={"Origin": ORIGIN})
    asked = parse_qs(urlsplit(answer.location).query)
    return {name: values[0] for name, values in asked.items()}


@pytest.mark.spec("RFC 7636", "4.3")
def test_every_request_has_pkce_state_and_nonce(visitor):
    first, second = begin(visitor), begin(visitor)

    assert first["code_challenge_method"] == "S256"
    for fresh in ("code_challenge", "state", "nonce"):
        assert first[fresh] != second[fresh]


def test_unknown_prompts_are_not_passed_on(visitor):
    assert begin(visitor, prompt="none")["prompt"] == "none"
    assert "prompt" not in begin(visitor, prompt="create")


def test_the_browser_holds_an_id_and_nothing_else(visitor):
    asked = begin(visitor)

    (cookie,) = visitor._cookies.values()
    assert cookie.key == "query-desk-8001"
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    assert len(cookie.value) == 43
    assert asked["state"] not in cookie.value


@pytest.mark.spec("RFC 6749", "10.12")
def test_answer_with_a_foreign_state_is_refused(visitor):
    begin(visitor)

    answer = visitor.get("/callback", query_string={"code": "c", "state": "x", "iss": ISSUER})

    assert answer.status_code == 400
    assert "We did not expect this answer" in answer.text


@pytest.mark.spec("RFC 6749", "10.12")
def test_answer_meant_for_another_browser_is_refused(app, visitor):
    state = begin(visitor)["state"]

    answer = app.test_client().get(
        "/callback", query_string={"code": "c", "state": state, "iss": ISSUER}
    )

    assert "We did not expect this answer" in answer.text


@pytest.mark.spec("RFC 9207", "2.4")
@pytest.mark.parametrize("iss", [None, "https://other.example", f"{ISSUER}/"])
def test_answer_from_another_issuer_is_refused(visitor, iss):
    state = begin(visitor)["state"]

    answer = visitor.get("/callback", query_string={"code": "c", "state": state, "iss": iss})

    assert answer.status_code == 400
    assert "It comes from another provider." in answer.text


@pytest.mark.spec("OIDC Discovery", "4.3")
def test_provider_that_calls_itself_otherwise_is_not_used(app, visitor):
    app.extensions["provider"]._client.server_metadata["issuer"] = "https://other.example"

    answer = visitor.post("/sign-in", headers={"Origin": ORIGIN})

    assert answer.status_code == 502
    assert "Location" not in answer.headers


@pytest.mark.parametrize(
    ("code", "title"),
    [
        ("access_denied", "You said no"),
        ("login_required", "You are not signed in at the provider"),
        ("consent_required", "There is something to decide"),
        ("account_selection_required", "Which account?"),
        ("something_new", "The provider refused"),
    ],
)
def test_refusals_are_explained(visitor, code, title):
    answer = {"error": code, "state": begin(visitor)["state"], "iss": ISSUER}

    page = visitor.get("/callback", query_string=answer)

    assert page.status_code == 400
    assert f"<h1>{title}</h1>" in page.text


def test_a_refusal_is_taken_once(visitor):
    answer = {"error": "access_denied", "state": begin(visitor)["state"], "iss": ISSUER}
    visitor.get("/callback", query_string=answer)

    assert "We did not expect this answer" in visitor.get("/callback", query_string=answer).text


def test_an_answer_that_was_taken_already_disturbs_nobody(visitor):
    with visitor.session_transaction() as visit:
        visit["signed_in"] = person()

    page = visitor.get("/callback", query_string={"code": "c", "state": "x", "iss": ISSUER})

    assert page.status_code == 400
    assert "This page has done its work" in page.text
    assert "Back to the desk" in page.text
    assert 'action="/sign-in"' not in page.text


def test_what_was_asked_is_remembered_as_long_as_somebody_may_take_to_approve(app, visitor):
    begin(visitor)

    with visitor.session_transaction() as visit:
        (asked,) = [kept for name, kept in visit.items() if name.startswith("_state_")]
    assert asked["exp"] - time.time() > 7 * 3600


def test_a_description_is_text_and_not_markup(visitor):
    state = begin(visitor)["state"]
    answer = {"error": "x", "error_description": "<b>bold</b>", "state": state, "iss": ISSUER}

    page = visitor.get("/callback", query_string=answer)

    assert "<b>bold</b>" not in page.text
    assert "&lt;b&gt;bold&lt;/b&gt;" in page.text


@pytest.mark.parametrize("path", ["/sign-in", "/refresh", "/userinfo", "/sign-out"])
def test_forms_of_other_sites_are_refused(visitor, path):
    answer = visitor.post(path, headers={"Origin": "http://localhost:8000"})

    assert answer.status_code == 403


@pytest.mark.parametrize("path", ["/userinfo", "/refresh", "/resource-token", "/sign-out"])
def test_nothing_is_done_for_whoever_is_not_signed_in(visitor, path):
    answer = visitor.post(path, headers={"Origin": ORIGIN}, follow_redirects=True)

    assert answer.status_code == 200
    assert answer.request.path == "/"


def test_there_is_no_desk_for_whoever_is_not_signed_in(visitor):
    assert visitor.get("/desk").location == "/"


@pytest.mark.spec("OIDC RP-Initiated Logout", "3")
def test_signed_out_page_needs_the_state_of_our_request(visitor):
    begin(visitor)

    answer = visitor.get("/signed-out", query_string={"state": "x"})

    assert "We did not expect this answer" in answer.text


def test_pages_allow_no_script_and_only_our_forms(visitor):
    policy = visitor.get("/").headers["Content-Security-Policy"]

    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert f"form-action 'self' {ISSUER}" in policy
    assert "frame-ancestors 'none'" in policy


def person(**changes):
    defaults = {
        "id_token": "x.y.z",
        "claims_of_id_token": {"sub": "1"},
        "asked": ("openid", "email"),
        "granted_at": {ISSUER: ("openid",)},
    }
    return SignIn(**(defaults | changes))


def test_withheld_scopes_come_last_and_say_so():
    lines = person(asked=("email", "openid")).scopes

    told = [(line.name, line.outcome) for line in lines]
    assert told == [("openid", "granted"), ("email", "withheld")]


def test_scopes_of_the_warehouse_are_unknown_until_a_token_for_it_came():
    asked = ("openid", "warehouse:hr")
    at_both = {ISSUER: ("openid",), "http://localhost:8002": ("openid", "warehouse:hr")}

    assert [line.outcome for line in person(asked=asked).scopes] == ["granted", "unknown"]
    lines = person(asked=asked, granted_at=at_both).scopes
    assert [line.outcome for line in lines] == ["granted", "granted"]


@pytest.mark.parametrize("picture", ["javascript:alert(1)", "data:image/png,x", ""])
def test_only_web_addresses_are_pictures(picture):
    assert person(userinfo={"picture": picture}).picture == ""


@pytest.mark.parametrize("token", ["opaque", "a.b", "a.b.c", f"a.{'W10'}.c", ""])
def test_a_token_that_is_no_jwt_has_no_payload(token):
    assert AccessToken(token, 0).payload is None


def test_the_payload_of_a_jwt_is_laid_open():
    payload = base64.urlsafe_b64encode(json.dumps({"aud": "a"}).encode()).decode().rstrip("=")

    token = AccessToken(f"x.{payload}.y", time.time() + 100)

    assert token.payload == {"aud": "a"}
    assert 98 <= token.expires_in <= 100
