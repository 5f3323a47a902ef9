"""What is judged when, over HTTP, and what a thief would try."""

from datetime import timedelta

import pytest
from django.core import signing
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from foundation.directory.models import FailedSignIn, SignInRecord, User
from foundation.directory.models.risk import Occasion
from foundation.directory.risk.device_cookie import cookie_name
from foundation.directory.risk.selectors import risk_of
from idp import tasks
from idp.accounts.browser_sessions.watching import whereabouts
from tests.risk.conftest import (
    ACCOUNT,
    AWAY,
    CHROME,
    FAR,
    FIREFOX,
    HOME,
    browser_at,
    is_signed_in,
    last,
    move,
    points,
    reauthenticate,
    set_threshold,
    set_weight,
    sign_in,
    signed_in,
)

pytestmark = pytest.mark.django_db


def again(browser: Browser, person: User) -> SignInRecord:
    """Sign out and in again in the same browser."""
    browser.post("/accounts/logout/")
    sign_in(browser, person)
    return last(person)


def test_first_sign_in_is_an_ordinary_one(ada: User) -> None:
    browser = signed_in(ada)

    assert last(ada).score == risk_of(browser.session).score == 5
    assert last(ada).is_trusted


def test_second_sign_in_on_the_same_device_is_no_risk(ada: User) -> None:
    assert again(signed_in(ada), ada).score == 0


def test_another_device_is_new(ada: User) -> None:
    signed_in(ada)
    signed_in(ada)

    assert points(last(ada))["new_device"] == 100


def test_another_network_is_unusual(ada: User) -> None:
    browser = signed_in(ada)

    record = again(move(browser, AWAY), ada)

    assert (points(record)["unusual_network"], points(record)["new_device"]) == (100, 0)


def test_only_network_names_and_digests_are_kept(ada: User) -> None:
    browser = signed_in(ada)
    record = last(ada)
    token = browser.cookies[cookie_name()].value

    assert (record.network, record.browser, record.system) == ("192.0.2.0/24", "Firefox", "Linux")
    kept = " ".join(str(value) for value in vars(record).values())
    assert HOME not in kept
    assert FIREFOX not in kept
    assert token.partition(":")[0] not in kept


def test_device_cookie_is_out_of_reach_of_scripts_and_other_sites(ada: User) -> None:
    cookie = signed_in(ada).cookies[cookie_name()]

    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] > 300 * 86400


def test_stranger_gets_no_device_cookie(ada: User) -> None:
    browser = browser_at()
    sign_in(browser, ada, "wrong")

    assert cookie_name() not in browser.cookies


@pytest.mark.parametrize(
    "forge",
    [
        lambda value: value[:-1] + ("A" if value[-1] != "A" else "B"),
        lambda value: value.partition(":")[0],
        lambda value: "x" * 43 + value[43:],
        lambda value: signing.TimestampSigner(salt="another").sign(value.partition(":")[0]),
        lambda value: value * 1000,
        lambda value: "",
        lambda value: "é:ÿ:\x7f",
    ],
    ids=["signature", "unsigned", "token", "salt", "huge", "empty", "nonsense"],
)
def test_forged_device_cookie_is_a_new_device(ada: User, forge) -> None:
    known = signed_in(ada).cookies[cookie_name()].value
    browser = browser_at()
    browser.cookies[cookie_name()] = forge(known)

    assert sign_in(browser, ada).status_code == 302
    assert points(last(ada))["new_device"] == 100


def test_device_of_another_person_is_a_new_device(ada: User, other_person: User) -> None:
    hers = signed_in(other_person)
    signed_in(ada)
    thief = browser_at()
    thief.cookies[cookie_name()] = hers.cookies[cookie_name()].value

    sign_in(thief, ada)

    assert points(last(ada))["new_device"] == 100


def test_two_people_with_one_browser_cannot_be_linked_in_the_table(
    ada: User, other_person: User
) -> None:
    browser = signed_in(ada)
    again(browser, other_person)
    again(browser, other_person)

    assert points(last(other_person))["new_device"] == 0
    assert len(set(SignInRecord.objects.values_list("device", flat=True))) == 2


def test_refused_passwords_count_whatever_name_was_typed(ada: User) -> None:
    browser = signed_in(ada)
    for name in ("ada", "ADA ", "ada@example.org", "Ada@Example.org", "ada"):
        browser_at(FAR).post("/accounts/login/", {"login": name, "password": "wrong"})

    assert points(again(browser, ada))["failed_attempts"] == 100


