"""The authorization endpoint with a `request_uri`: only what was pushed counts, and once."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from foundation.base.configuration import epoch
from foundation.directory.models import User
from idp.models import PushedAuthorizationRequest
from tests.assertions import assert_error_page, assert_redirected_error, assert_sent_to_sign_in
from tests.jwt import payload_of
from tests.provider import Clock
from tests.relying_party import RelyingParty, answer_of, new_browser

UNKNOWN = "urn:ietf:params:oauth:request_uri:" + "A" * 43


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    yield
    epoch.forget()


@pytest.mark.spec(
    "RFC 9126",
    "4",
    module=(
        "fapi2-security-profile-final-happy-flow",
        "fapi2-security-profile-final-ensure-other-scope-order-succeeds",
    ),
)
def test_pushed_request_leads_to_tokens(rp: RelyingParty, person: User) -> None:
    pushed = rp.pushed(state="pushed-state", scope="email offline_access openid")

    answer = answer_of(rp.go_through(person, **pushed))

    assert answer["state"] == "pushed-state"
    tokens = rp.exchange(answer["code"]).json()
    assert tokens["scope"].split() == ["email", "offline_access", "openid"]
    assert "id_token" in tokens


@pytest.mark.spec(
    "RFC 9126",
    "4",
    module=(
        "fapi2-security-profile-final-state-only-outside-request-object-not-used",
        "fapi2-security-profile-final-ensure-different-nonce-inside-and-outside-request-object",
        "fapi2-security-profile-final-ensure-different-state-inside-and-outside-request-object",
    ),
)
def test_parameters_beside_the_reference_do_not_count(rp: RelyingParty, person: User) -> None:
    pushed = rp.pushed(state=None, nonce="inside", scope="openid")
    pushed |= {"state": "outside", "nonce": "outside", "scope": "openid email"}
    pushed |= {"redirect_uri": "https://evil.example/", "prompt": "none"}

    response = rp.go_through(person, **pushed)

    assert response["Location"].startswith("https://rp.example/callback?")
    answer = answer_of(response)
    assert "state" not in answer
    tokens = rp.exchange(answer["code"]).json()
    assert tokens["scope"] == "openid"
    assert payload_of(tokens["id_token"])["nonce"] == "inside"


@pytest.mark.spec(
    "RFC 9126",
    "4",
    module="fapi2-security-profile-final-"
    "par-ensure-reused-request-uri-prior-to-auth-completion-succeeds",
)
def test_page_may_be_loaded_again_before_the_answer(rp: RelyingParty, person: User) -> None:
    pushed = rp.pushed()
    assert_sent_to_sign_in(rp.authorize(**pushed))

    assert "code" in answer_of(rp.go_through(person, **pushed))


@pytest.mark.spec(
    "RFC 9126",
    "4",
    module="fapi2-security-profile-final-par-attempt-reuse-request_uri",
)
def test_answered_request_cannot_be_brought_again(rp: RelyingParty, person: User) -> None:
    pushed = rp.pushed()
    rp.go_through(person, **pushed)

    response = rp.authorize(**pushed)

    assert_redirected_error(response, "invalid_request_uri")


@pytest.mark.spec("RFC 9126", "4")
def test_answered_request_cannot_be_brought_again_by_another_browser(
    rp: RelyingParty, person: User, other_person: User
) -> None:
    pushed = rp.pushed()
    rp.go_through(person, **pushed)
    rp.browser = new_browser()

    assert_redirected_error(rp.authorize(**pushed), "invalid_request_uri")


@pytest.mark.spec("RFC 9126", "4")
def test_of_two_browsers_with_one_reference_the_second_gets_no_answer(
    rp: RelyingParty, person: User, other_person: User
) -> None:
    pushed = rp.pushed()
    stolen = RelyingParty(rp.client, rp.secret)
    page = stolen.sign_in(other_person, stolen.authorize(**pushed))
    rp.go_through(person, **pushed)

    response = stolen.decide(page)

    assert_error_page(response, "invalid_request_uri")


@pytest.mark.spec("RFC 9126", "4")
def test_an_error_uses_the_reference_up_too(rp: RelyingParty) -> None:
    pushed = rp.pushed(prompt="none")
    assert_redirected_error(rp.authorize(**pushed), "login_required")

    assert_redirected_error(rp.authorize(**pushed), "invalid_request_uri")


@pytest.mark.spec(
    "RFC 9126",
    "4",
    module="fapi2-security-profile-final-user-rejects-authentication",
)
def test_a_refusal_uses_the_reference_up_too(rp: RelyingParty, person: User) -> None:
    pushed = rp.pushed()
    assert answer_of(rp.go_through(person, allow=(), **pushed))["error"] == "access_denied"

    assert_redirected_error(rp.authorize(**pushed), "invalid_request_uri")


@pytest.mark.spec(
    "RFC 9126",
    "2.2",
    module="fapi2-security-profile-final-par-attempt-to-use-expired-request_uri",
)
def test_expired_reference_is_refused(rp: RelyingParty, clock: Clock) -> None:
    pushed = rp.pushed()
    clock.advance(seconds=91)

    assert_redirected_error(rp.authorize(**pushed), "invalid_request_uri")


@pytest.mark.spec("RFC 9126", "2.2")
def test_person_may_take_longer_than_the_reference_lives(
    rp: RelyingParty, person: User, clock: Clock
) -> None:
    page = rp.authorize(**rp.pushed())
    clock.advance(minutes=10)

    answer = answer_of(rp.decide(rp.sign_in(person, page)))

    assert "code" in answer


@pytest.mark.spec(
    "RFC 9126",
    "4",
    module="fapi2-security-profile-final-par-attempt-to-use-request_uri-for-different-client",
)
def test_reference_of_another_client_is_told_to_the_person(
    rp: RelyingParty, other_rp: RelyingParty
) -> None:
    request_uri = rp.pushed()["request_uri"]

    response = other_rp.authorize(**other_rp.bringing(request_uri))

    assert_error_page(response, "invalid_request_uri")


@pytest.mark.spec("RFC 9126", "4")
def test_attempt_of_another_client_does_not_use_the_reference_up(
    rp: RelyingParty, other_rp: RelyingParty
) -> None:
    pushed = rp.pushed()
    other_rp.authorize(**other_rp.bringing(pushed["request_uri"]))

    assert_sent_to_sign_in(rp.authorize(**pushed))


@pytest.mark.spec("RFC 9126", "4")
@pytest.mark.parametrize("request_uri", [UNKNOWN, UNKNOWN[:-1], UNKNOWN + "\x00", UNKNOWN[:34]])
def test_unknown_reference_is_told_to_the_person(rp: RelyingParty, request_uri: str) -> None:
    assert_error_page(rp.authorize(**rp.bringing(request_uri)), "invalid_request_uri")


@pytest.mark.spec("RFC 9126", "4")
def test_unknown_reference_leads_nowhere_even_with_a_registered_address(rp: RelyingParty) -> None:
    assert_error_page(rp.authorize(request_uri=UNKNOWN), "invalid_request_uri")


@pytest.mark.spec("RFC 9126", "4")
def test_reference_without_client_id_is_refused(rp: RelyingParty) -> None:
    response = rp.authorize(**{**rp.pushed(), "client_id": None})

    assert_error_page(response, "invalid_request_uri")


@pytest.mark.spec("RFC 9126", "4")
@pytest.mark.parametrize("name", ["client_id", "request_uri"])
def test_repeated_reference_is_refused(rp: RelyingParty, name: str) -> None:
    pushed = rp.pushed()

    response = rp.authorize(**{**pushed, name: [pushed[name], pushed[name]]})

    assert_error_page(response, "invalid_request")


@pytest.mark.spec("RFC 9126", "4")
def test_address_that_was_unregistered_meanwhile_is_not_redirected_to(rp: RelyingParty) -> None:
    pushed = rp.pushed()
    rp.client.redirect_uris = "https://rp.example/new"
    rp.client.save()

    assert_error_page(rp.authorize(**pushed), "invalid_request")


@pytest.mark.spec("RFC 9126", "4")
def test_client_that_was_switched_off_meanwhile_is_refused(rp: RelyingParty) -> None:
    pushed = rp.pushed()
    rp.client.is_active = False
    rp.client.save()

    assert_error_page(rp.authorize(**pushed), "invalid_request")


@pytest.mark.spec("RFC 9126", "4")
def test_scope_that_was_taken_from_the_client_meanwhile_is_refused(rp: RelyingParty) -> None:
    pushed = rp.pushed(scope="openid email")
    rp.client.scope = "openid"
    rp.client.save()

    assert_redirected_error(rp.authorize(**pushed), "invalid_scope")


@pytest.mark.spec(
    "RFC 9126",
    "6",
    module="fapi2-security-profile-final-"
    "ensure-unsigned-authorization-request-without-using-par-fails",
)
def test_client_that_has_to_push_cannot_ask_directly(provider: None, rp: RelyingParty) -> None:
    rp.client.require_pushed_authorization_requests = True
    rp.client.save()

    assert_redirected_error(rp.authorize(), "invalid_request")
    assert_sent_to_sign_in(rp.authorize(**rp.pushed()))


@pytest.mark.spec("RFC 9126", "5")
def test_installation_may_want_every_request_pushed(rp: RelyingParty, settings: Any) -> None:
    settings.SCOPEWARD = replace(settings.SCOPEWARD, require_pushed_authorization_requests=True)

    assert_redirected_error(rp.authorize(), "invalid_request")
    assert_sent_to_sign_in(rp.authorize(**rp.pushed()))


@pytest.mark.spec("OIDC Core", "6.2")
def test_request_uri_of_another_kind_is_still_refused_by_name(rp: RelyingParty) -> None:
    response = rp.authorize(request_uri="https://rp.example/request.jwt")

    assert_redirected_error(response, "request_uri_not_supported")


@pytest.mark.spec("RFC 9126", "4")
def test_reference_may_be_brought_by_post(rp: RelyingParty) -> None:
    posted = rp.authorize_by_post(**rp.pushed())

    assert_sent_to_sign_in(rp.browser.get(posted["Location"]))


@pytest.mark.spec("RFC 9126", "7.3")
def test_used_reference_stays_used_while_the_row_is_kept(rp: RelyingParty, person: User) -> None:
    rp.go_through(person, **rp.pushed())

    assert PushedAuthorizationRequest.objects.get().used_at is not None
