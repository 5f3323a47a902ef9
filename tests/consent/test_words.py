"""What the consent screen says."""

import pytest

from consent.asking import lifetimes
from consent.screen.rows import destination
from foundation.base.texts.durations import in_words
from tests.consent.asking import Asking, change_scope

DAY = 86400


@pytest.mark.parametrize(
    ("origin", "words"),
    [
        ("https://desk.example.com", "desk.example.com"),
        ("https://desk.example.com:8443", "desk.example.com:8443"),
        ("http://127.0.0.1:9000", "a program on this computer (127.0.0.1:9000)"),
        ("http://[::1]:9000", "a program on this computer ([::1]:9000)"),
        ("com.example.app:", "an app on this device (com.example.app)"),
        ("", ""),
    ],
)
def test_destination_is_said_in_words(origin: str, words: str) -> None:
    assert destination(origin) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (60, "1 minute"),
        (1, "1 second"),
        (90, "90 seconds"),
        (3600, "1 hour"),
        (5400, "90 minutes"),
        (30 * DAY, "30 days"),
        (365 * DAY, "1 year"),
    ],
)
def test_durations_are_said_in_the_largest_unit_that_fits(seconds: int, words: str) -> None:
    assert in_words(seconds) == words


def test_without_limits_every_usual_lifetime_is_offered(asking: Asking) -> None:
    offered = lifetimes.choices(asking.questions("openid", "email"))

    assert [value for value, _label in offered] == [30 * DAY, 90 * DAY, 365 * DAY, ""]
    assert lifetimes.suggested(offered) == 365 * DAY


def test_no_lifetime_beyond_the_catalogue_s_is_offered(asking: Asking) -> None:
    change_scope("email", maximum_lifetime=60 * DAY)
    change_scope("phone", maximum_lifetime=7 * DAY)

    offered = lifetimes.choices(asking.questions("openid", "email", "phone"))

    assert [value for value, _label in offered] == [30 * DAY, 60 * DAY]


def test_one_scope_without_a_limit_keeps_the_choices_open(asking: Asking) -> None:
    change_scope("email", maximum_lifetime=60 * DAY)

    offered = lifetimes.choices(asking.questions("openid", "email", "phone"))

    assert lifetimes.UNTIL_TAKEN_BACK in dict(offered)
