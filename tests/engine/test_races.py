"""Single use under concurrency, on PostgreSQL and on SQLite (design.md section 10, rule 2)."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.db import connection, transaction
from django.test import Client as Browser
from django.utils import timezone

from idp.models import AuthorizationCode, RefreshToken
from idp.tokens.families import lookup, store as families
from idp.tokens.families.store import LostRaceError
from tests.engine.conftest import at_once
from tests.engine.setting import CHALLENGE, REDIRECT_URI, Setting

pytestmark = pytest.mark.both_databases


def outcomes(responses: list[Any]) -> Counter[tuple[int, str]]:
    return Counter(
        (response.status_code, response.json().get("error", "")) for response in responses
    )


@pytest.mark.spec("RFC 6749", "4.1.2", module="oidcc-codereuse", hole=11)
def test_fifty_exchanges_of_one_code_have_one_winner(committed: Setting) -> None:
    code = committed.code()

    responses = at_once(lambda: committed.exchange(code))

    assert outcomes(responses) == {(200, ""): 1, (400, "invalid_grant"): 49}
    assert RefreshToken.objects.count() == 1
    assert AuthorizationCode.objects.count() == 1


@pytest.mark.usefixtures("no_refresh_grace")
@pytest.mark.spec("RFC 6749", "6", hole=12)
def test_fifty_refreshes_with_one_token_have_one_winner(committed: Setting) -> None:
    token = committed.exchange(committed.code()).json()["refresh_token"]

    responses = at_once(lambda: committed.refresh(token))

    assert outcomes(responses) == {(200, ""): 1, (400, "invalid_grant"): 49}
    assert RefreshToken.objects.get().rotations == 1


@pytest.mark.usefixtures("no_refresh_grace")
@pytest.mark.spec("RFC 9700", "4.14.2", hole=12)
def test_the_loser_of_a_refresh_race_does_not_sign_out_the_winner(
    committed: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = committed.exchange(committed.code()).json()["refresh_token"]
    winner = after_the_first_read(monkeypatch, "by_refresh_token", lambda: committed.refresh(token))

    loser = committed.refresh(token)

    assert loser.json()["error"] == "invalid_grant"
    assert committed.refresh(winner[0].json()["refresh_token"]).status_code == 200


@pytest.mark.spec("RFC 6749", "4.1.2")
def test_the_loser_of_a_code_race_does_not_revoke_what_the_winner_got(
    committed: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = committed.code()
    winner = after_the_first_read(monkeypatch, "by_code", lambda: committed.exchange(code))

    loser = committed.exchange(code)

    assert loser.json()["error"] == "invalid_grant"
    assert committed.userinfo(winner[0].json()["access_token"]).status_code == 200


@pytest.mark.usefixtures("no_refresh_grace")
@pytest.mark.spec("RFC 9700", "4.14.2")
def test_a_replay_after_the_race_ends_the_family(committed: Setting) -> None:
    token = committed.exchange(committed.code()).json()["refresh_token"]
    winner = committed.refresh(token).json()

    committed.refresh(token)

    assert committed.refresh(winner["refresh_token"]).json()["error"] == "invalid_grant"
    assert committed.userinfo(winner["access_token"]).status_code == 401


def test_a_scope_taken_back_between_reading_and_rotating_is_not_in_the_new_token(
    committed: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = committed.exchange(committed.code()).json()["refresh_token"]

    def take_back() -> None:
        committed.grant.scopes = {"openid": None, "offline_access": None}
        committed.grant.version += 1
        committed.grant.save()

    after_the_first_read(monkeypatch, "by_refresh_token", take_back)
    answer = committed.refresh(token)

    assert answer.status_code == 200
    assert answer.json()["scope"] == "openid offline_access"


@pytest.mark.parametrize("loss", ["grant", "person", "family"])
def test_what_ends_between_reading_and_redeeming_gives_no_token(
    committed: Setting, monkeypatch: pytest.MonkeyPatch, loss: str
) -> None:
    code = committed.code()

    def end() -> None:
        now = timezone.now()
        if loss == "grant":
            type(committed.grant).objects.update(revoked_at=now)
        elif loss == "person":
            type(committed.person).objects.update(is_active=False)
        else:
            RefreshToken.objects.update(revoked=now)

    after_the_first_read(monkeypatch, "by_code", end)

    assert committed.exchange(code).json()["error"] == "invalid_grant"


def test_a_used_code_cannot_be_redeemed_from_a_stale_reading(committed: Setting) -> None:
    stale = lookup.by_code(committed.code(), client_pk=committed.client.pk)
    assert stale is not None
    now = timezone.now()
    families.redeem(stale, with_refresh_token=True, now=now)

    with pytest.raises(LostRaceError):
        families.redeem(stale, with_refresh_token=True, now=now + timedelta(seconds=1))


@pytest.mark.postgresql
def test_a_writer_that_waited_sees_that_the_code_was_used(committed: Setting) -> None:
    """The condition has to stand on the row itself: a subquery is not checked again."""
    stale = lookup.by_code(committed.code(), client_pk=committed.client.pk)
    assert stale is not None

    def redeem() -> bool:
        try:
            families.redeem(stale, with_refresh_token=True, now=timezone.now())
        except LostRaceError:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=1) as pool:
        with transaction.atomic():
            families.redeem(stale, with_refresh_token=True, now=timezone.now())
            second = pool.submit(redeem)
            wait_until_somebody_waits_for_a_lock()
        assert second.result() is False


def wait_until_somebody_waits_for_a_lock() -> None:
    for _ in range(100_000):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
    pytest.fail("nobody waited")


def after_the_first_read(
    monkeypatch: pytest.MonkeyPatch, name: str, act: Callable[[], Any]
) -> list[Any]:
    """Let `act` happen once, right after the first reading of a family; return its results."""
    read = getattr(lookup, name)
    results: list[Any] = []
    started: list[bool] = []

    def reading(*args: Any, **kwargs: Any) -> Any:
        found = read(*args, **kwargs)
        if not started:
            started.append(True)
            results.append(act())
        return found

    monkeypatch.setattr(lookup, name, reading)
    return results


@pytest.mark.usefixtures("no_refresh_grace")
def test_within_the_leeway_a_second_use_is_refused_but_ends_nothing(
    committed: Setting, settings: Any
) -> None:
    settings.SCOPEWARD = replace(settings.SCOPEWARD, replay_leeway=5)
    code = committed.code()
    first = committed.exchange(code).json()

    assert committed.exchange(code).json()["error"] == "invalid_grant"

    second = committed.refresh(first["refresh_token"]).json()
    assert committed.refresh(first["refresh_token"]).json()["error"] == "invalid_grant"
    assert committed.refresh(second["refresh_token"]).status_code == 200


@pytest.mark.spec("RFC 9126", "4")
def test_fifty_browsers_with_one_request_uri_have_one_answer(committed: Setting) -> None:
    request = {
        "client_id": committed.client.client_id,
        "redirect_uri": REDIRECT_URI,
        "response_type": "code",
        "scope": "openid",
        "prompt": "none",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    reference = committed.post("/par", **request).json()["request_uri"]
    address = {"client_id": committed.client.client_id, "request_uri": reference}

    responses = at_once(lambda: Browser().get("/authorize", address))

    answers = Counter(
        dict(parse_qsl(urlsplit(response.headers.get("Location", "")).query)).get("error", "page")
        for response in responses
    )
    assert answers.pop("login_required") == 1, answers
    assert set(answers) <= {"invalid_request_uri", "page"}
