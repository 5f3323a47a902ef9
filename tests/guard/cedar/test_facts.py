"""Who may say what: the catalogue, the asking side, and what is worked out."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from scopeward_guard._authzen import Entity
from scopeward_guard._binding.digest import Query
from scopeward_guard._decisions.context import RequestContext
from scopeward_guard._decisions.deciding import DecisionPoint, DeclaredOnly
from scopeward_guard._gates.query_request import QueryRequest
from scopeward_guard._tokens.principal import Principal
from scopeward_guard.cedar import Label
from tests.guard.cedar.asking import asked, decided, query

HEAD = '@id("p") permit(principal is User, action == Action::"select", resource is Query)'


def holds(condition: str, *, document: dict[str, Any] | None = None, **changed: Any) -> bool:
    text = f"{HEAD} when {{ {condition} }};"
    return decided(text, asked(**changed), **(document or {})).permit


@pytest.mark.parametrize(
    ("columns", "said", "sensitivity"),
    [
        (("hr.employees.salary",), None, 2),
        (("hr.employees.salary",), 0, 2),
        (("hr.employees.salary",), 3, 3),
        (("public.holidays.day",), None, 0),
        (("public.holidays.day",), 3, 3),
        (("finance.payments.iban",), None, 1),
        (("finance.payments.iban",), 0, 1),
        (("public.holidays.day", "hr.employees.salary"), 0, 2),
        (("public.holidays.day", "finance.payments.iban"), None, 1),
    ],
)
def test_asking_side_can_only_raise_the_sensitivity(
    columns: tuple[str, ...], said: int | None, sensitivity: int
) -> None:
    resource = query(columns=columns, sensitivity=said)

    assert holds(f"resource.sensitivity == {sensitivity}", resource=resource)


@pytest.mark.parametrize("said", [[], ["open"], None])
def test_asking_side_can_only_add_tags(said: Any) -> None:
    assert holds('resource.tags.contains("pii")', resource=query(tags=said))


def test_asking_side_may_add_a_tag() -> None:
    assert holds('resource.tags.containsAll(["pii", "draft"])', resource=query(tags=["draft"]))


def test_nobody_appoints_owners_of_what_has_a_label() -> None:
    condition = "resource.owners.contains(principal.id)"

    assert not holds(condition, resource=query(owners=["ada"]))
    assert not holds(condition, resource=query(("public.holidays.day",), owners=["ada"]))
    assert holds(condition, resource=query(("finance.payments.iban",), owners=["ada"]))


def test_what_is_most_sensitive_is_worked_out() -> None:
    columns = ("public.holidays.day", "hr.employees.salary")
    resource = query(columns, most_sensitive=["public.holidays.day"])

    assert holds('resource.most_sensitive == ["hr.employees.salary"]', resource=resource)


def test_table_that_no_column_is_read_of_counts() -> None:
    properties = {"columns": ["public.holidays.day"], "tables": ["public.holidays", "hr.employees"]}
    resource = replace(query(), properties={**query().properties, **properties})

    assert holds("resource.sensitivity == 2", resource=resource)


def test_narrowest_label_wins_then_the_stricter() -> None:
    labels = (
        Label(pattern="*", sensitivity=3),
        Label(pattern="hr.*", sensitivity=0),
        Label(pattern="hr.employees.salary", sensitivity=1),
        Label(pattern="*.employees.salary", sensitivity=2),
        Label(pattern="hr.*.salary", sensitivity=0),
    )

    assert holds("resource.sensitivity == 1", document={"labels": labels})
    assert holds(
        "resource.sensitivity == 0", resource=query(("hr.x.y",)), document={"labels": labels}
    )
    assert holds(
        "resource.sensitivity == 3", resource=query(("x.y.z",)), document={"labels": labels}
    )


def test_record_has_the_label_of_its_table() -> None:
    text = (
        '@id("p") permit(principal, action, resource is Record) when {resource.sensitivity == 2};'
    )
    record = Entity(
        type="record", id="7", properties={"table": "hr.employees", "scopes": [], "sensitivity": 0}
    )

    assert decided(text, asked(resource=record, action="read")).permit


@pytest.mark.parametrize("properties", [{}, {"clearance": None}, {"clearance": 0}])
def test_no_clearance_is_the_lowest(properties: dict[str, Any]) -> None:
    assert holds("principal.clearance == 0", subject=properties)


@pytest.mark.parametrize(("said", "level"), [("public", 0), ("confidential", 2), (3, 3), (2.0, 2)])
def test_clearance_is_read_as_a_number_and_by_its_name(said: Any, level: int) -> None:
    assert holds(f"principal.clearance == {level}", subject={"clearance": said})


def test_id_of_a_principal_is_the_token_s_subject_not_a_claim() -> None:
    assert holds('principal.id == "ada"', subject={"id": "root"})
    assert not holds('principal in Role::"root"', subject={"id": "root"})


@pytest.mark.parametrize(
    "forged", [{"hour": 12}, {"weekday": 7}, {"assurance": 9}, {"hour": "x"}, {"assurance": None}]
)
def test_what_is_worked_out_cannot_be_said(forged: dict[str, Any]) -> None:
    midnight_thursday = {"time": 0, "acr": "low"}
    condition = "context.hour == 0 && context.weekday == 4 && context.assurance == 1"

    assert holds(condition, **{**forged, **midnight_thursday})


@pytest.mark.parametrize(("age", "counted"), [(0, 0), (299.1, 300), (300, 300), (-3.5, 0)])
def test_age_of_a_sign_in_is_rounded_up_and_never_negative(age: float, counted: int) -> None:
    condition = f"context has authentication_age && context.authentication_age == {counted}"

    assert holds(condition, authentication_age=age)


@pytest.mark.parametrize(
    ("moment", "zone", "hour", "weekday"),
    [
        ("2026-03-29T00:59:59+00:00", "Europe/Berlin", 1, 7),
        ("2026-03-29T01:00:00+00:00", "Europe/Berlin", 3, 7),
        ("2026-10-25T00:30:00+00:00", "Europe/Berlin", 2, 7),
        ("2026-10-25T01:30:00+00:00", "Europe/Berlin", 2, 7),
        ("2026-10-25T02:00:00+00:00", "Europe/Berlin", 3, 7),
        ("2026-12-31T23:30:00+00:00", "UTC", 23, 4),
        ("2026-12-31T23:30:00+00:00", "Asia/Kolkata", 5, 5),
        ("2026-12-31T23:30:00+00:00", "America/Los_Angeles", 15, 4),
        ("2026-01-01T00:00:00+00:00", "Pacific/Kiritimati", 14, 4),
    ],
)
def test_hour_and_weekday_are_those_of_the_zone(
    moment: str, zone: str, hour: int, weekday: int
) -> None:
    seconds = datetime.fromisoformat(moment).timestamp()
    condition = f"context.hour == {hour} && context.weekday == {weekday}"

    assert holds(condition, document={"timezone": zone}, time=seconds)


def test_business_hours_end_when_the_clock_says_so() -> None:
    zone = ZoneInfo("Europe/Berlin")
    condition = "context.hour >= 8 && context.hour < 18"
    document = {"timezone": "Europe/Berlin"}
    for day in (datetime(2026, 1, 15, tzinfo=zone), datetime(2026, 7, 15, tzinfo=zone)):
        last = day.replace(hour=17, minute=59, second=59).timestamp()
        assert holds(condition, document=document, time=last)
        assert not holds(condition, document=document, time=last + 1)


def test_without_a_time_it_is_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scopeward_guard.cedar._deciding.times.time.time", lambda: 3_600.0)

    assert holds("context.hour == 1", time=None)


@pytest.mark.parametrize(
    "name", ["authentication_age", "approval", "acr", "scopes", "approved", "emergency"]
)
def test_caller_s_context_cannot_fill_in_what_the_token_leaves_open(name: str) -> None:
    principal = Principal(
        subject="ada", client_id="desk", scopes=frozenset(), token_id="1", issued_at=0,
        expires_at=9,
    )  # fmt: skip
    query_ = Query(datasource="w", schema_rev="1", statement="SELECT 1", parameters={}, max_rows=1)
    demanded = QueryRequest(query=query_, actions=("select",), datatypes=())
    forged = {
        "authentication_age": 0,
        "approval": {},
        "acr": "high",
        "scopes": ["x"],
        "approved": True,
        "emergency": True,
    }

    point = DecisionPoint(DeclaredOnly(), lambda: 5)
    context = RequestContext(properties=forged | {"risk": 3})
    evaluation = point.question(principal, "select", demanded.resource, context)

    assert evaluation.context.get(name) != forged[name] or forged[name] == {}
    assert ("approval" in evaluation.context, evaluation.context["risk"]) == (False, 3)
