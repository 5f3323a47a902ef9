"""Questions from strangers: read exactly, or refused; never half."""

import math
from typing import Any

import pytest

from scopeward_guard._authzen import Action, Entity, Evaluation, parse_evaluation
from scopeward_guard._base.errors import MalformedError


def body(**changed: Any) -> dict[str, Any]:
    return {
        "subject": {"type": "user", "id": "ada", "properties": {"roles": ["analyst"]}},
        "action": {"name": "select", "properties": {"method": "GET"}},
        "resource": {"type": "query", "id": "warehouse"},
        "context": {"time": 1},
        **changed,
    }


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.spec("AuthZEN Authorization API", "6.1")
def test_question_is_read_as_it_was_asked() -> None:
    assert parse_evaluation(body()) == Evaluation(
        subject=Entity(type="user", id="ada", properties={"roles": ["analyst"]}),
        action=Action(name="select", properties={"method": "GET"}),
        resource=Entity(type="query", id="warehouse"),
        context={"time": 1},
    )


@pytest.mark.spec("AuthZEN Authorization API", "6.1")
def test_what_was_asked_reads_back_to_the_same() -> None:
    evaluation = parse_evaluation(body())

    assert parse_evaluation(evaluation.as_json()) == evaluation


@pytest.mark.spec("AuthZEN Authorization API", "6.1")
def test_unknown_members_are_ignored_and_context_is_optional() -> None:
    asked = body(options={"x": 1})
    del asked["context"]

    assert parse_evaluation(asked).context == {}


@pytest.mark.spec("AuthZEN Authorization API", "5")
@pytest.mark.parametrize(
    "changed",
    [
        {"subject": None},
        {"subject": "ada"},
        {"subject": {"type": "user"}},
        {"subject": {"type": "user", "id": ""}},
        {"subject": {"type": "user", "id": 7}},
        {"subject": {"type": ["user"], "id": "ada"}},
        {"subject": {"type": "user", "id": "ada", "properties": []}},
        {"subject": {"type": "user", "id": "ada", "properties": None}},
        {"subject": {"type": "user", "id": "a" * 1025}},
        {"action": {}},
        {"action": "select"},
        {"action": {"name": None}},
        {"resource": {"id": "warehouse"}},
        {"resource": []},
        {"context": None},
        {"context": [1]},
    ],
)
def test_question_with_a_wrong_member_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(MalformedError):
        parse_evaluation(body(**changed))


@pytest.mark.parametrize(
    "value",
    [
        nested(20),
        ["x"] * 10_001,
        [["x"] * 200] * 60,
        "x" * 65_537,
        2**63,
        -(2**63) - 1,
        math.inf,
        -math.inf,
        math.nan,
        1e300,
        "\ud800",
        {"\udfff": 1},
        {1: 2},
        {"x": {1, 2}},
        {"x": b"x"},
        object(),
    ],
    ids=lambda value: str(value)[:20].encode("ascii", "replace").decode(),
)
def test_value_that_is_unbounded_or_no_json_is_refused(value: Any) -> None:
    with pytest.raises(MalformedError):
        parse_evaluation(body(context={"x": value}))


@pytest.mark.parametrize("asked", [None, [], "x", 1, {}])
def test_what_is_no_object_is_refused(asked: Any) -> None:
    with pytest.raises(MalformedError):
        parse_evaluation(asked)


@pytest.mark.parametrize("value", [nested(13), "é" * 60_000, 2**63 - 1, -(2**63), 1.5, None, True])
def test_value_within_bounds_is_kept(value: Any) -> None:
    assert parse_evaluation(body(context={"x": value})).context == {"x": value}
