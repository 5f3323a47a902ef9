"""`max_age` and `default_max_age`: how old the sign-in may be."""

import pytest

from foundation.directory.models import User
from tests.assertions import assert_code, assert_redirected_error, assert_sent_to
from tests.factories import make_grant, make_relying_party
from tests.jwt import payload_of
from tests.provider import Clock
from tests.relying_party import RelyingParty


@pytest.fixture
def signed_in(rp: RelyingParty, person: User, clock: Clock) -> RelyingParty:
    make_grant(person=person, client=rp.client, scopes=rp.client.scope.split())
    rp.sign_in(person)
    return rp


@pytest.mark.spec("OIDC Core", "3.1.2.1", module="oidcc-max-age-1", hole=2)
def test_sign_in_older_than_max_age_is_renewed(signed_in: RelyingParty, clock: Clock) -> None:
    first = payload_of(signed_in.exchange(assert_code(signed_in.authorize())).json()["id_token"])
    clock.advance(seconds=2)

    response = signed_in.confirm_password(signed_in.authorize(max_age="1"))

    second = payload_of(signed_in.exchange(assert_code(response)).json()["id_token"])
    assert second["auth_time"] > first["auth_time"]


@pytest.mark.spec("OIDC Core", "3.1.2.1", module="oidcc-max-age-1", hole=2)
def test_sign_in_older_than_max_age_cannot_be_used_without_the_password(
    signed_in: RelyingParty, clock: Clock
) -> None:
    clock.advance(seconds=2)

    response = signed_in.authorize(max_age="1")

    assert_sent_to(response, "/accounts/reauthenticate/")


@pytest.mark.spec("OIDC Core", "3.1.2.1", module="oidcc-max-age-10000")
def test_sign_in_younger_than_max_age_is_used(signed_in: RelyingParty, clock: Clock) -> None:
    clock.advance(seconds=100)

    response = signed_in.authorize(max_age="10000")

    assert_code(response)


@pytest.mark.spec("OIDC Core", "3.1.2.1", module="oidcc-max-age-10000")
def test_id_token_tells_the_auth_time_of_a_request_with_max_age(
    signed_in: RelyingParty, clock: Clock
) -> None:
    first = signed_in.exchange(assert_code(signed_in.authorize())).json()
    clock.advance(seconds=100)

    second = signed_in.exchange(assert_code(signed_in.authorize(max_age="10000"))).json()

    assert payload_of(second["id_token"])["auth_time"] == payload_of(first["id_token"])["auth_time"]


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_max_age_zero_always_asks_again(signed_in: RelyingParty, clock: Clock) -> None:
    clock.advance(seconds=1)

    response = signed_in.authorize(max_age="0")

    assert_sent_to(response, "/accounts/reauthenticate/")


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_max_age_zero_is_met_by_a_new_sign_in(signed_in: RelyingParty, clock: Clock) -> None:
    clock.advance(seconds=1)

    response = signed_in.confirm_password(signed_in.authorize(max_age="0"))

    assert_code(response)


@pytest.mark.spec("OIDC Core", "3.1.2.1")
@pytest.mark.parametrize(
    "max_age", ["-1", "1.5", "abc", "1e3", "0x10", "٣", "²", " 1", "9" * 19, "1 ", "+1"]
)
def test_max_age_that_is_no_whole_number_is_refused(rp: RelyingParty, max_age: str) -> None:
    response = rp.authorize(max_age=max_age)

    assert_redirected_error(response, "invalid_request")


@pytest.mark.spec("OIDC Registration", "2")
def test_default_max_age_counts_when_the_request_has_none(
    provider: None, person: User, clock: Clock
) -> None:
    rp = make_relying_party(default_max_age=10)
    rp.obtain_tokens(person)
    clock.advance(seconds=11)

    response = rp.authorize()

    assert_sent_to(response, "/accounts/reauthenticate/")


@pytest.mark.spec("OIDC Registration", "2")
def test_max_age_of_the_request_wins_over_the_default(
    provider: None, person: User, clock: Clock
) -> None:
    rp = make_relying_party(default_max_age=10)
    rp.obtain_tokens(person)
    clock.advance(seconds=11)

    response = rp.authorize(max_age="100")

    assert_code(response)


@pytest.mark.spec("OIDC Core", "2", hole=4)
def test_auth_time_is_that_of_this_browser_and_not_the_last_one_anywhere(
    signed_in: RelyingParty, person: User, clock: Clock
) -> None:
    first = payload_of(signed_in.exchange(assert_code(signed_in.authorize())).json()["id_token"])
    clock.advance(seconds=60)
    elsewhere = RelyingParty(signed_in.client, signed_in.secret)
    elsewhere.sign_in(person)

    second = payload_of(signed_in.exchange(assert_code(signed_in.authorize())).json()["id_token"])

    assert second["auth_time"] == first["auth_time"]
    assert second["sid"] == first["sid"]
