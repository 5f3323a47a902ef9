"""Whatever goes wrong on the way to a decision denies, and nothing is raised."""

from dataclasses import replace
from typing import Any

import pytest

from scopeward_guard._authzen import Action, Decision, Entity, parse_evaluation
from scopeward_guard._base.errors import MalformedError
from scopeward_guard.cedar import CedarPolicy, PolicyDocument, PolicyError, default_schema
from scopeward_guard.cedar._deciding.engine import UNDECIDED
from tests.guard.cedar.asking import asked, decided, policy, query

ALL = '@id("all") permit(principal, action, resource);'
BIG = 2**62


def undecided(decision: Decision) -> bool:
    return not decision.permit and decision.reasons[0].startswith(UNDECIDED)


def forbid(condition: str) -> str:
    head = '@id("no") forbid(principal is User, action == Action::"select", resource is Query)'
    return f"{ALL} {head} when {{ {condition} }};"


@pytest.mark.parametrize(
    "condition",
    [
        "principal.clearance * 9223372036854775807 > 0",
        "principal.clearance + 9223372036854775807 < 0",
        "-principal.clearance - 9223372036854775807 - 2 > 0",
    ],
)
def test_forbid_that_raises_denies_instead_of_being_skipped(condition: str) -> None:
    assert undecided(decided(forbid(condition), asked(subject={"clearance": 2})))


def test_permit_that_raises_denies_although_another_permits() -> None:
    text = (
        f'{ALL} @id("b") permit(principal is User, action, resource)'
        " when { principal.clearance * 9223372036854775807 > 0 };"
    )

    assert undecided(decided(text, asked(subject={"clearance": 2})))
    assert decided(text, asked(subject={"clearance": 1})).permit


def test_undecided_question_has_no_remedy_and_names_no_policy() -> None:
    decision = decided(forbid("context has risk && context.risk > 70"), asked(risk="high"))

    assert undecided(decision)
    assert (decision.remedy, decision.policies, decision.obligations) == (None, (), ())
    assert decision.policy_rev


@pytest.mark.parametrize(
    ("condition", "changed"),
    [
        ("context has risk && context.risk > 70", {"risk": value})
        for value in ("high", "99", [99], {"x": 1}, True, 70.5, float("inf"), float("nan"), 2**63)
    ]
    + [
        ("context.approved == false", {"approved": value})
        for value in ("true", 1, 0, [], {"approval_id": "x"})
    ]
    + [
        ('context has session && context.session == "ended"', {"session": value})
        for value in (1, True, ["ended"], {})
    ]
    + [
        ('!context.scopes.contains("x")', {"scopes": value})
        for value in (7, {"x": 1}, [1], ["x", None], True)
    ]
    + [
        ('context has address && context.address.isInRange(ip("10.0.0.0/8"))', {"address": value})
        for value in ("10.0.0.1.", "localhost", 167772161, "10.0.0.0/8", "", "fe80::1%eth0", [])
    ]
    + [
        ("context.hour > 25", {"time": value})
        for value in ("noon", True, [0], 1e20, -1e20, float("nan"), float("inf"))
    ]
    + [
        ('principal.roles.contains("banned")', {"subject": {"roles": value}})
        for value in (7, {"banned": 1}, [["banned"]], ["banned", 1], True)
    ]
    + [
        ('principal in Role::"banned"', {"subject": {"roles": value}})
        for value in (7, {"banned": 1}, [["banned"]], True)
    ]
    + [
        ("principal.clearance < 0", {"subject": {"clearance": value}})
        for value in ("galactic", 1.5, [1], True, {"level": 3}, 2**63)
    ]
    + [
        ("resource.sensitivity > 5", {"resource": query(sensitivity=value)})
        for value in ("secret", 1.5, True, [2], 2**63)
    ]
    + [
        ('resource.tags.contains("x")', {"resource": query(tags=value)})
        for value in (7, [7], {"x": 1}, True)
    ],
)
def test_fact_of_the_wrong_type_denies_instead_of_being_overlooked(
    condition: str, changed: dict[str, Any]
) -> None:
    assert undecided(decided(forbid(condition), asked(**changed)))


