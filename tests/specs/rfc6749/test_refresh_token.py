"""Refresh tokens: rotated by every use, never worth more than the grant behind them."""

import pytest

from consent.grants.services import revoke_grant, revoke_scope
from consent.models import Grant
from foundation.directory.models import User
from foundation.journal.context import DecisionContext
from idp.models import RefreshToken
from tests.assertions import assert_inactive, assert_oauth_error
from tests.factories import make_relying_party
from tests.jwt import payload_of
from tests.provider import Clock
from tests.relying_party import RelyingParty

CONTEXT = DecisionContext(locale="en", acr="", address=None, user_agent="")


@pytest.mark.spec(
    "RFC 6749", "6", module=("oidcc-refresh-token", "fapi2-security-profile-final-refresh-token")
)
def test_refresh_token_gives_a_new_access_token(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person)

    refreshed = rp.refresh(tokens["refresh_token"]).json()

    assert refreshed["access_token"] != tokens["access_token"]
    assert rp.userinfo(refreshed["access_token"]).status_code == 200
    assert refreshed["scope"] == tokens["scope"]


@pytest.mark.spec("RFC 9700", "4.14.2", module="oidcc-refresh-token")
def test_refresh_token_is_replaced_by_every_use(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person)

    refreshed = rp.refresh(tokens["refresh_token"]).json()

    assert refreshed["refresh_token"] != tokens["refresh_token"]
    assert rp.refresh(refreshed["refresh_token"]).status_code == 200


@pytest.mark.usefixtures("no_refresh_grace")
@pytest.mark.spec("RFC 9700", "4.14.2")
def test_used_refresh_token_is_refused(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person)
    rp.refresh(tokens["refresh_token"])

    response = rp.refresh(tokens["refresh_token"])

    assert_oauth_error(response, "invalid_grant")


@pytest.mark.usefixtures("no_refresh_grace")
@pytest.mark.spec("RFC 9700", "4.14.2")
def test_used_refresh_token_ends_its_whole_family(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person)
    refreshed = rp.refresh(tokens["refresh_token"]).json()

    rp.refresh(tokens["refresh_token"])

    assert_oauth_error(rp.refresh(refreshed["refresh_token"]), "invalid_grant")
    assert_inactive(rp.introspect(refreshed["access_token"]))
    assert_inactive(rp.introspect(tokens["access_token"]))


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_used_refresh_token_leaves_other_families_alone(rp: RelyingParty, person: User) -> None:
    other = rp.obtain_tokens(person)
    tokens = rp.obtain_tokens(person)
    rp.refresh(tokens["refresh_token"])

    rp.refresh(tokens["refresh_token"])

    assert rp.refresh(other["refresh_token"]).status_code == 200


@pytest.mark.spec("RFC 6749", "6")
def test_refresh_may_ask_for_less(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person)

    refreshed = rp.refresh(tokens["refresh_token"], scope="openid email").json()

    assert refreshed["scope"] == "openid email"
    assert payload_of(refreshed["access_token"])["scope"] == "openid email"


@pytest.mark.spec("RFC 6749", "6")
@pytest.mark.parametrize("scope", ["openid clearance", "unheard-of", "openid openid email x"])
def test_refresh_cannot_ask_for_more_than_was_granted(
    rp: RelyingParty, person: User, scope: str
) -> None:
    tokens = rp.obtain_tokens(person, scope="openid email offline_access")

    response = rp.refresh(tokens["refresh_token"], scope=scope)

    assert_oauth_error(response, "invalid_scope")


@pytest.mark.spec("RFC 6749", "6")
def test_refused_refresh_does_not_use_up_the_token(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person)

    rp.refresh(tokens["refresh_token"], scope="unheard-of")

    assert rp.refresh(tokens["refresh_token"]).status_code == 200


@pytest.mark.spec("RFC 6749", "6")
def test_narrow_refresh_leaves_the_scope_of_the_refresh_token_as_granted(
    rp: RelyingParty, person: User
) -> None:
    tokens = rp.obtain_tokens(person, scope="openid email offline_access")
    narrow = rp.refresh(tokens["refresh_token"], scope="openid").json()

    refreshed = rp.refresh(narrow["refresh_token"]).json()

    assert refreshed["scope"] == "openid email offline_access"