def test_refused_passwords_of_another_do_not_count(ada: User, other_person: User) -> None:
    browser = signed_in(ada)
    for _ in range(5):
        sign_in(browser_at(FAR), other_person, "wrong")

    assert points(again(browser, ada))["failed_attempts"] == 0


def test_refused_passwords_are_forgotten_after_an_hour(ada: User, clock) -> None:
    browser = signed_in(ada)
    for _ in range(5):
        sign_in(browser_at(), ada, "wrong")
    clock.advance(hours=1, seconds=1)

    assert points(again(browser, ada))["failed_attempts"] == 0


def test_refused_reauthentication_counts_once(ada: User) -> None:
    browser = signed_in(ada)
    browser.post("/accounts/reauthenticate/", {"password": "wrong"})

    assert FailedSignIn.objects.count() == 1


def test_unknown_account_leaves_the_same_trace_as_a_known_one(ada: User) -> None:
    """The same statements, and rows that tell nothing: there is no way to see who exists."""
    written = []
    for name in ("ada", "nobody-at-all"):
        browser = browser_at()
        with CaptureQueriesContext(connection) as captured:
            browser.post("/accounts/login/", {"login": name, "password": "wrong"})
        statements = [query["sql"].split("VALUES")[0] for query in captured.captured_queries]
        written.append([sql for sql in statements if "directory_failedsignin" in sql])
    rows = FailedSignIn.objects.all()

    assert written[0] == written[1] != []
    assert {len(row.account) for row in rows} == {64}
    assert "ada" not in "".join(row.account for row in rows)
    assert not SignInRecord.objects.exists()


def test_failed_attempts_make_no_network_and_no_hour_familiar(ada: User) -> None:
    browser = signed_in(ada)
    for _ in range(30):
        sign_in(browser_at(AWAY), ada, "wrong")
    assert SignInRecord.objects.count() == 1

    found = points(again(move(browser, AWAY), ada))

    assert found["unusual_network"] == 100
    assert found["unusual_hour"] is None


def test_doubtful_sign_in_makes_nothing_familiar(ada: User) -> None:
    """Who has the password but nothing else must not be at home at the second try."""
    signed_in(ada)
    thief = signed_in(ada, AWAY, CHROME)

    assert last(ada).score == 40
    assert again(thief, ada).score == 40


def test_confirmed_sign_in_makes_the_place_familiar(ada: User) -> None:
    signed_in(ada)
    travelling = signed_in(ada, AWAY, CHROME)
    reauthenticate(travelling)

    assert again(travelling, ada).score == 0


def test_same_place_is_judged_once_and_costs_nothing(ada: User) -> None:
    browser = signed_in(ada)
    browser.get(ACCOUNT)
    with CaptureQueriesContext(connection) as captured:
        browser.get(ACCOUNT)
    tables = " ".join(query["sql"] for query in captured.captured_queries)

    assert SignInRecord.objects.count() == 1
    assert "directory_signinrecord" not in tables
    assert "risk" not in tables
    assert "base_configurationepoch" not in tables


def test_address_in_the_same_network_is_no_change(ada: User) -> None:
    browser = move(signed_in(ada), "192.0.2.200")
    browser.get(ACCOUNT)

    assert SignInRecord.objects.count() == 1


def test_update_of_the_browser_is_no_change(ada: User) -> None:
    browser = move(signed_in(ada), user_agent=FIREFOX.replace("140", "141"))
    browser.get(ACCOUNT)

    assert SignInRecord.objects.count() == 1


def test_session_that_moves_is_judged_once_per_place(ada: User) -> None:
    browser = signed_in(ada)
    for address in (AWAY, AWAY, HOME, AWAY, HOME):
        move(browser, address).get(ACCOUNT)

    assert [r.occasion for r in SignInRecord.objects.order_by("pk")] == ["sign_in", "change"]
    assert points(last(ada))["network_changed"] == 100
    assert not last(ada).is_trusted


def test_moving_back_lowers_nothing(ada: User) -> None:
    browser = signed_in(ada)
    move(browser, AWAY).get(ACCOUNT)
    raised = risk_of(browser.session)
    move(browser, HOME).get(ACCOUNT)

    assert risk_of(browser.session) == raised
    assert raised.score == 45


def test_reauthentication_takes_back_what_the_change_added(ada: User) -> None:
    browser = signed_in(ada)
    move(browser, AWAY).get(ACCOUNT)
    reauthenticate(browser)
    found = points(last(ada))

    assert last(ada).occasion == Occasion.REAUTHENTICATION
    assert (found["network_changed"], found["browser_changed"]) == (0, 0)


