"""From the question to the tokens: the person answers where they are."""

import re

import pytest
from django.core import mail
from django.test import Client as Browser

from consent.approvals.notices.delivery import Office, deliver_mail
from foundation.directory.models import User
from idp.models import AuthorizationCode, BackchannelRequest
from tests.assertions import assert_oauth_error
from tests.jwt import verified
from tests.provider import Clock
from tests.specs.ciba.asking import Asker, newest
from tests.specs.ciba.conftest import make_asker

SIGNED_IN = {"acr": "urn:scopeward:acr:1", "amr": ["pwd"]}


@pytest.mark.spec("CIBA Core", "10.1", module=("fapi-ciba-id1", "fapi-ciba-id1-refresh-token"))
def test_answered_request_gives_the_tokens_of_a_sign_in(asker: Asker, person: User) -> None:
    auth_req_id = asker.asked(scope="openid profile email offline_access")
    asker.answer(person)

    response = asker.poll(auth_req_id)

    assert response.status_code == 200, response.content
    assert response["Cache-Control"] == "no-store"
    tokens = response.json()
    assert set(tokens["scope"].split()) == {"openid", "profile", "email", "offline_access"}
    assert asker.userinfo(tokens["access_token"]).json()["sub"] == person.subject
    assert asker.refresh(tokens["refresh_token"]).status_code == 200


@pytest.mark.spec("CIBA Core", "10.1.1")
def test_id_token_tells_of_the_sign_in_that_answered(asker: Asker, person: User) -> None:
    auth_req_id = asker.asked()
    asker.answer(person)

    payload = verified(asker.poll(auth_req_id).json()["id_token"])

    assert payload["sub"] == person.subject
    assert payload["aud"] == asker.client.client_id
    assert {name: payload[name] for name in SIGNED_IN} == SIGNED_IN
    assert {"at_hash", "auth_time", "sid"} <= payload.keys()
    assert "nonce" not in payload
    assert "urn:openid:params:jwt:claim:auth_req_id" not in payload  # §10.3.1: push only


@pytest.mark.spec("CIBA Core", "11", module="fapi-ciba-id1-user-rejects-authentication")
def test_no_is_told_the_client(asker: Asker, person: User) -> None:
    auth_req_id = asker.asked()
    page = asker.answer(person, allow=())

    assert "You have not allowed it" in page.content.decode()
    assert_oauth_error(asker.poll(auth_req_id), "access_denied")
    assert_oauth_error(asker.poll(auth_req_id), "access_denied")


def test_what_is_left_unticked_is_in_no_token(asker: Asker, person: User) -> None:
    auth_req_id = asker.asked(scope="openid profile email")
    asker.answer(person, allow=("profile",))

    assert set(asker.poll(auth_req_id).json()["scope"].split()) == {"openid", "profile"}


@pytest.mark.spec("CIBA Core", "8")
def test_person_is_asked_again_even_about_what_they_allowed_before(
    asker: Asker, person: User
) -> None:
    asker.asked()
    asker.answer(person)
    again = asker.asked()

    assert_oauth_error(asker.poll(again), "authorization_pending")
    asker.answer(person)
    assert asker.poll(again).status_code == 200


def test_no_to_what_is_held_already_gives_nothing(asker: Asker, person: User) -> None:
    asker.asked()
    asker.answer(person)
    again = asker.asked()
    asker.answer(person, allow=())

    assert_oauth_error(asker.poll(again), "access_denied")


@pytest.mark.spec("CIBA Core", "7.1")
def test_screen_shows_what_the_program_shows_and_where_it_asks_from(
    asker: Asker, person: User
) -> None:
    asker.asked(binding_message="W4SCT")

    page = asker.visit(person).content.decode()

    assert "Reporter" in page
    assert "<bdi>W4SCT</bdi>" in page
    assert "127.0.0.1" in page
    assert re.search(r"Time left</dt>\s*<dd>\s*\d+.minutes?", page), page


def test_screen_of_a_browser_flow_asks_nobody_whether_they_started_it(
    asker: Asker, person: User
) -> None:
    page = asker.sign_in(person, asker.authorize(scope="openid"))

    assert "Did you start this?" not in page.content.decode()


