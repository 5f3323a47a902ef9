"""Many requests of one session at once, on both databases."""

from typing import Any

import pytest
from django.test import Client as Browser
from django.test.utils import override_settings

from foundation.directory.models import FailedSignIn, SignInRecord, User
from foundation.directory.risk.selectors import risk_of
from foundation.journal.models import Act, Kind
from tests.engine.conftest import at_once
from tests.factories import make_person
from tests.risk.conftest import (
    ACCOUNT,
    AWAY,
    CHROME,
    FIREFOX,
    HOME,
    browser_at,
    is_signed_in,
    last,
    points,
    set_threshold,
    sign_in,
    signed_in,
)

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db(transaction=True)]
AT_ONCE = 10


@pytest.fixture
def ada(transactional_db: None, defaults: None) -> User:
    return make_person()


def copy_of(browser: Browser, address: str, user_agent: str) -> Browser:
    other = browser_at(address, user_agent)
    other.cookies = browser.cookies.copy()
    return other


def test_session_ends_once_however_many_requests_find_it_out(ada: User) -> None:
    browser = signed_in(ada)
    set_threshold("end_session", 60)

    statuses = at_once(
        lambda: copy_of(browser, AWAY, CHROME).get(ACCOUNT).status_code, times=AT_ONCE
    )

    # Who comes when it is over already is a stranger.
    assert set(statuses) <= {403, 302}
    assert 403 in statuses
    assert Act.objects.filter(kind=Kind.SESSION_ENDED).count() == 1
    assert not is_signed_in(browser)


def test_no_request_from_elsewhere_gets_through_while_the_owner_works(ada: User) -> None:
    browser = signed_in(ada)
    set_threshold("end_session", 60)
    turns = iter(range(AT_ONCE))

    def ask() -> tuple[bool, Any]:
        is_thief = next(turns) % 2 == 0
        where = (AWAY, CHROME) if is_thief else (HOME, FIREFOX)
        return is_thief, copy_of(browser, *where).get(ACCOUNT).status_code

    answers = at_once(ask, times=AT_ONCE)

    assert all(status != 200 for is_thief, status in answers if is_thief)
    assert not is_signed_in(browser)


def test_refused_passwords_are_counted_each(ada: User) -> None:
    browser = signed_in(ada)
    with override_settings(ACCOUNT_RATE_LIMITS=False):
        at_once(lambda: sign_in(browser_at(AWAY), ada, "wrong"), times=AT_ONCE)
    browser.post("/accounts/logout/")
    sign_in(browser, ada)

    assert FailedSignIn.objects.count() == AT_ONCE
    assert points(last(ada))["failed_attempts"] == 100


def test_moves_at_the_same_time_lower_nothing(ada: User) -> None:
    browser = signed_in(ada)
    at_once(lambda: copy_of(browser, AWAY, FIREFOX).get(ACCOUNT), times=AT_ONCE)
    copy_of(browser, HOME, FIREFOX).get(ACCOUNT)

    scores = SignInRecord.objects.filter(occasion="change").values_list("score", flat=True)
    assert set(scores) == {45}
    assert risk_of(browser.session).score == 45
