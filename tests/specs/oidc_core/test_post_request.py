"""The authorization endpoint by POST, from another site."""

import pytest
from django.test import Client as Browser

from foundation.base import conf
from foundation.directory.models import User
from tests.assertions import (
    assert_code,
    assert_error_page,
    assert_redirected_error,
    assert_sent_to_sign_in,
)
from tests.relying_party import FORM, RelyingParty, answer_of


@pytest.mark.spec("OIDC Core", "3.1.2.1", module="oidcc-ensure-post-request-succeeds", hole=6)
def test_request_by_post_needs_no_csrf_token(rp: RelyingParty, person: User) -> None:
    page = rp.sign_in(person, rp.authorize_by_post())

    response = rp.decide(page)

    assert_code(response)


@pytest.mark.spec("OIDC Core", "3.1.2.1", hole=6)
def test_request_by_post_of_a_signed_in_person_is_answered(rp: RelyingParty, person: User) -> None:
    rp.obtain_tokens(person)

    response = rp.authorize_by_post(prompt="none")

    assert_code(response)


@pytest.mark.spec("OIDC Core", "3.1.2.1", module="oidcc-ensure-post-request-succeeds", hole=6)
def test_request_posted_by_another_site_finds_who_is_signed_in(
    rp: RelyingParty, person: User
) -> None:
    rp.obtain_tokens(person)
    state = "ä+b c&d=%"

    without_cookies = RelyingParty(rp.client, rp.secret)
    response = without_cookies.authorize_by_post(prompt="none", state=state)

    assert response.status_code == 303
    answer = rp.follow(response)
    assert_code(answer)
    assert answer_of(answer)["state"] == state


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_request_posted_by_another_site_leaves_waiting_requests_alone(
    rp: RelyingParty, person: User
) -> None:
    waiting = rp.follow(rp.authorize(state="first"))

    posted = RelyingParty(rp.client, rp.secret).authorize_by_post(state="second")

    assert not posted.cookies
    assert_sent_to_sign_in(rp.browser.get(posted["Location"]))
    assert answer_of(rp.decide(rp.sign_in(person, waiting)))["state"] == "first"


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_request_too_long_for_an_address_has_to_be_pushed(rp: RelyingParty) -> None:
    response = rp.authorize_by_post(resource=[conf.current().issuer] * 800)

    assert_redirected_error(response, "invalid_request")
    assert "pushed" in answer_of(response)["error_description"]


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_parameters_in_the_address_of_a_post_do_not_count(rp: RelyingParty) -> None:
    response = rp.browser.post("/authorize?client_id=x", b"", content_type=FORM)

    assert_error_page(response, "invalid_request")


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_wrong_request_by_post_is_refused_as_by_get(rp: RelyingParty) -> None:
    response = rp.authorize_by_post(response_type="token")

    assert_redirected_error(response, "unsupported_response_type")


@pytest.mark.spec("OIDC Core", "3.1.2.1")
@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "multipart/form-data"])
def test_request_in_a_body_of_another_type_is_told_to_the_person(
    rp: RelyingParty, content_type: str
) -> None:
    response = Browser().post("/authorize", b'{"client_id": "x"}', content_type=content_type)

    assert response.status_code == 400