@pytest.mark.parametrize("name", ["tables", "columns", "scopes"])
@pytest.mark.parametrize("absent", ["left out", "null"])
def test_what_a_query_reads_has_to_be_said(name: str, absent: str) -> None:
    properties = dict(query().properties)
    if absent == "null":
        properties[name] = None
    else:
        del properties[name]
    text = forbid('resource.sensitivity > 2 || resource.scopes.contains("x")')

    decision = decided(text, asked(resource=replace(query(), properties=properties)))

    assert undecided(decision)
    assert f"resource.{name} is missing" in decision.reasons[0]


@pytest.mark.parametrize("kind", ["queries", "Querry", "Action", "", "Role", 'Query"', "Query::x"])
def test_unknown_type_of_resource_denies(kind: str) -> None:
    assert not decided(ALL, asked(resource=Entity(type=kind, id="x"))).permit


@pytest.mark.parametrize("kind", ["admin", "Action", "role", "query", "", 'User::"root"', "User\n"])
def test_unknown_type_of_subject_denies(kind: str) -> None:
    evaluation = replace(asked(), subject=Entity(type=kind, id="x"))

    assert not decided(ALL, evaluation).permit


@pytest.mark.parametrize("name", ["drop", "", "Select", 'select"', "GET", "read", "select\n"])
def test_unknown_action_and_one_for_something_else_deny(name: str) -> None:
    assert not decided(ALL, replace(asked(), action=Action(name=name))).permit


IDS = [
    'ada"',
    'ada" || true',
    "ada\\",
    "ada\n",
    "\u0000",
    "ädä",
    "\U0001f600",
    "a" * 1024,
    "User::",
]


@pytest.mark.parametrize("name", IDS)
def test_id_is_never_read_as_cedar(name: str) -> None:
    me = '@id("me") permit(principal == User::"ada", action, resource);'
    one = '@id("one") permit(principal, action, resource == Query::"warehouse");'
    subject = Entity(type="user", id=name, properties={"roles": [name]})

    assert not decided(me, replace(asked(), subject=subject)).permit
    assert not decided(one, asked(resource=Entity(type="query", id=name))).permit


@pytest.mark.parametrize("name", IDS)
def test_strange_id_is_a_name_like_any_other(name: str) -> None:
    subject = Entity(type="user", id=name, properties={"roles": [name]})
    text = '@id("role") permit(principal is User, action, resource) when {principal.roles.contains('

    assert decided(ALL, replace(asked(), subject=subject)).permit
    escaped = (
        name.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\0", "\\0")
    )
    assert decided(f'{text}"{escaped}") }};', replace(asked(), subject=subject)).permit


def test_who_asks_about_oneself_is_denied_not_confused() -> None:
    same = Entity(type="user", id="ada")

    assert not decided(ALL, replace(asked(), subject=same, resource=same)).permit


def test_lone_surrogate_denies() -> None:
    subject = Entity(type="user", id="\ud800", properties={"roles": ["\udfff"]})

    assert not decided(ALL, replace(asked(), subject=subject)).permit


def test_what_no_policy_speaks_of_may_be_anything() -> None:
    context = {"risk": "high", "address": object(), "session": {1, 2}, "unheard-of": float("nan")}

    assert decided(ALL, asked(subject={"roles": 7, "email": b"x"}, **context)).permit


