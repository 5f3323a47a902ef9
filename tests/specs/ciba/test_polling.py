"""The token endpoint: who may fetch an answer, how often, and how long."""

from typing import Any

import pytest

from foundation.directory.models import User
from idp.models import BackchannelRequest, RefreshToken
from tests.assertions import assert_oauth_error
from tests.factories import make_relying_party
from tests.provider import Clock
from tests.specs.ciba.asking import CIBA, Asker, newest
from tests.specs.ciba.conftest import make_asker


@pytest.mark.spec("CIBA Core", "11", module="fapi-ciba-id1")
def test_unanswered_request_is_pending(asker: Asker, person: User) -> None:
    assert_oauth_error(asker.poll(asker.asked()), "authorization_pending")


@pytest.mark.spec("CIBA Core", "11")
def test_poll_that_comes_too_soon_has_to_slow_down(
    asker: Asker, person: User, clock: Clock
) -> None:
    auth_req_id = asker.asked()

    assert_oauth_error(asker.poll(auth_req_id), "authorization_pending")
    assert_oauth_error(asker.poll(auth_req_id), "slow_down")
    clock.advance(seconds=9)
    assert_oauth_error(asker.poll(auth_req_id), "slow_down")
    clock.advance(seconds=16)
    assert_oauth_error(asker.poll(auth_req_id), "authorization_pending")
    assert newest().interval == 15


@pytest.mark.spec("CIBA Core", "10.1")
def test_poll_in_the_stated_interval_is_never_too_soon(
    asker: Asker, person: User, clock: Clock
) -> None:
    response = asker.ask().json()

    for _ in range(4):
        assert_oauth_error(asker.poll(response["auth_req_id"]), "authorization_pending")
        clock.advance(seconds=response["interval"])


def test_answer_is_not_held_back_from_a_client_that_polled_too_fast(
    asker: Asker, person: User
) -> None:
    auth_req_id = asker.asked()
    asker.poll(auth_req_id)
    asker.poll(auth_req_id)
    asker.answer(person)

    assert asker.poll(auth_req_id).status_code == 200


@pytest.mark.spec("CIBA Core", "11", module="fapi-ciba-id1-auth-req-id-expired")
def test_expired_request_is_told_apart_and_gives_nothing(
    asker: Asker, person: User, clock: Clock
) -> None:
    auth_req_id = asker.asked(requested_expiry="60")
    asker.answer(person)
    clock.advance(seconds=61)

    assert_oauth_error(asker.poll(auth_req_id), "expired_token")
    assert not RefreshToken.objects.exists()


def test_late_visitor_is_told_that_it_is_closed(asker: Asker, person: User, clock: Clock) -> None:
    asker.asked(requested_expiry="60")
    clock.advance(seconds=61)

    assert "This request is closed" in asker.visit(person).content.decode()


@pytest.mark.spec("CIBA Core", "10.1.1", module="fapi-ciba-id1-multiple-call-to-token-endpoint")
def test_second_fetch_is_refused_and_ends_nothing(asker: Asker, person: User) -> None:
    auth_req_id = asker.asked()
    asker.answer(person)
    first = asker.poll(auth_req_id).json()

    assert_oauth_error(asker.poll(auth_req_id), "invalid_grant")
    assert asker.userinfo(first["access_token"]).status_code == 200


@pytest.mark.spec(
    "CIBA Core", "11", module="fapi-ciba-id1-ensure-wrong-auth-req-id-in-token-endpoint-request"
)
@pytest.mark.parametrize("wrong", ["x", "é", "a" * 5000])
def test_unknown_auth_req_id_is_an_invalid_grant(asker: Asker, person: User, wrong: str) -> None:
    assert_oauth_error(asker.poll(wrong), "invalid_grant")


@pytest.mark.spec("CIBA Core", "10.1")
def test_missing_auth_req_id_is_an_invalid_request(asker: Asker) -> None:
    assert_oauth_error(asker.post("/token", {"grant_type": CIBA}), "invalid_request")


@pytest.mark.spec("CIBA Core", "11")
def test_auth_req_id_of_another_client_looks_unknown_and_is_not_used_up(
    asker: Asker, other_asker: Asker, person: User
) -> None:
    auth_req_id = asker.asked()
    asker.answer(person)

    assert_oauth_error(other_asker.poll(auth_req_id), "invalid_grant")
    assert asker.poll(auth_req_id).status_code == 200


def test_another_client_cannot_slow_a_client_down(
    asker: Asker, other_asker: Asker, person: User
) -> None:
    auth_req_id = asker.asked()
    for _ in range(3):
        other_asker.poll(auth_req_id)

    assert_oauth_error(asker.poll(auth_req_id), "authorization_pending")


@pytest.mark.spec(
    "CIBA Core",
    "10.1",
    module="fapi-ciba-id1-ensure-without-client-assertion-in-token-endpoint-request",
)
def test_poll_without_the_secret_is_refused(asker: Asker, person: User) -> None:
    auth_req_id = asker.asked()
    asker.answer(person)
    form = {"client_id": asker.client.client_id}

    response = asker.post(
        "/token", {**form, "grant_type": CIBA, "auth_req_id": auth_req_id}, authorization=""
    )

    assert_oauth_error(response, "invalid_client", status=401)
    assert asker.poll(auth_req_id).status_code == 200


@pytest.mark.spec("CIBA Core", "11")
def test_client_that_is_not_registered_for_it_may_not_poll(asker: Asker, person: User) -> None:
    party = make_relying_party()

    response = party.post("/token", {"grant_type": CIBA, "auth_req_id": asker.asked()})

    assert_oauth_error(response, "unauthorized_client")


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"resource": "https://elsewhere.example"}, "invalid_target"),
        ({"authorization_details": "[{}]"}, "invalid_authorization_details"),
    ],
)
def test_token_request_that_asks_for_too_much_uses_nothing_up(
    asker: Asker, person: User, form: dict[str, Any], error: str
) -> None:
    auth_req_id = asker.asked()
    asker.answer(person)

    assert_oauth_error(asker.poll(auth_req_id, **form), error)
    assert not RefreshToken.objects.exists()
    assert asker.poll(auth_req_id).status_code == 200


def test_client_without_the_refresh_grant_gets_no_refresh_token(person: User) -> None:
    asker = make_asker(grant_types=(CIBA,), redirect_uris=())
    auth_req_id = asker.asked(scope="openid offline_access")
    asker.answer(person)

    assert "refresh_token" not in asker.poll(auth_req_id).json()


@pytest.mark.spec("CIBA Core", "7.3")
def test_auth_req_id_is_not_stored(asker: Asker, person: User) -> None:
    auth_req_id = asker.asked()

    assert len(auth_req_id) >= 43
    assert auth_req_id not in str(BackchannelRequest.objects.values())
