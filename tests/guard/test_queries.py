"""The digest of a query, and the details that carry it."""

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given, strategies as st
from jsonschema import Draft202012Validator

from scopeward_guard._base.errors import MalformedError
from scopeward_guard._base.strict_json import encode_base64url
from scopeward_guard._binding.binding import is_query_detail, query_hash
from scopeward_guard._binding.details import query_detail
from scopeward_guard._binding.digest import Query, same_hash
from scopeward_guard._binding.schemas import ACTIONS, QUERY_SCHEMA
from tests.guard.provider import RESOURCE

VALID = Draft202012Validator(QUERY_SCHEMA)
COLUMNS = ("hr.employees.salary", "hr.employees.name")


def query(**changes: Any) -> Query:
    members = {
        "datasource": "warehouse", "schema_rev": "7", "max_rows": 100,
        "statement": "SELECT name, salary FROM hr.employees WHERE id = $1",
        "parameters": {"1": 42}, **changes,
    }  # fmt: skip
    return Query(**members)


def hash_of(asked: Query) -> Any:
    made = query_detail(asked, location=RESOURCE, actions=("select",), datatypes=COLUMNS)
    return made["query_hash"]


def detail(**changes: Any) -> dict[str, Any]:
    made = query_detail(
        query(), location=RESOURCE, actions=("select",), datatypes=COLUMNS, purpose="Audit 2026"
    )
    return {name: value for name, value in {**made, **changes}.items() if value is not ...}


@pytest.mark.spec("RFC 8785", "3.2")
def test_digest_is_sha256_of_the_canonical_json() -> None:
    canonical = (
        '{"detail":{"actions":["select"],"datatypes":["hr.employees.name","hr.employees.salary"],'
        '"hash_alg":"S256","identifier":"warehouse","locations":["https://warehouse.example"],'
        '"max_rows":100,"parameters":{"1":42},"purpose":"Audit 2026","schema_rev":"7",'
        '"statement":"SELECT name, salary FROM hr.employees WHERE id = $1",'
        '"type":"urn:scopeward:query:1"},"v":2}'
    )

    expected = encode_base64url(hashlib.sha256(canonical.encode()).digest())

    assert detail()["query_hash"] == query_hash(detail()) == expected


def test_order_of_parameters_does_not_matter() -> None:
    one, other = {"a": 1, "ä": "x", "B": None}, {"B": None, "ä": "x", "a": 1}

    assert hash_of(query(parameters=one)) == hash_of(query(parameters=other))


@pytest.mark.parametrize(
    "changes",
    [
        {"datasource": "Warehouse"},
        {"schema_rev": "8"},
        {"statement": "SELECT name, salary FROM hr.employees WHERE id = $1 "},
        {"statement": "SELECT name, salary FROM hr.employees WHERE id = $2"},
        {"statement": "SELECT name, sa\u200blary FROM hr.employees WHERE id = $1"},
        {"parameters": {"1": 43}},
        {"parameters": {"1": "42"}},
        {"parameters": {"1": True}},
        {"parameters": {"1": 42, "2": None}},
        {"parameters": {}},
        {"max_rows": 101},
    ],
    ids=str,
)
def test_any_change_is_another_digest(changes: dict[str, Any]) -> None:
    assert hash_of(query(**changes)) != hash_of(query())


@given(st.text(max_size=60), st.text(max_size=60))
def test_different_statements_have_different_digests(one: str, other: str) -> None:
    same = hash_of(query(statement=one)) == hash_of(query(statement=other))

    assert same == (one == other)


@pytest.mark.parametrize(
    "changes",
    [
        {"parameters": {"x": 2**53}},
        {"parameters": {"x": 10**4000}},
        {"parameters": {"x": float("nan")}},
        {"parameters": {"x": float("inf")}},
        {"parameters": {"x": b"bytes"}},
        {"parameters": {"x": frozenset()}},
        {"parameters": {1: "x"}},
        {"parameters": {"x": "\ud800"}},
        {"parameters": [1]},
        {"parameters": None},
        {"statement": "\udfff"},
        {"statement": None},
        {"datasource": 1},
        {"max_rows": True},
        {"max_rows": 100.0},
        {"max_rows": "100"},
    ],
    ids=str,
)
def test_query_without_a_canonical_form_has_no_digest(changes: dict[str, Any]) -> None:
    with pytest.raises(MalformedError):
        hash_of(query(**changes))