def test_confirming_at_home_does_not_confirm_where_a_thief_is(ada: User) -> None:
    browser = signed_in(ada)
    move(browser, AWAY).get(ACCOUNT)
    reauthenticate(move(browser, HOME))
    assert risk_of(browser.session).score < 40

    move(browser, AWAY).get(ACCOUNT)

    assert risk_of(browser.session).score >= 40


def test_stolen_cookies_are_judged_by_where_they_are_used(ada: User) -> None:
    browser = signed_in(ada)
    known = SignInRecord.objects.filter(user=ada)
    known.update(device="digest of what was there before")
    thief = browser_at(AWAY, FIREFOX)
    thief.cookies = browser.cookies.copy()
    thief.get(ACCOUNT)
    found = points(last(ada))

    assert [found[part] for part in ("new_device", "unusual_network", "network_changed")] == [
        100,
        100,
        100,
    ]


def test_forwarded_addresses_are_the_clients_own_words(ada: User) -> None:
    signed_in(ada)
    spoofing = browser_at(AWAY)
    spoofing.defaults["HTTP_X_FORWARDED_FOR"] = HOME
    sign_in(spoofing, ada)

    assert last(ada).network == "198.51.100.0/24"


def test_behind_the_proxy_only_its_own_entry_counts(ada: User, settings) -> None:
    settings.MIDDLEWARE = ["idp.web.proxy.ClientAddress", *settings.MIDDLEWARE]
    browser = browser_at("10.0.0.1")
    browser.defaults["HTTP_X_FORWARDED_FOR"] = f"{HOME}, {AWAY}"
    sign_in(browser, ada)

    assert last(ada).network == "198.51.100.0/24"


@pytest.mark.parametrize("user_agent", ["", "x" * 200_000, "Firefox/1" + "\x7f" * 9000])
def test_any_user_agent_is_taken(ada: User, user_agent: str) -> None:
    browser = signed_in(ada, HOME, user_agent)

    assert is_signed_in(browser)
    assert len(last(ada).browser) <= 20


def test_server_without_an_address_of_its_peer_knows_no_network() -> None:
    # allauth lists sessions by address and refuses without one, so only the reading is asked here.
    request = Browser().get("/nothing-here").wsgi_request
    request.META["REMOTE_ADDR"] = ""

    assert whereabouts(request).network == ""


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Nowhere/Land", "../../etc/passwd", "Europe"])
def test_any_time_zone_of_a_person_is_taken(ada: User, zone: str) -> None:
    User.objects.filter(pk=ada.pk).update(zoneinfo=zone)

    assert is_signed_in(signed_in(ada))


def test_clock_that_was_ahead_breaks_nothing(ada: User) -> None:
    browser = signed_in(ada)
    SignInRecord.objects.update(at=timezone.now() + timedelta(minutes=5))

    assert again(browser, ada).score == 0


def test_weights_of_the_admin_decide(ada: User) -> None:
    signed_in(ada)
    set_weight("new_device", 77)
    signed_in(ada)
    assert last(ada).score == 77

    set_weight("new_device", 77, is_on=False)
    signed_in(ada)
    assert last(ada).score == 0
    assert "new_device" not in points(last(ada))


def test_thresholds_that_are_off_do_nothing(ada: User) -> None:
    set_threshold("end_session", 1, is_on=False)
    set_threshold("ask_again", 1, is_on=False)

    assert is_signed_in(signed_in(ada))
    assert last(ada).is_trusted


def test_session_from_before_is_judged_where_it_is_first_seen(ada: User) -> None:
    browser = signed_in(ada)
    session = browser.session
    del session["risk"]
    session.save()
    SignInRecord.objects.all().delete()

    browser.get(ACCOUNT)
    browser.get(ACCOUNT)

    assert [record.occasion for record in SignInRecord.objects.all()] == ["change"]
    assert points(last(ada))["network_changed"] == 0


def test_what_no_assessment_looks_at_is_deleted(ada: User) -> None:
    signed_in(ada)
    signed_in(ada)
    sign_in(browser_at(), ada, "wrong")
    sign_in(browser_at(), ada, "wrong")
    old = SignInRecord.objects.earliest("pk")
    SignInRecord.objects.filter(pk=old.pk).update(at=timezone.now() - timedelta(days=181))
    FailedSignIn.objects.filter(pk=FailedSignIn.objects.earliest("pk").pk).update(
        at=timezone.now() - timedelta(hours=25)
    )

    tasks.clear_expired()

    assert SignInRecord.objects.count() == FailedSignIn.objects.count() == 1
    assert last(ada).pk != old.pk
