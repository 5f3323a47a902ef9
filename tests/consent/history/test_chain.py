"""Writing acts, and linking them."""

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction

from foundation.base.keyed import Ring
from foundation.journal import acts as history
from foundation.journal.acts import Actor, Entry, Kind, link
from foundation.journal.chain import canonical
from foundation.journal.models import Act, ChainHead, PersonalPart
from foundation.journal.recording import record
from scopeward_guard.vocabulary import MalformedError
from tests.consent.history.reading import findings

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

ENDED = datetime(2026, 1, 1, tzinfo=UTC)


def entry(**values: Any) -> Entry:
    return Entry(**{"kind": Kind.GRANTED, "actor": Actor.PERSON, "scope": "email", **values})


def test_an_act_has_no_place_before_it_is_linked() -> None:
    record([entry()])

    assert Act.objects.get().number is None
    assert link() == 1
    assert Act.objects.get().number == 1


def test_places_have_no_gap_and_the_head_names_the_last() -> None:
    for _ in range(3):
        record([entry(), entry(kind=Kind.DENIED)])
        link()

    rows = list(Act.objects.order_by("number"))
    assert [row.number for row in rows] == [1, 2, 3, 4, 5, 6]
    assert (ChainHead.objects.get().number, ChainHead.objects.get().hash) == (6, rows[-1].hash)
    assert findings() == []


def test_linking_again_links_nothing() -> None:
    record([entry()])
    link()

    assert link() == 0
    assert history.link() == 0


def test_older_acts_come_first() -> None:
    record([entry(at=datetime(2026, 1, 2, tzinfo=UTC)), entry(at=datetime(2026, 1, 1, tzinfo=UTC))])
    link()

    days = [row.at.day for row in Act.objects.order_by("number")]
    assert days == [1, 2]


def test_an_act_that_is_rolled_back_has_not_happened() -> None:
    with transaction.atomic():
        record([entry()])
        transaction.set_rollback(True)

    assert not Act.objects.exists()
    assert not PersonalPart.objects.exists()


def test_an_occasion_is_recorded_once() -> None:
    record([entry(occasion="expired 1", at=ENDED)])
    record([entry(occasion="expired 1", at=ENDED), entry(occasion="expired 2", at=ENDED)])
    link()

    assert Act.objects.count() == PersonalPart.objects.count() == 2
    assert findings() == []


def test_what_no_database_stores_is_left_out() -> None:
    record([entry(user_agent="a\0b\ud800", scope="e\0mail", acr="x" * 300)])
    link()

    act = Act.objects.get()
    assert (act.scope, act.personal.user_agent, len(act.acr)) == ("email", "ab?", 255)
    assert findings() == []


def test_times_and_words_of_every_kind_survive_the_database() -> None:
    moment = datetime(2026, 7, 1, 12, 0, 0, 1, tzinfo=UTC)
    record([entry(at=moment, detail={"sentence": "Größe „x“ 漢", "until": None, "n": [1, True]})])
    link()

    assert findings() == []


@pytest.mark.parametrize("value", [1.5, b"x", datetime(2026, 1, 1, tzinfo=UTC), uuid.uuid4()])
def test_what_has_no_exact_form_is_not_recorded(value: object) -> None:
    with pytest.raises(MalformedError):
        record([entry(detail={"x": [value]})])


@pytest.mark.spec("RFC 8785", "3.2.3")
def test_names_outside_ascii_are_sorted_as_utf_16_and_survive_the_database() -> None:
    # U+1F600 comes before U+FB33 as UTF-16, and after it as code points.
    record([entry(detail={"ö": 1, "\ufb33": 2, "\U0001f600": 3})])
    link()

    assert findings() == []
    text = canonical.canonical({"\ufb33": 2, "\U0001f600": 3}).decode()
    assert text.index("\U0001f600") < text.index("\ufb33")


@pytest.mark.spec("RFC 8785", "3.2")
def test_canonical_json_is_sorted_compact_and_utf_8() -> None:
    assert canonical.canonical({"b": [1, None], "a": "ö\n"}) == '{"a":"ö\\n","b":[1,null]}'.encode()


def test_two_personal_parts_that_say_the_same_have_different_digests() -> None:
    record([entry(address="192.0.2.1"), entry(address="192.0.2.1")])

    assert len(set(Act.objects.values_list("personal_digest", flat=True))) == 2


def test_another_operator_s_secret_gives_another_seal(settings: Any) -> None:
    record([entry()])
    link()
    settings.HISTORY_SECRET = Ring(b"another")

    assert findings()[0] == "Row 1 has been changed."