def test_circle_of_parameters_has_no_digest() -> None:
    circle: dict[str, Any] = {}
    circle["self"] = circle

    with pytest.raises(MalformedError):
        hash_of(query(parameters=circle))


@pytest.mark.parametrize("other", [None, 1, b"x", "", "ä", ["x"], "x" * 43])
def test_what_is_no_digest_is_never_the_same(other: Any) -> None:
    assert not same_hash(hash_of(query()), other)


def test_built_detail_is_what_the_schema_allows() -> None:
    VALID.validate(detail())
    for actions in (("delete",), ("insert", "update")):
        VALID.validate(query_detail(query(), location=RESOURCE, actions=actions, datatypes=()))


def test_schema_is_itself_valid() -> None:
    Draft202012Validator.check_schema(QUERY_SCHEMA)
    assert ACTIONS == ("select", "insert", "update", "delete", "merge")


@pytest.mark.spec("RFC 9396", "5")
@pytest.mark.parametrize(
    "changes",
    [
        {"type": "urn:scopeward:query:2"},
        {"type": ...},
        {"approval_id": "mine"},
        {"approvers": ["ada"]},
        {"max_uses": 5},
        {"locations": []},
        {"locations": [RESOURCE, "https://other.example"]},
        {"locations": ["javascript:alert(1)"]},
        {"locations": [RESOURCE + "\n"]},
        {"locations": RESOURCE},
        {"actions": ["select", "delete"]},
        {"actions": ["update", "insert"]},
        {"actions": ["insert", "insert"]},
        {"actions": ["drop"]},
        {"actions": []},
        {"identifier": ""},
        {"identifier": "ware\nhouse"},
        {"identifier": "warehouse\n"},
        {"identifier": "wаrehouse"},
        {"datatypes": ["a"] * 2},
        {"datatypes": [str(n) for n in range(501)]},
        {"datatypes": ["hr.employees.\u202eyralas"]},
        {"datatypes": ["x" * 201]},
        {"statement": ""},
        {"statement": "x" * 65_537},
        {"statement": "SELECT 1 -- \u202e"},
        {"statement": "SELECT 1\x00"},
        {"statement": "SELECT\u200b1"},
        {"statement": 1},
        {"parameters": []},
        {"parameters": {"a b": 1}},
        {"parameters": {"a\n": 1}},
        {"parameters": {"a": {}}},
        {"parameters": {"a": [1]}},
        {"parameters": {"a": 2**53}},
        {"parameters": {"a": "x" * 4097}},
        {"parameters": {f"p{n}": 1 for n in range(101)}},
        {"query_hash": "x"},
        {"query_hash": "x" * 43 + "\n"},
        {"query_hash": "+" * 43},
        {"query_hash": ...},
        {"hash_alg": "S512"},
        {"hash_alg": ...},
        {"max_rows": 0},
        {"max_rows": 1_000_001},
        {"max_rows": "100"},
        {"max_rows": 1.5},
        {"purpose": ""},
        {"purpose": "x" * 501},
        {"purpose": "harmless\u2066"},
        {"purpose": "two\nlines"},
    ],
    ids=lambda changes: ascii(changes)[:60],
)
def test_schema_refuses_everything_else(changes: dict[str, Any]) -> None:
    assert not VALID.is_valid(detail(**changes))


@pytest.mark.parametrize("kind", ["urn:scopeward:query:1", "urn:scopeward:query:2"])
def test_query_of_any_version_is_seen(kind: str) -> None:
    assert is_query_detail({"type": kind})
    assert not is_query_detail({"type": "payment_initiation"})
    assert not is_query_detail({})


def test_detail_goes_over_the_wire_unchanged() -> None:
    assert json.loads(json.dumps(detail())) == detail()
