"""Nothing is shown that is not bound: every member of every detail, by construction."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from scopeward_guard._binding.binding import (
    ADDED,
    REQUIRED,
    covers,
    detail_digest,
    is_consistent,
    is_query_detail,
    query_hash,
)
from scopeward_guard._binding.schemas import QUERY_SCHEMA
from scopeward_guard._gates.admission import Admission
from scopeward_guard._gates.query_gate import QueryGate
from scopeward_guard._gates.query_request import QueryRequest
from scopeward_guard._guard.guard import Guard
from tests.guard.conftest import bearing, refusal
from tests.guard.provider import FakeProvider
from tests.guard.test_queries import COLUMNS, detail, query
from tests.members import altered, rehashed

PAYMENT = {
    "type": "payment_initiation",
    "actions": ["initiate"],
    "amount": {"value": 120, "currency": "EUR"},
    "creditors": [{"name": "Merchant", "iban": "DE02"}, {"name": "Other", "shares": [1, 2.5]}],
    "is_urgent": False,
    "note": None,
}
"""Of a type that somebody else wrote."""
NEEDS_APPROVAL = (401, "insufficient_authorization")
MORE = ["more in .datatypes", ".datatypes turned round"]
"""What may differ, with a digest that fits."""
ADDITIONS = {
    "approval_id": "a1", "approvers": ["grace"], "policy_rev": "3", "txn": "t", "emergency": True,
    "detail_digest": "A" * 43,
}  # fmt: skip


def test_what_is_tried_has_every_member_of_the_schema() -> None:
    Draft202012Validator(QUERY_SCHEMA).validate(detail())
    assert detail().keys() == QUERY_SCHEMA["properties"].keys()
    assert ADDITIONS.keys() == ADDED
    assert not ADDED & QUERY_SCHEMA["properties"].keys()


@pytest.mark.parametrize("said", [detail(), PAYMENT], ids=["query", "payment"])
def test_approved_as_asked_is_covered_whatever_the_provider_adds(said: dict[str, Any]) -> None:
    assert covers(said, said)
    assert covers({**said, **ADDITIONS}, dict(reversed(said.items())))


@pytest.mark.parametrize("said", [detail(), PAYMENT], ids=["query", "payment"])
def test_any_one_change_after_the_approval_is_another_thing(said: dict[str, Any]) -> None:
    changes = list(altered(said))

    assert [what for what, changed in changes if covers({**changed, **ADDITIONS}, said)] == []
    covered = [what for what, changed in changes if covers({**said, **ADDITIONS}, changed)]
    assert [what for what in covered if ".datatypes" not in what] == []
    assert len(changes) > 60


def test_any_one_change_before_the_approval_is_not_what_runs() -> None:
    """Somebody shows other values than the guard will run, with a digest that fits them."""
    shown = {what: {**rehashed(made), **ADDITIONS} for what, made in altered(detail())}
    covering = [what for what, approved in shown.items() if covers(approved, detail())]

    assert [what for what in covering if ".query_hash" not in what] == MORE


def test_every_change_is_seen_in_both_digests() -> None:
    said = detail()
    for what, changed in altered(said):
        assert detail_digest(changed) != detail_digest(said), what
        assert not (is_query_detail(changed) and is_consistent(changed)), what


def test_what_the_provider_adds_is_in_no_digest() -> None:
    assert query_hash({**detail(), **ADDITIONS}) == query_hash(detail())
    assert detail_digest({**detail(), **ADDITIONS}) == detail_digest(detail())


@pytest.mark.parametrize("name", sorted(ADDED))
def test_what_is_done_has_not_been_approved_yet(name: str) -> None:
    claimed = {**PAYMENT, name: ADDITIONS[name]}

    assert not covers(claimed, claimed)


@pytest.mark.parametrize("name", REQUIRED)
def test_query_without_a_member_is_none(name: str) -> None:
    part = {key: value for key, value in detail().items() if key != name}

    assert not is_consistent({"type": "urn:scopeward:query:1", **part, "query_hash": "A" * 43})
    assert not covers(part, detail())


def test_more_columns_may_be_approved_than_are_read_but_not_fewer() -> None:
    more = rehashed(detail(datatypes=["hr.employees.id", *COLUMNS]))

    assert covers({**more, **ADDITIONS}, detail())
    assert not covers(detail(), more)
    assert covers({**PAYMENT, "datatypes": ["a", "b"]}, {**PAYMENT, "datatypes": ["b"]})


@pytest.mark.parametrize("part", [[], None, {}, "a", [["a"]], [None], ["A"]], ids=str)
def test_what_may_mean_everything_is_part_of_nothing(part: Any) -> None:
    more = {**PAYMENT, "datatypes": ["a", "b"]}

    assert not covers(more, {**PAYMENT, "datatypes": part})
    assert not covers(more, PAYMENT)


def test_digest_of_other_columns_than_are_shown_covers_nothing() -> None:
    assert not covers(detail(datatypes=[*COLUMNS, "hr.employees.id"]), detail())


@pytest.mark.parametrize("value", [float("nan"), 2**53, "\ud800", b"x"], ids=ascii)
def test_what_has_no_canonical_form_is_approved_by_nothing(value: Any) -> None:
    assert not covers({**PAYMENT, "note": value}, {**PAYMENT, "note": value, "x": 1})
    assert not is_consistent(detail(parameters={"x": value}))


def test_same_number_in_other_letters_is_the_same() -> None:
    assert covers({**PAYMENT, "amount": 120}, {**PAYMENT, "amount": 120.0})
    assert not covers({**PAYMENT, "amount": 1}, {**PAYMENT, "amount": True})


def test_gate_refuses_whatever_differs_from_what_was_approved(
    guard: Guard, provider: FakeProvider
) -> None:
    gate = QueryGate(guard)
    asked = QueryRequest(
        query=query(), actions=("select",), datatypes=COLUMNS, purpose="Audit 2026",
        needs_approval=True,
    )  # fmt: skip
    provider.minted.add("a1")

    def admit(approved: dict[str, Any]) -> Admission:
        token = provider.token(authorization_details=[{**approved, **ADDITIONS}])
        return gate.admit(bearing(token), asked)

    for what, made in altered(detail()):
        if what not in MORE and ".query_hash" not in what:
            approved = rehashed(made)
            assert refusal(lambda approved=approved: admit(approved)) == NEEDS_APPROVAL, what
    assert provider.consumed == []
    assert admit(detail()).approval_id == "a1"
    assert [said["detail_digest"] for said in provider.consumed] == [detail_digest(detail())]