@pytest.mark.parametrize(
    "text",
    [
        f"permit(principal, action, resource) when {{ {'(' * 20_000}true{')' * 20_000} }};",
        f"permit(principal, action, resource) when {{ {'if true then ' * 20_000}true }};",
        f"permit(principal, action, resource) when {{ {' && '.join(['true'] * 20_000)} }};",
        f"permit(principal, action, resource) when {{ {' && '.join(['true'] * 200)} }};",
        "(" * 100_000,
        "[" * 100_000,
        " " * 1_000_001,
    ],
    ids=["brackets", "ifs", "chain", "short chain", "open", "sets", "long"],
)
def test_text_that_would_end_the_process_is_refused(text: str) -> None:
    with pytest.raises(PolicyError):
        policy(f'@id("a") {text}')


@pytest.mark.parametrize(
    "kind",
    [
        {"type": "Record", "attributes": {}},
        {"type": "Set", "element": {"type": "Long"}},
        {"type": "Entity", "name": "User"},
        {"type": "Extension", "name": "decimal"},
    ],
)
def test_schema_with_values_that_no_question_brings_is_refused(kind: dict[str, Any]) -> None:
    schema = default_schema()
    schema[""]["entityTypes"]["Query"]["shape"]["attributes"]["extra"] = kind

    with pytest.raises(PolicyError):
        policy(ALL, schema=schema)


def test_parsed_question_beyond_bounds_never_reaches_cedar() -> None:
    with pytest.raises(MalformedError):
        parse_evaluation(asked(resource=query(columns=("x.y.z",) * 10_001)).as_json())


def test_large_question_within_bounds_is_decided() -> None:
    columns = tuple(f"hr.table_{number}.column" for number in range(4_000))

    decision = decided(forbid("resource.sensitivity > 2"), asked(resource=query(columns=columns)))

    assert decision.permit


def test_change_of_the_default_schema_changes_no_policy() -> None:
    schema = default_schema()
    schema[""]["actions"].clear()

    assert decided(ALL).permit


def test_change_of_a_document_s_schema_does_not_reach_a_loaded_policy() -> None:
    document = PolicyDocument(audience="a", policies=ALL)
    loaded, revision = CedarPolicy(document), document.revision

    document.schema[""]["actions"].clear()  # type: ignore[index]

    assert loaded.decide(asked()).permit
    assert loaded.decide(asked()).policy_rev == revision


def test_same_question_is_asked_of_cedar_once(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded, calls = policy(ALL), []
    anew = loaded._verdicts.anew
    monkeypatch.setattr(loaded._verdicts, "anew", lambda q: calls.append(q) or anew(q))

    answers = [loaded.decide(asked()) for _ in range(3)]

    assert (len(calls), len(set(map(id, answers)))) == (1, 3)


@pytest.mark.parametrize(
    "other",
    [
        asked(subject={"clearance": 3}),
        asked(resource=query(("public.holidays.day",))),
        asked(resource=replace(query(), id="elsewhere")),
        replace(asked(), subject=Entity(type="user", id="grace")),
        replace(asked(), subject=Entity(type="client", id="ada")),
        asked(action="delete"),
        asked(approved=True),
    ],
)
def test_other_question_is_not_answered_from_memory(other: Any) -> None:
    text = (
        '@id("one") permit(principal == User::"ada", action == Action::"select",'
        ' resource == Query::"warehouse") when { !context.approved && principal.clearance < 3'
        " && resource.sensitivity == 2 };"
    )
    loaded = policy(text)

    assert loaded.decide(asked()).permit
    assert not loaded.decide(other).permit
    assert loaded.decide(asked()).permit


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scopeward_guard.cedar._deciding.verdicts.KEPT", 8)
    loaded = policy(ALL)

    for number in range(50):
        loaded.decide(asked(resource=replace(query(), id=str(number))))
    loaded.decide(asked(resource=replace(query(), id="x" * 10_000)))

    assert 0 < len(loaded._verdicts._kept) <= 8
    assert all(len(entities) < 9_000 for _, _, entities in loaded._verdicts._kept)


def test_a_time_zone_that_is_none_is_refused_with_the_document() -> None:
    with pytest.raises(PolicyError):
        CedarPolicy(PolicyDocument(audience="x", policies="", timezone="Nowhere/At_all"))
