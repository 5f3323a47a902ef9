"""The answer to a refresh that was lost: given again for a moment, to who can have lost it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from django.db import connections
from django.http import HttpResponse

from consent.grants import services as grant_services
from consent.models import Grant
from foundation.base.keyed import Ring
from foundation.directory.models import User
from foundation.journal.context import BY_THE_SYSTEM
from foundation.journal.models import MintedToken
from idp.models import RefreshToken
from tests.assertions import assert_inactive, assert_oauth_error
from tests.factories import make_public_client
from tests.jwt import payload_of
from tests.provider import Clock
from tests.relying_party import RelyingParty

SCOPE = "openid profile email offline_access"
GRACE = 10


def tokens_of(response: HttpResponse) -> dict[str, Any]:
    assert response.status_code == 200, response.content
    return dict(response.json())


def assert_is_over(rp: RelyingParty, *refresh_tokens: str) -> None:
    assert RefreshToken.objects.get().revoked is not None
    for token in refresh_tokens:
        assert_oauth_error(rp.refresh(token), "invalid_grant")


@pytest.mark.both_databases
def test_who_lost_the_answer_gets_the_same_successor_and_goes_on(
    rp: RelyingParty, person: User
) -> None:
    first = rp.obtain_tokens(person, scope=SCOPE)
    lost = tokens_of(rp.refresh(first["refresh_token"]))

    again = [tokens_of(rp.refresh(first["refresh_token"])) for _ in range(3)]

    assert {answer["refresh_token"] for answer in again} == {lost["refresh_token"]}
    assert lost["refresh_token"] != first["refresh_token"]
    for answer in (lost, *again):
        assert rp.userinfo(answer["access_token"]).status_code == 200
        assert (answer["scope"], "id_token" in answer) == (lost["scope"], True)
    assert tokens_of(rp.refresh(lost["refresh_token"]))["refresh_token"] != lost["refresh_token"]


@pytest.mark.both_databases
def test_it_costs_as_much_as_any_refresh(
    rp: RelyingParty, person: User, django_assert_max_num_queries: Any
) -> None:
    first = rp.obtain_tokens(person, scope=SCOPE)
    rp.refresh(first["refresh_token"])
    rp.refresh(first["refresh_token"])

    with django_assert_max_num_queries(3):  # one of them may be the look at the epoch
        tokens_of(rp.refresh(first["refresh_token"]))


def test_every_token_that_is_given_is_in_the_history_once(rp: RelyingParty, person: User) -> None:
    first = rp.obtain_tokens(person, scope=SCOPE)
    for _ in range(3):
        rp.refresh(first["refresh_token"])

    assert list(MintedToken.objects.order_by("pk").values_list("rotation", flat=True)) == [
        0, 1, 2, 3,
    ]  # fmt: skip


@pytest.mark.spec("RFC 9700", "4.14.2")
@pytest.mark.both_databases
def test_after_the_moment_it_is_a_replay(rp: RelyingParty, person: User, clock: Clock) -> None:
    first = rp.obtain_tokens(person, scope=SCOPE)
    lost = tokens_of(rp.refresh(first["refresh_token"]))
    clock.advance(seconds=GRACE + 1)

    assert_oauth_error(rp.refresh(first["refresh_token"]), "invalid_grant")
    assert_is_over(rp, lost["refresh_token"])


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_asking_again_does_not_prolong_the_moment(
    rp: RelyingParty, person: User, clock: Clock
) -> None:
    first = rp.obtain_tokens(person, scope=SCOPE)
    lost = tokens_of(rp.refresh(first["refresh_token"]))
    clock.advance(seconds=GRACE - 2)
    tokens_of(rp.refresh(first["refresh_token"]))
    clock.advance(seconds=4)

    assert_oauth_error(rp.refresh(first["refresh_token"]), "invalid_grant")
    assert_is_over(rp, lost["refresh_token"])


@pytest.mark.spec("RFC 9700", "4.14.2")
@pytest.mark.both_databases
def test_once_the_successor_was_used_it_is_a_replay(rp: RelyingParty, person: User) -> None:
    first = rp.obtain_tokens(person, scope=SCOPE)
    second = tokens_of(rp.refresh(first["refresh_token"]))
    third = tokens_of(rp.refresh(second["refresh_token"]))

    assert_oauth_error(rp.refresh(first["refresh_token"]), "invalid_grant")
    assert_is_over(rp, second["refresh_token"], third["refresh_token"])
    assert_inactive(rp.introspect(third["access_token"]))


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_a_secret_that_never_was_is_a_replay(rp: RelyingParty, person: User) -> None:
    first = rp.obtain_tokens(person, scope=SCOPE)
    rp.refresh(first["refresh_token"])
    handle = first["refresh_token"].partition(".")[0]

    assert_oauth_error(rp.refresh(f"{handle}.{'f' * 64}"), "invalid_grant")
    assert_is_over(rp, first["refresh_token"])


def test_another_client_gets_nothing_and_ends_nothing(
    rp: RelyingParty, other_rp: RelyingParty, person: User
) -> None:
    first = rp.obtain_tokens(person, scope=SCOPE)
    lost = tokens_of(rp.refresh(first["refresh_token"]))

    assert_oauth_error(other_rp.refresh(first["refresh_token"]), "invalid_grant")
    assert tokens_of(rp.refresh(first["refresh_token"]))["refresh_token"] == lost["refresh_token"]


def test_public_clients_too(provider: None, person: User) -> None:
    rp = RelyingParty(make_public_client(), None)
    first = rp.obtain_tokens(person, scope=SCOPE)
    lost = tokens_of(rp.refresh(first["refresh_token"]))

    assert tokens_of(rp.refresh(first["refresh_token"]))["refresh_token"] == lost["refresh_token"]


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_an_operator_who_wants_none_has_none(
    no_refresh_grace: None, rp: RelyingParty, person: User
) -> None:
    first = rp.obtain_tokens(person, scope=SCOPE)
    second = tokens_of(rp.refresh(first["refresh_token"]))

    assert_oauth_error(rp.refresh(first["refresh_token"]), "invalid_grant")
    assert_is_over(rp, second["refresh_token"])


def test_what_was_taken_back_meanwhile_is_not_given_again(rp: RelyingParty, person: User) -> None:
    first = rp.obtain_tokens(person, scope=SCOPE)
    rp.refresh(first["refresh_token"])
    grant = Grant.objects.get()

    grant_services.revoke_scope(grant, "email", context=BY_THE_SYSTEM)
    assert "email" not in tokens_of(rp.refresh(first["refresh_token"]))["scope"]
    grant_services.revoke_grant(Grant.objects.get())
    assert_oauth_error(rp.refresh(first["refresh_token"]), "invalid_grant")


def test_no_token_that_is_given_again_outlives_the_first(
    rp: RelyingParty, person: User, clock: Clock
) -> None:
    first = rp.obtain_tokens(person, scope=SCOPE)
    lost = payload_of(tokens_of(rp.refresh(first["refresh_token"]))["access_token"])
    clock.advance(seconds=GRACE - 3)

    answer = tokens_of(rp.refresh(first["refresh_token"]))

    again = payload_of(answer["access_token"])
    assert again["jti"] != lost["jti"]
    assert again["exp"] <= lost["exp"]
    assert again["exp"] - again["iat"] == answer["expires_in"] < lost["exp"] - lost["iat"]


def test_nothing_that_is_stored_gives_the_successor_away(rp: RelyingParty, person: User) -> None:
    first = rp.obtain_tokens(person, scope=SCOPE)
    lost = tokens_of(rp.refresh(first["refresh_token"]))
    stored = str(RefreshToken.objects.values().get())

    for token in (first["refresh_token"], lost["refresh_token"]):
        assert token.partition(".")[2] not in stored


def test_a_new_pepper_does_not_lose_it(rp: RelyingParty, person: User, settings: Any) -> None:
    first = rp.obtain_tokens(person, scope=SCOPE)
    lost = tokens_of(rp.refresh(first["refresh_token"]))
    before = settings.SCOPEWARD.pepper
    ring = Ring(b"another pepper of at least thirty-two bytes", before.secrets)
    settings.SCOPEWARD = replace(settings.SCOPEWARD, pepper=ring)

    assert tokens_of(rp.refresh(first["refresh_token"]))["refresh_token"] == lost["refresh_token"]


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_many_at_once_get_one_successor(rp: RelyingParty, person: User) -> None:
    first = rp.obtain_tokens(person, scope=SCOPE)

    def refresh(_: int) -> HttpResponse:
        try:
            return rp.refresh(first["refresh_token"])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(refresh, range(8)))

    given = {a.json()["refresh_token"] for a in answers if a.status_code == 200}
    assert len(given) == 1
    assert {a.status_code for a in answers} <= {200, 400}
    family = RefreshToken.objects.get()
    assert family.revoked is None
    notes = MintedToken.objects.values_list("rotation", flat=True)
    assert sorted(notes) == list(range(family.rotations + 1))
    assert tokens_of(rp.refresh(given.pop()))
