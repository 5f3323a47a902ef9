"""Only what a type foresees gets through, and nothing a client sends breaks anything."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from claims.catalogue import details
from claims.catalogue.details import InvalidDetailsError
from claims.catalogue.details.defaults import DEFAULT_TYPES, QUERY
from claims.catalogue.models import AuthorizationDetailsType
from foundation.directory.models import Client
from tests.members import rehashed

WAREHOUSE = "https://warehouse.example"


def query(**members: Any) -> dict[str, Any]:
    """Return a detail of the type for queries; a member that is None is left out."""
    values = {**DEFAULT_TYPES[QUERY]["example"], **members}
    kept = {name: value for name, value in values.items() if value is not None}
    return rehashed(kept) if "query_hash" not in members else kept


@pytest.fixture
def client(make_client: Callable[..., Client]) -> Client:
    return make_client(authorization_details_types=[QUERY], resources=[WAREHOUSE])


def refusal(raw: Any, client: Client) -> str:
    with pytest.raises(InvalidDetailsError) as caught:
        details.validate(raw, client)
    return str(caught.value)


@pytest.mark.spec("RFC 9396", "2")
def test_detail_that_follows_its_type_is_accepted(client: Client) -> None:
    (detail,) = details.validate([query()], client)

    assert detail.type.type == QUERY
    assert detail.data == query()
    assert detail.audiences == (WAREHOUSE,)


@pytest.mark.spec("RFC 9396", "5")
@pytest.mark.parametrize(
    "wrong",
    [
        {"type": None},
        {"type": "urn:example:unknown"},
        {"type": 7},
        {"type": [QUERY]},
        {"privileges": ["admin"]},
        {"approval_id": "mine"},
        {"statement": None},
        {"statement": 7},
        {"statement": ""},
        {"statement": "x" * 20001},
        {"hash_alg": "MD5"},
        {"query_hash": "short"},
        {"query_hash": "a" * 43 + "\n"},
        {"query_hash": "a" * 42 + "="},
        {"max_rows": 0},
        {"max_rows": True},
        {"max_rows": 1.5},
        {"max_rows": "100"},
        {"actions": []},
        {"actions": ["select", "select"]},
        {"actions": ["drop"]},
        {"actions": "select"},
        {"parameters": {"id": {"$gt": 0}}},
        {"locations": []},
        {"locations": None},
        {"locations": [WAREHOUSE, "https://other.example"]},
        {"locations": ["https://other.example"]},
        {"purpose": "a\x00b"},
        {"purpose": "\ud800"},
        {"parameters": {"\x00": 1}},
        {"parameters": {"id": float("nan")}},
        {"parameters": {"id": float("inf")}},
        {"parameters": {"id": 2**60}},
    ],
    ids=str,
)
def test_detail_that_does_not_follow_its_type_is_refused(
    wrong: dict[str, Any], client: Client
) -> None:
    assert refusal([query(**wrong)], client)


@pytest.mark.spec("RFC 9396", "2")
@pytest.mark.parametrize("raw", [{}, None, "x", 1, [1], ["x"], [None], [[]]], ids=str)
def test_what_is_no_array_of_objects_is_refused(raw: Any, client: Client) -> None:
    assert "array of objects" in refusal(raw, client)


@pytest.mark.spec("RFC 9396", "10")
def test_type_that_the_client_is_not_registered_for_is_refused(
    make_client: Callable[..., Client],
) -> None:
    assert "not registered" in refusal([query()], make_client(resources=[WAREHOUSE]))


def test_type_that_was_switched_off_is_refused_at_once(client: Client) -> None:
    details.validate([query()], client)
    row = AuthorizationDetailsType.objects.get(type=QUERY)
    row.is_active = False
    row.save()

    assert "unknown" in refusal([query()], client)


def test_more_than_twenty_details_are_refused(client: Client) -> None:
    assert "20" in refusal([query(max_rows=rows) for rows in range(1, 22)], client)


def test_more_than_32_kib_are_refused(client: Client) -> None:
    long = [query(statement="x" * 19000, max_rows=rows) for rows in (1, 2)]

    assert "32 KiB" in refusal(long, client)


def test_the_same_detail_twice_is_one(client: Client) -> None:
    turned = dict(reversed(query().items()))

    assert len(details.validate([query(), turned], client)) == 1


def test_no_error_repeats_characters_that_an_error_must_not_have(client: Client) -> None:
    """RFC 6749 §4.1.2.1 `error_description`."""
    sentence = refusal([query(**{'a"\\b\r\nSet-Cookie: x\u202e': 1})], client)

    assert all(" " <= character <= "~" and character not in '"\\' for character in sentence)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nothing",
        "{}",
        '"x"',
        "null",
        "[",
        "[" * 30000,
        "[NaN]",
        "[Infinity]",
        "[1e400]",
        "[-1e400]",
        f"[{2**53}]",
        "[" + "9" * 5000 + "]",
        '[{"type": "a", "type": "b"}]',
        " " * 32769,
        "[1, 2,]",
        "\ufeff[]",
    ],
    ids=lambda text: text[:20],
)
def test_text_that_two_readers_might_read_differently_is_refused(text: str) -> None:
    with pytest.raises(InvalidDetailsError):
        details.read(text)


def test_deeply_nested_value_is_refused_and_breaks_nothing(client: Client) -> None:
    nested = json.dumps([query()])[:-2] + ', "purpose": ' + "[" * 10000 + "]" * 10000 + "}]"

    with pytest.raises(InvalidDetailsError):
        details.validate(details.read(nested), client)


@pytest.mark.parametrize("member", ["actions", "datatypes", "parameters"])
def test_wide_detail_is_refused_without_long_work(member: str, client: Client) -> None:
    """To compare thousands of objects with each other takes many seconds."""
    wide = [{"a": number} for number in range(3000)]
    started = time.process_time()

    refusal([query(**{member: wide})], client)

    assert time.process_time() - started < 1


def test_digest_does_not_depend_on_how_the_detail_is_written(client: Client) -> None:
    text = json.dumps([dict(reversed(query(max_rows=100).items()))], indent=3)
    spelt = text.replace("100", "1.0e2").replace("warehouse", "\\u0077arehouse")

    (one,) = details.validate([query(max_rows=100)], client)
    (other,) = details.validate(details.read(spelt), client)

    assert one.digest == other.digest


@pytest.mark.parametrize(
    "change", [{"max_rows": 101}, {"statement": "SELECT 1 "}, {"parameters": {"id": "7"}}], ids=str
)
def test_digest_changes_with_every_character(change: dict[str, Any], client: Client) -> None:
    one, other = details.validate([query(), query(**change)], client)

    assert one.digest != other.digest


def test_what_a_detail_says_cannot_be_changed(client: Client) -> None:
    (detail,) = details.validate([query()], client)
    detail.data["actions"].append("delete")

    assert detail.data["actions"] == ["select"]
