"""Points times weight, added up; networks and browsers by name; places from a file."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given, strategies as st

from foundation.directory.models.risk import RiskPart
from foundation.directory.risk.context import Coordinates, Finding, nowhere
from foundation.directory.risk.locations import NetworkTable, current_locator, read_places
from foundation.directory.risk.networks import network_of
from foundation.directory.risk.rules import THRESHOLDS, WEIGHTS
from foundation.directory.risk.scoring import JudgedPart, Risk, score, worst
from tests.risk.moments import AWAY, PHONE, moment


def judged(part: RiskPart, points: int | None, weight: int = 50) -> JudgedPart:
    return JudgedPart(part, Finding(points), weight)


def test_score_is_the_sum_of_points_times_weight() -> None:
    risk = score(
        moment(device=PHONE, failures=3), {RiskPart.NEW_DEVICE: 30, RiskPart.FAILED_ATTEMPTS: 20}
    )

    assert {part.part: part.points for part in risk.parts} == {
        RiskPart.NEW_DEVICE: 30,
        RiskPart.FAILED_ATTEMPTS: 10,
    }
    assert risk.score == 40


def test_part_without_weight_is_not_judged_at_all() -> None:
    assert score(moment(device=PHONE), {}) == Risk()


def test_part_that_cannot_be_judged_adds_nothing() -> None:
    assert Risk.of([judged(RiskPart.UNUSUAL_HOUR, None)]).score == 0


def test_score_ends_at_a_hundred() -> None:
    assert Risk.of([judged(part, 100, 100) for part in RiskPart]).score == 100


def test_weightiest_part_comes_first() -> None:
    risk = Risk.of([judged(RiskPart.NEW_DEVICE, 10), judged(RiskPart.UNUSUAL_HOUR, 90)])

    assert [part.part for part in risk.raising] == [RiskPart.UNUSUAL_HOUR, RiskPart.NEW_DEVICE]


def test_worse_of_two_keeps_each_part_at_its_highest() -> None:
    before = Risk.of([judged(RiskPart.NEW_DEVICE, 100), judged(RiskPart.UNUSUAL_HOUR, 0)])
    now = Risk.of([judged(RiskPart.NEW_DEVICE, 0), judged(RiskPart.UNUSUAL_HOUR, 100)])

    assert worst(before, now).score == 100
    assert worst(before, before) == before


@given(st.lists(st.tuples(st.sampled_from(RiskPart), st.none() | st.integers(0, 100))))
def test_no_finding_leaves_the_range(found: list[tuple[RiskPart, int | None]]) -> None:
    risk = Risk.of(judged(part, points, 100) for part, points in found)

    assert 0 <= risk.score <= 100
    assert Risk.of(JudgedPart.from_json(part.as_json()) for part in risk.parts) == risk


def test_no_part_alone_ends_a_session() -> None:
    assert max(WEIGHTS.values()) < THRESHOLDS["end_session"]


def test_what_strangers_can_do_from_afar_does_not_even_ask() -> None:
    """Otherwise anybody who knows a name could have its owner asked for the password all day."""
    assert WEIGHTS[RiskPart.FAILED_ATTEMPTS] < THRESHOLDS["ask_again"]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("fe80::1%eth0", "fe80::/48"),
        ("", ""),
        ("unix:", ""),
        ("192.0.2.77, 10.0.0.1", ""),
        ("9" * 9000, ""),
    ],
)
def test_network_of_an_address(address: str, network: str) -> None:
    assert network_of(address) == network


def places(*lines: str) -> NetworkTable:
    return NetworkTable(read_places(line.split(",") if line else [] for line in lines))


def test_smallest_network_around_it_wins() -> None:
    table = places("network,latitude,longitude", "", "192.0.0.0/8,1,2", "192.0.2.0/24, 3, 4")

    assert table.locate("192.0.2.0/24") == Coordinates(3, 4)
    assert table.locate("192.9.9.0/24") == Coordinates(1, 2)


def test_no_network_around_it_is_nowhere() -> None:
    table = places("192.0.2.0/24,3,4", "2001:db8::/32,5,6")

    assert table.locate(AWAY) is None
    assert table.locate("") is None
    assert table.locate("2001:db8:7::/48") == Coordinates(5, 6)


def test_versions_are_kept_apart() -> None:
    assert places("0.0.0.0/0,1,2").locate("2001:db8::/48") is None


@pytest.mark.parametrize(
    "line",
    [
        "192.0.2.1/24,1,2",
        "192.0.2.0/24,1",
        "192.0.2.0/24,1,2,3",
        "192.0.2.0/24,north,2",
        "192.0.2.0/24,91,2",
        "192.0.2.0/24,1,181",
        "192.0.2.0/24,nan,2",
        "somewhere,1,2",
    ],
)
def test_malformed_line_is_named(line: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="line 2"):
        places("10.0.0.0/8,1,2", line)


def test_locations_come_from_the_file_of_the_operator(settings, tmp_path) -> None:
    file = tmp_path / "networks.csv"
    file.write_text("192.0.2.0/24,51.5,-0.12\n")
    settings.NETWORK_LOCATOR = str(file)

    assert current_locator()("192.0.2.0/24") == Coordinates(51.5, -0.12)


def made_elsewhere():
    return lambda network: Coordinates(1, 1)


def test_locator_of_ones_own_is_named_by_its_path(settings) -> None:
    settings.NETWORK_LOCATOR = f"{__name__}.made_elsewhere"

    assert current_locator()(AWAY) == Coordinates(1, 1)


@pytest.mark.parametrize("name", ["/nowhere/at-all.csv", "no.such.module", "nonsense"])
def test_locator_that_cannot_be_used_is_said(settings, name: str) -> None:
    settings.NETWORK_LOCATOR = name

    with pytest.raises(ImproperlyConfigured, match="NETWORK_LOCATOR cannot be used"):
        current_locator()


def test_without_a_locator_nothing_is_known(settings) -> None:
    settings.NETWORK_LOCATOR = ""

    assert current_locator() is nowhere
