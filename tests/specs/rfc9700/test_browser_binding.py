"""Requests that wait for a person belong to one browser, and are answered once."""

import uuid
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import HttpResponse

from foundation.directory.models import User
from idp.authorize.stored.pending import COOKIE
from idp.models import StoredAuthorizationRequest
from tests.assertions import assert_code, assert_redirected_error
from tests.factories import make_grant
from tests.html_forms import form_with
from tests.provider import Clock
from tests.relying_party import RelyingParty, new_browser


def resume_path() -> str:
    return f"/authorize/resume/{StoredAuthorizationRequest.objects.get().pk}/"


def resume_path_in(sent: HttpResponse) -> str:
    """Return where the sign-in page that a browser was sent to leads back to."""
    return parse_qs(urlsplit(sent["Location"]).query)["next"][0]


@pytest.fixture
def granted(rp: RelyingParty, person: User) -> None:
    make_grant(person=person, client=rp.client, scopes=["openid"])


@pytest.mark.spec("RFC 9700", "4.7")
def test_pending_request_cannot_be_resumed_in_another_browser(
    rp: RelyingParty, person: User, granted: None
) -> None:
    sent = rp.authorize(scope="openid")
    victim = RelyingParty(rp.client, rp.secret, new_browser())
    victim.sign_in(person)

    response = victim.browser.get(resume_path_in(sent))

    assert response.status_code == 400
    assert not response.has_header("Location")


@pytest.mark.spec("RFC 9700", "4.7")
def test_pending_request_of_another_browser_does_not_show_on_the_sign_in_page(
    rp: RelyingParty,
) -> None:
    sent = rp.authorize(login_hint="ada@example.org")

    page = new_browser().get(sent["Location"])

    assert "Example" not in page.content.decode()
    assert "ada@example.org" not in page.content.decode()


@pytest.mark.spec("RFC 9700", "4.7")
@pytest.mark.parametrize("cookie", ["", "guessed", "\xe9", "x" * 4_000])
def test_guessed_browser_cookie_opens_no_request(
    rp: RelyingParty, person: User, granted: None, cookie: str
) -> None:
    rp.sign_in(person)
    rp.authorize(scope="openid", prompt="login")
    rp.browser.cookies[COOKIE] = cookie

    response = rp.browser.get(resume_path())

    assert response.status_code == 400


@pytest.mark.spec("RFC 9700", "4.7")
def test_request_is_answered_once(rp: RelyingParty, person: User, granted: None) -> None:
    assert_code(rp.sign_in(person, rp.authorize(scope="openid")))

    response = rp.browser.get(resume_path())

    assert response.status_code == 400
    assert not response.has_header("Location")


@pytest.mark.spec("RFC 9700", "4.7")
def test_refused_request_cannot_be_taken_up_again(rp: RelyingParty, person: User) -> None:
    assert_redirected_error(rp.go_through(person, allow=()), "access_denied")

    response = rp.browser.get(resume_path())

    assert response.status_code == 400


@pytest.mark.spec("RFC 9700", "4.7")
def test_pending_request_ends_after_half_an_hour(
    rp: RelyingParty, person: User, granted: None, clock: Clock
) -> None:
    sent = rp.authorize(scope="openid")
    clock.advance(minutes=31)

    response = rp.browser.get(resume_path_in(sent))

    assert response.status_code == 400


@pytest.mark.spec("RFC 9700", "4.7")
def test_pending_request_ends_with_its_client(
    rp: RelyingParty, person: User, granted: None
) -> None:
    page = rp.authorize(scope="openid")
    rp.client.is_active = False
    rp.client.save()

    response = rp.sign_in(person, page)

    assert response.status_code == 400


@pytest.mark.spec("RFC 9700", "4.7")
def test_unknown_request_is_told_to_the_person(rp: RelyingParty) -> None:
    response = rp.browser.get(f"/authorize/resume/{uuid.uuid4()}/")

    assert response.status_code == 400


@pytest.mark.spec("RFC 9700", "4.7")
def test_two_requests_of_one_browser_are_both_answered(
    rp: RelyingParty, person: User, granted: None
) -> None:
    first, second = rp.authorize(scope="openid"), rp.authorize(scope="openid", state="second")

    assert_code(rp.sign_in(person, second))

    back = form_with(rp.browser.get(first["Location"]).content.decode(), "login").data["next"][0]
    assert_code(rp.browser.get(back))


@pytest.mark.spec("RFC 9700", "4.7")
def test_consent_screen_of_one_person_is_closed_to_another(
    rp: RelyingParty, person: User, other_person: User
) -> None:
    rp.sign_in(person)
    screen = rp.authorize()["Location"]
    stranger = RelyingParty(rp.client, rp.secret, new_browser())
    stranger.sign_in(other_person)

    response = stranger.browser.get(screen)

    assert response.status_code == 404


@pytest.mark.spec("RFC 9700", "4.7")
def test_answer_to_the_consent_screen_needs_the_token_of_its_form(
    rp: RelyingParty, person: User
) -> None:
    rp.sign_in(person)
    screen = rp.authorize()["Location"]

    response = rp.browser.post(screen, {"decision": "allow", "scope": ["email"]})

    assert response.status_code == 403


@pytest.mark.spec("RFC 9700", "4.7")
def test_consent_of_one_person_does_not_count_for_the_next_in_the_same_browser(
    rp: RelyingParty, person: User, other_person: User
) -> None:
    make_grant(person=other_person, client=rp.client, scopes=["openid", "email"])
    rp.sign_in(person)
    rp.authorize(scope="openid email", prompt="consent")
    page = rp.follow(rp.browser.get(resume_path()))
    form = form_with(page.content.decode(), "decision")
    rp.browser.post(page.wsgi_request.path, {**form.data, "decision": "allow"})
    rp.sign_in(other_person)

    response = rp.browser.get(resume_path())

    assert response.status_code == 302
    assert response["Location"].startswith("/consent/")


@pytest.mark.spec("RFC 9700", "4.12")
def test_answer_is_a_303_so_that_no_password_is_sent_on(rp: RelyingParty, person: User) -> None:
    response = rp.go_through(person)

    assert response.status_code == 303


@pytest.mark.spec("RFC 9700", "4.2.4")
def test_answer_is_kept_by_no_cache_and_leaks_by_no_referrer(
    rp: RelyingParty, person: User
) -> None:
    response = rp.go_through(person)

    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "no-referrer"


@pytest.mark.spec("RFC 9700", "4.16")
def test_pages_cannot_be_framed(rp: RelyingParty, person: User) -> None:
    page = rp.sign_in(person, rp.authorize())

    assert page["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]


@pytest.mark.spec("RFC 7591", "3", hole=21)
def test_management_pages_of_the_engine_are_not_there(rp: RelyingParty, person: User) -> None:
    rp.sign_in(person)

    for path in ("/applications/", "/applications/register/", "/o/applications/register/"):
        assert rp.browser.get(path).status_code == 404
