"""Machines whose clocks differ: nothing that lives is refused, nothing taken back is accepted."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from consent.grants import services as grant_services
from consent.models import ConsentRequest, Grant
from foundation.base import clock
from foundation.directory.models import User
from foundation.journal import deny_list
from foundation.journal.deny_list import redis_copy
from tests.clocks import Process, taking_turns
from tests.factories import make_relying_party
from tests.html_forms import form_with
from tests.jwt import payload_of
from tests.relying_party import RelyingParty, answer_of
from tests.specs.ciba.asking import CIBA, Asker

SKEWS = (60.0, -60.0, 600.0, -600.0)
SCOPE = "openid profile email offline_access"


@pytest.fixture(params=SKEWS)
def skew(request: pytest.FixtureRequest) -> float:
    seconds: float = request.param
    return seconds


@pytest.fixture(params=[(0.0, 600.0), (600.0, 0.0), (0.0, -600.0), (-600.0, 0.0)])
def turns(request: pytest.FixtureRequest, provider: None) -> Iterator[None]:
    """Two processes answer in turns, one of them with a clock that is off."""
    with taking_turns(request.param):
        yield


@pytest.mark.both_databases
def test_a_sign_in_lives_in_both_processes(turns: None, rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person, scope=SCOPE)
    for _ in range(2):
        assert rp.userinfo(tokens["access_token"]).status_code == 200
        assert rp.introspect(tokens["access_token"]).json()["active"] is True
        tokens = rp.refresh(tokens["refresh_token"]).json()
    for extra in ({"prompt": "none", "max_age": "50"}, {"prompt": "none"}):
        for _ in range(2):
            code = answer_of(rp.authorize(scope=SCOPE, **extra))["code"]
            assert rp.exchange(code).status_code == 200


@pytest.mark.both_databases
def test_pushed_requests_live_in_both_processes(
    turns: None, rp: RelyingParty, person: User
) -> None:
    for _ in range(2):
        rp.obtain_tokens(person, **rp.pushed(scope=SCOPE))
        Browser().get("/livez")  # the other one is next


@pytest.mark.both_databases
def test_fresh_sign_ins_are_fresh_in_both_processes(
    turns: None, rp: RelyingParty, person: User
) -> None:
    rp.obtain_tokens(person, scope=SCOPE)

    for _ in range(2):
        page = rp.confirm_password(rp.authorize(scope=SCOPE, prompt="login"))
        assert rp.exchange(answer_of(page)["code"]).status_code == 200
        Browser().get("/livez")


@pytest.mark.both_databases
def test_requests_without_a_browser_live_in_both_processes(turns: None, person: User) -> None:
    party = make_relying_party(
        grant_types=("authorization_code", "refresh_token", CIBA),
        backchannel_token_delivery_mode="poll",
    )
    asker = Asker(party.client, party.secret)

    auth_req_id = asker.asked(requested_expiry="60")
    asker.answer(person)

    assert asker.poll(auth_req_id).status_code == 200


@pytest.mark.both_databases
@pytest.mark.parametrize("where", ["here", "there"])
def test_what_is_revoked_is_listed_for_everybody(
    skew: float, rp: RelyingParty, person: User, where: str
) -> None:
    here, there = Process(0.0), Process(skew)
    issuing, revoking = (there, here) if where == "here" else (here, there)
    with issuing.running():
        token = payload_of(rp.obtain_tokens(person, scope=SCOPE)["access_token"])

    with revoking.running():
        grant_services.revoke_grant(Grant.objects.get())

    for process in (here, there):
        with process.running():
            (entry,) = deny_list.current().as_json()["grants"]
            assert token["iat"] <= entry["before"] <= token["iat"] + 30
            assert token["exp"] > clock.timestamp()
            assert deny_list.clear_expired() == 0


@pytest.mark.both_databases
def test_what_is_issued_later_is_not_refused(skew: float, rp: RelyingParty, person: User) -> None:
    there = Process(skew)
    rp.obtain_tokens(person, scope=SCOPE)
    with there.running():
        grant_services.revoke_grant(Grant.objects.get())

    (entry,) = deny_list.current().as_json()["grants"]
    assert entry["before"] <= timezone.now().timestamp() + 2


@pytest.mark.redis
def test_no_process_throws_out_what_the_others_shared(
    skew: float, provider: None, settings: Any, redis_url: str
) -> None:
    settings.DENY_LIST_REDIS_URL = redis_url
    redis_copy._connection().flushdb()
    with Process(0.0).running():
        deny_list.deny_token("shared")
        deny_list.current()
    entries = redis_copy._connection().zcard(redis_copy.KEY)

    for process in (Process(skew), Process(0.0)):
        redis_copy._connection().zrem(redis_copy.KEY, redis_copy.COMPLETE)
        with process.running():
            for _ in range(2):
                assert deny_list.current().tokens == {"shared"}

    assert redis_copy._connection().zcard(redis_copy.KEY) == entries == 2


@pytest.mark.both_databases
def test_everything_that_is_written_down_has_the_time_of_the_database(
    skew: float, rp: RelyingParty, person: User
) -> None:
    before = datetime.now(UTC)
    with Process(skew).running():
        page = rp.follow(rp.sign_in(person, rp.authorize(scope=SCOPE)))
        form_with(page.content.decode(), "decision")
        record = rp.browser.session["account_authentication_methods"][0]
        asked = ConsentRequest.objects.get()

    session_ends = rp.browser.session.get_expiry_date()
    margin = timedelta(seconds=30)
    for written in (asked.created_at, datetime.fromtimestamp(record["at"], UTC)):
        assert before - margin < written < before + margin
    assert session_ends > before


def test_the_newest_token_of_a_grant_is_covered_when_the_clock_of_the_database_went_back(
    rp: RelyingParty, person: User, clock: Any
) -> None:
    token = payload_of(rp.obtain_tokens(person, scope=SCOPE)["access_token"])
    clock.advance(seconds=-120)

    grant_services.revoke_grant(Grant.objects.get())

    (entry,) = deny_list.current().as_json()["grants"]
    assert entry["before"] >= token["iat"]
    clock.advance(seconds=120 + 300)
    assert deny_list.current().as_json()["grants"] == [entry]


class TestMeasuring:
    def test_many_looks_know_more_than_one(self) -> None:
        measured = clock.Clock()
        at = datetime(2026, 1, 1, tzinfo=UTC)
        for asked, told, answered in ((0.0, 0.9, 1.0), (1.0, 1.0, 2.0), (2.0, 2.45, 2.5)):
            measured.observe(at + timedelta(seconds=told), asked, answered)

        low, high, _ = measured._known or (0.0, 0.0, 0.0)
        assert low <= at.timestamp() <= high
        assert high - low < 0.06

    def test_a_clock_that_was_set_is_followed_at_once(self) -> None:
        measured = clock.Clock()
        at = datetime(2026, 1, 1, tzinfo=UTC)
        measured.observe(at, 0.0, 0.001)
        measured.observe(at + timedelta(hours=1), 1.0, 1.001)

        low, high, _ = measured._known or (0.0, 0.0, 0.0)
        assert low <= (at + timedelta(hours=1)).timestamp() - 1.0 <= high

    @pytest.mark.both_databases
    def test_it_costs_no_statement_once_known(
        self, provider: None, django_assert_num_queries: Any
    ) -> None:
        with ExitStack() as stack:
            stack.enter_context(Process(600.0).running())
            clock.now()
            stack.enter_context(django_assert_num_queries(0))
            assert abs(clock.skew() - 600.0) < 5.0  # type: ignore[operator]
            clock.now()

    def test_without_a_database_the_machine_is_asked(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(clock, "_clock", clock.Clock())  # no database is allowed here

        assert abs((clock.now() - datetime.now(UTC)).total_seconds()) < 1
        assert clock.skew() is None