def test_person_is_told_by_mail_once(asker: Asker, person: User) -> None:
    asker.asked(binding_message="W4SCT")
    office = Office("https://id.example")

    assert deliver_mail(office) == 1
    assert deliver_mail(office) == 0

    [message] = mail.outbox
    assert message.to == [person.email]
    assert "Reporter" in message.body
    assert "W4SCT" in message.body
    assert "W4SCT" not in message.subject
    assert f"https://id.example{newest().get_absolute_url()}" in message.body


def test_list_names_what_waits_and_forgets_it_when_answered(asker: Asker, person: User) -> None:
    asker.asked(binding_message="W4SCT")
    asker.sign_in(person)

    assert "W4SCT" in asker.browser.get("/accounts/requests/").content.decode()
    asker.answer(person)
    assert "W4SCT" not in asker.browser.get("/accounts/requests/").content.decode()


def test_another_person_finds_nothing_and_decides_nothing(
    asker: Asker, person: User, other_person: User
) -> None:
    auth_req_id = asker.asked(binding_message="W4SCT")
    request = newest()
    assert request.consent_request is not None
    asker.sign_in(other_person)

    assert asker.browser.get(request.get_absolute_url()).status_code == 404
    screen = request.consent_request.get_absolute_url()
    assert asker.browser.get(screen).status_code == 404
    assert asker.browser.post(screen, {"decision": "allow"}).status_code in {403, 404}
    assert "W4SCT" not in asker.browser.get("/accounts/requests/").content.decode()
    assert_oauth_error(asker.poll(auth_req_id), "authorization_pending")


@pytest.mark.spec("CIBA Core", "8")
def test_nobody_signed_in_is_sent_to_sign_in(asker: Asker, person: User) -> None:
    asker.asked()

    response = Browser().get(newest().get_absolute_url())

    assert response["Location"].startswith("/accounts/login/")


def test_answer_without_coming_by_the_link_waits_for_the_sign_in_to_be_known(
    asker: Asker, person: User
) -> None:
    """The consent screen may be found another way; its answer leads through the link's page."""
    auth_req_id = asker.asked()
    consent_request = newest().consent_request
    assert consent_request is not None
    page = asker.sign_in_and_open(person, consent_request.get_absolute_url())

    asker.decide(page)

    assert verified(asker.poll(auth_req_id).json()["id_token"])["auth_time"]


def test_old_sign_in_has_to_be_renewed_first(person: User, clock: Clock) -> None:
    asker = make_asker(default_max_age=300)
    asker.sign_in(person)
    clock.advance(seconds=301)
    asker.asked()

    response = asker.browser.get(newest().get_absolute_url())

    assert response["Location"].startswith("/accounts/reauthenticate/")
    assert BackchannelRequest.objects.get().auth_time is None
    page = asker.confirm_password(response)
    assert "Did you start this?" in page.content.decode()


def test_doubtful_sign_in_has_to_be_confirmed_first(asker: Asker, person: User) -> None:
    asker.sign_in(person)
    asker.browser.defaults["REMOTE_ADDR"] = "203.0.113.7"
    asker.asked()

    response = asker.browser.get(newest().get_absolute_url())

    assert response["Location"].startswith("/accounts/reauthenticate/")
    assert BackchannelRequest.objects.get().auth_time is None
    page = asker.confirm_password(response)
    assert "Did you start this?" in page.content.decode()


def test_inactive_person_gives_nothing_although_they_said_yes(asker: Asker, person: User) -> None:
    auth_req_id = asker.asked()
    asker.answer(person)
    User.objects.update(is_active=False)

    assert_oauth_error(asker.poll(auth_req_id), "access_denied")


def test_what_was_taken_back_before_the_poll_is_in_no_token(asker: Asker, person: User) -> None:
    auth_req_id = asker.asked(scope="openid profile")
    asker.answer(person)
    grant = newest().consent_request.grant  # type: ignore[union-attr]
    assert grant is not None
    type(grant).objects.update(scopes={"openid": None}, version=grant.version + 1)

    assert asker.poll(auth_req_id).json()["scope"] == "openid"


def test_no_code_is_left_behind(asker: Asker, person: User) -> None:
    auth_req_id = asker.asked()
    asker.answer(person)
    asker.poll(auth_req_id)

    assert not AuthorizationCode.objects.exists()