@pytest.mark.spec("RFC 6749", "6")
def test_refresh_token_of_another_client_is_refused(
    rp: RelyingParty, other_rp: RelyingParty, person: User
) -> None:
    tokens = rp.obtain_tokens(person)

    response = other_rp.refresh(tokens["refresh_token"])

    assert_oauth_error(response, "invalid_grant")
    assert rp.refresh(tokens["refresh_token"]).status_code == 200


@pytest.mark.spec("RFC 6749", "6")
@pytest.mark.parametrize("token", ["unknown", "a.b", ".", "a.", ".b", "a.b.c", "x" * 5_000, "ü.ü"])
def test_unknown_refresh_token_is_an_invalid_grant(rp: RelyingParty, token: str) -> None:
    response = rp.refresh(token)

    assert_oauth_error(response, "invalid_grant")


@pytest.mark.spec("RFC 6749", "6")
def test_missing_refresh_token_is_an_invalid_request(rp: RelyingParty) -> None:
    response = rp.post("/token", {"grant_type": "refresh_token"})

    assert_oauth_error(response, "invalid_request")


@pytest.mark.spec("RFC 6749", "6")
def test_access_token_is_no_refresh_token(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person)

    response = rp.refresh(tokens["access_token"])

    assert_oauth_error(response, "invalid_grant")


@pytest.mark.spec("RFC 6749", "6")
def test_refresh_token_dies_with_its_grant(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person)
    revoke_grant(Grant.objects.get())

    response = rp.refresh(tokens["refresh_token"])

    assert_oauth_error(response, "invalid_grant")


@pytest.mark.spec("RFC 6749", "6")
def test_refresh_gives_no_scope_that_was_taken_back(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person, scope="openid email profile offline_access")
    revoke_scope(Grant.objects.get(), "email", context=CONTEXT)

    refreshed = rp.refresh(tokens["refresh_token"]).json()

    assert refreshed["scope"] == "openid profile offline_access"


@pytest.mark.spec("RFC 6749", "6")
def test_refresh_for_nothing_but_what_was_taken_back_is_an_invalid_scope(
    rp: RelyingParty, person: User
) -> None:
    tokens = rp.obtain_tokens(person)
    revoke_scope(Grant.objects.get(), "email", context=CONTEXT)

    refused = rp.refresh(tokens["refresh_token"], scope="email")

    assert_oauth_error(refused, "invalid_scope")
    assert rp.refresh(tokens["refresh_token"]).status_code == 200


@pytest.mark.spec("RFC 6749", "6", hole=9)
def test_inactive_person_cannot_refresh(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person)
    person.is_active = False
    person.save()

    response = rp.refresh(tokens["refresh_token"])

    assert_oauth_error(response, "invalid_grant")


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_refresh_token_expires_when_unused_for_a_month(
    rp: RelyingParty, person: User, clock: Clock
) -> None:
    token = rp.obtain_tokens(person)["refresh_token"]
    for _ in range(2):
        clock.advance(days=29)
        token = rp.refresh(token).json()["refresh_token"]
    clock.advance(days=31)

    response = rp.refresh(token)

    assert_oauth_error(response, "invalid_grant")


def test_refreshing_prolongs_the_month_but_not_the_year(
    rp: RelyingParty, person: User, clock: Clock
) -> None:
    token = rp.obtain_tokens(person)["refresh_token"]
    for _ in range(18):
        clock.advance(days=20)
        token = rp.refresh(token).json()["refresh_token"]
    clock.advance(days=20)

    response = rp.refresh(token)

    assert_oauth_error(response, "invalid_grant")


@pytest.mark.spec("RFC 6749", "6")
def test_public_client_refreshes_without_a_secret(provider: None, person: User) -> None:
    rp = make_relying_party(token_endpoint_auth_method="none")
    tokens = rp.obtain_tokens(person)

    response = rp.refresh(tokens["refresh_token"])

    assert response.status_code == 200


@pytest.mark.spec("RFC 6749", "10.4")
def test_refresh_token_is_stored_as_a_digest_only(rp: RelyingParty, person: User) -> None:
    secret = rp.obtain_tokens(person)["refresh_token"].partition(".")[2]

    (row,) = RefreshToken.objects.values()

    assert secret not in str(row)
