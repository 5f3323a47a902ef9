"""Keys of acts begin with the moment of the act."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import RFC_4122, UUID

import pytest
from django.db import connection
from hypothesis import given, strategies as st

from foundation.journal.acts import Actor, Entry, Kind
from foundation.journal.keys import FIRST_TAIL, IN_SQL, RANDOM_TAIL, first_key, key_of, new_key

MOMENTS = st.datetimes(datetime(1971, 1, 1), datetime(2500, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
MICROSECOND = timedelta(microseconds=1)


@pytest.mark.spec("RFC 9562", "5.7")
@given(MOMENTS)
def test_a_key_is_a_uuid_of_version_7_and_begins_with_its_millisecond(moment: datetime) -> None:
    for key in (new_key(moment), key_of("occasion", moment), first_key(moment)):
        assert (key.version, key.variant) == (7, RFC_4122)
        assert key.int >> 80 == (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(
            milliseconds=1
        )


@pytest.mark.spec("RFC 9562", "6.2")
@given(MOMENTS)
def test_keys_are_in_the_order_of_their_moments(moment: datetime) -> None:
    moments = [moment + n * MICROSECOND for n in range(5)]
    for earlier, later in pairwise(moments):
        assert new_key(earlier) < first_key(later) <= new_key(later)


def test_an_occasion_has_one_key_and_others_have_others() -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    entry = Entry(Kind.EXPIRED, Actor.SYSTEM, at=moment, occasion="expired 1")

    assert entry.key == key_of("expired 1", moment)
    assert key_of("expired 1", moment) != key_of("expired 2", moment)
    assert new_key(moment) != new_key(moment)


def test_an_occasion_without_its_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="moment"):
        Entry(Kind.EXPIRED, Actor.SYSTEM, occasion="expired 1")


@pytest.mark.postgresql
@pytest.mark.django_db
@pytest.mark.parametrize("moment", [datetime(2026, 11, 28, 7, 1, 2, n, tzinfo=UTC)
                                    for n in (0, 1, 999, 1_000, 999_999)])  # fmt: skip
def test_the_database_makes_the_same_keys(moment: datetime) -> None:
    with connection.cursor() as cursor:
        for tail in (FIRST_TAIL, RANDOM_TAIL):
            cursor.execute(f"SELECT {IN_SQL.format(moment='m', tail=tail)} FROM (VALUES (%s)) t(m)",
                           [moment])  # fmt: skip
            (key,) = cursor.fetchone()
            assert isinstance(key, UUID)
            assert (key.version, key.variant) == (7, RFC_4122)
            assert key.int >> 64 == first_key(moment).int >> 64
            assert tail == RANDOM_TAIL or key == first_key(moment)
