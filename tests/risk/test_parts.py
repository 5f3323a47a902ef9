"""Each part of the score on its own: pure functions of a moment."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from foundation.directory.risk.context import Coordinates, Whereabouts
from foundation.directory.risk.parts import PARTS, changes, device, failures, hour, network, speed
from tests.risk.moments import AT_HOME, AWAY, HOME, NOW, PHONE, moment, signed_in

LONDON, NEW_YORK, OXFORD = (
    Coordinates(51.5, -0.12),
    Coordinates(40.7, -74.0),
    Coordinates(51.75, -1.26),
)


def test_device_of_the_past_is_known() -> None:
    assert device.judge(moment()).points == 0


def test_device_never_seen_counts_in_full() -> None:
    assert device.judge(moment(device=PHONE)).points == 100


def test_first_device_ever_counts_less() -> None:
    assert device.judge(moment(past=())).points == device.FIRST_EVER


def test_no_device_cookie_is_no_known_device() -> None:
    assert device.judge(moment(device="", past=(signed_in(device=""),))).points == 100


def test_network_of_the_past_is_known() -> None:
    assert network.judge(moment(past=(signed_in(network=AWAY), signed_in()))).points == 0


def test_network_never_seen_counts_in_full() -> None:
    assert network.judge(moment(past=(signed_in(network=AWAY),))).points == 100


@pytest.mark.parametrize(
    "changed", [{"past": ()}, {"here": Whereabouts("", "Firefox", "Linux")}], ids=["past", "here"]
)
def test_network_is_not_judged_without_anything_to_compare(changed: dict) -> None:
    assert network.judge(moment(**changed)).points is None


def daily(times: int, *, hours: float = 0) -> tuple:
    return tuple(signed_in(hours_ago=24 * day + hours) for day in range(1, times + 1))


def test_hour_is_not_judged_before_there_is_a_habit() -> None:
    assert hour.judge(moment(past=daily(hour.ENOUGH - 1, hours=12))).points is None


def test_hour_of_the_habit_is_usual() -> None:
    assert hour.judge(moment(past=daily(hour.ENOUGH))).points == 0


@pytest.mark.parametrize("offset", [-1, 1])
def test_hour_beside_the_habit_is_usual(offset: int) -> None:
    assert hour.judge(moment(past=daily(hour.ENOUGH, hours=offset))).points == 0


def test_hour_never_used_counts_in_full() -> None:
    assert hour.judge(moment(past=daily(hour.ENOUGH, hours=12))).points == 100


def test_hour_rarely_used_counts_half() -> None:
    past = (*daily(1), *daily(29, hours=12))

    assert hour.judge(moment(past=past)).points == 50


def test_midnight_is_beside_eleven_at_night() -> None:
    late = NOW.replace(hour=23)
    past = tuple(signed_in(now=late, hours_ago=24 * n - 1) for n in range(1, hour.ENOUGH + 1))

    assert hour.judge(moment(at=late, past=past)).points == 0


def test_hours_are_those_of_the_person() -> None:
    finding = hour.judge(moment(past=daily(hour.ENOUGH), zone=ZoneInfo("Asia/Tokyo")))

    assert finding.facts == (18,)


def test_summer_time_does_not_move_the_habit() -> None:
    """At eight in the morning by the wall clock, before and after the clocks went forward."""
    berlin = ZoneInfo("Europe/Berlin")
    summer = NOW.replace(month=3, day=30, hour=6, minute=0)
    winter = tuple(
        signed_in(now=NOW.replace(month=3, day=20, hour=7, minute=0), hours_ago=24 * n)
        for n in range(1, hour.ENOUGH + 1)
    )

    assert hour.judge(moment(at=summer, past=winter, zone=berlin)).facts == (8,)
    assert hour.judge(moment(at=summer, past=winter, zone=berlin)).points == 0


@pytest.mark.parametrize(("number", "points"), [(0, 0), (1, 0), (2, 25), (5, 100), (5000, 100)])
def test_failures_count_from_the_second_one_on(number: int, points: int) -> None:
    assert failures.judge(moment(failures=number)).points == points


def located(**places: Coordinates):
    known = {HOME: places.get("home"), AWAY: places.get("away")}
    return known.get


def from_away(
    *, hours_ago: float, home: Coordinates | None = LONDON, away: Coordinates | None = NEW_YORK
):
    past = (signed_in(hours_ago=hours_ago, network=AWAY),)
    return speed.judge(moment(past=past, locate=located(home=home, away=away)))


def test_ocean_in_an_hour_is_impossible() -> None:
    assert from_away(hours_ago=1).points == 100


def test_ocean_in_a_night_is_possible() -> None:
    assert from_away(hours_ago=8).points == 0


def test_neighbouring_towns_prove_nothing() -> None:
    assert from_away(hours_ago=0, away=OXFORD).points == 0


def test_clock_of_another_server_may_be_ahead() -> None:
    assert from_away(hours_ago=-0.01).points == 100
    assert from_away(hours_ago=-0.01, away=OXFORD).points == 0


@pytest.mark.parametrize("unknown", [{"home": None}, {"away": None}])
def test_speed_is_not_judged_without_both_places(unknown: dict) -> None:
    assert from_away(hours_ago=1, **unknown).points is None


def test_speed_is_not_judged_without_a_locator_or_a_past() -> None:
    assert speed.judge(moment()).points is None
    assert speed.judge(moment(past=(), locate=located(home=LONDON))).points is None


def test_distance_is_that_over_the_surface() -> None:
    assert speed.distance(LONDON, NEW_YORK) == pytest.approx(5570, abs=20)
    assert speed.distance(Coordinates(0, -180), Coordinates(0, 180)) == pytest.approx(0, abs=0.001)
    assert speed.distance(Coordinates(90, 0), Coordinates(-90, 77)) == pytest.approx(20015, abs=5)


ELSEWHERE = AT_HOME._replace(network=AWAY)
OTHER_BROWSER = AT_HOME._replace(browser="Chrome")


def test_nothing_has_changed_when_a_session_begins() -> None:
    assert changes.judge_network(moment()).points == 0
    assert changes.judge_browser(moment()).points == 0


def test_network_and_browser_change_each_on_their_own() -> None:
    moved = moment(here=ELSEWHERE, confirmed=(AT_HOME,))
    swapped = moment(here=OTHER_BROWSER, confirmed=(AT_HOME,))

    assert (changes.judge_network(moved).points, changes.judge_browser(moved).points) == (100, 0)
    assert (changes.judge_network(swapped).points, changes.judge_browser(swapped).points) == (
        0,
        100,
    )


def test_place_confirmed_in_this_session_is_no_change() -> None:
    assert changes.judge_network(moment(here=AT_HOME, confirmed=(ELSEWHERE, AT_HOME))).points == 0


@pytest.mark.parametrize("part", PARTS)
def test_every_outcome_has_a_sentence_of_its_own(part: str) -> None:
    rule = PARTS[part]
    ordinary = moment(past=daily(hour.ENOUGH), locate=located(home=LONDON), confirmed=(AT_HOME,))
    unusual = moment(
        at=NOW + timedelta(hours=12),
        here=OTHER_BROWSER._replace(network=AWAY),
        device=PHONE,
        past=(signed_in(hours_ago=-10),) * hour.ENOUGH,
        failures=7,
        confirmed=(AT_HOME,),
        locate=lambda name: {HOME: LONDON, AWAY: Coordinates(-33.9, 151.2)}[name],
    )
    said = {rule.say(rule.judge(one)) for one in (ordinary, unusual)}

    assert rule.judge(ordinary).points == 0
    assert rule.judge(unusual).points == 100
    assert len(said) == 2
    assert all(sentence.endswith(".") for sentence in said)
