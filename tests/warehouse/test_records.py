"""Records and fields: one employee, as far as policy lets the caller see."""

from dataclasses import replace
from typing import Any

import pytest

from scopeward_guard.cedar import PolicyDocument
from tests.warehouse.conftest import Desk

SENSITIVE = ["salary", "iban"]
OPEN = '@id("open") permit (principal, action, resource);'


def employee(desk: Desk, number: int = 1, **changes: Any) -> Any:
    return desk.send("GET", f"/records/employees/{number}", desk.token(**changes))


def somebody(desk: Desk) -> dict[str, Any]:
    """Return an employee of the project atlas, as Ada sees them."""
    statement = "SELECT id, department FROM hr.employees ORDER BY id"
    (number, department), *_ = desk.ask(statement).json()["rows"]
    return {"number": number, "department": department}


def somebody_else(desk: Desk, department: str) -> int:
    """Return an employee of another project and another department."""
    statement = "SELECT id FROM hr.employees WHERE department <> :mine ORDER BY id"
    token = desk.token(projects=["cirrus"])
    number: int = desk.ask(statement, token, parameters={"mine": department}).json()["rows"][0][0]
    return number


def test_records_of_own_projects_are_shown_without_what_is_sensitive(desk: Desk):
    answer = employee(desk, somebody(desk)["number"])

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json()["withheld"] == SENSITIVE
    assert answer.json()["employee"]["project"] == "atlas"
    assert not set(SENSITIVE) & set(answer.json()["employee"])


def test_records_of_the_own_department_are_shown(desk: Desk):
    known = somebody(desk)

    mine = employee(desk, known["number"], projects=[], department=known["department"])
    others = employee(desk, known["number"], projects=[], department="another")

    assert mine.status_code == 200
    assert (others.status_code, others.json()["error"]) == (403, "access_denied")


@pytest.mark.parametrize(
    ("clearance", "withheld"),
    [(1, SENSITIVE), (2, SENSITIVE), (3, ["iban"]), (4, [])],
)
def test_fields_take_a_clearance(desk: Desk, clearance: int, withheld: list[str]):
    answer = employee(desk, somebody(desk)["number"], clearance=clearance)

    assert answer.json()["withheld"] == withheld
    assert not set(withheld) & set(answer.json()["employee"])


@pytest.mark.parametrize("clearance", [0, "3", None, [9]])
def test_without_a_clearance_no_field_is_shown(desk: Desk, clearance: Any):
    answer = employee(desk, somebody(desk)["number"], clearance=clearance)

    assert answer.status_code == 403 or answer.json()["employee"] == {}


def test_who_is_not_there_is_refused_like_who_may_not_be_seen(desk: Desk):
    hidden = employee(desk, somebody_else(desk, "finance"), department="finance")
    missing = employee(desk, 999_999, department="finance")

    assert (hidden.status_code, hidden.json()["error"]) == (403, "access_denied")
    told, other = ({**answer.json(), "reference": ""} for answer in (hidden, missing))
    assert told == other


def test_where_everything_is_permitted_nobody_is_not_found(desk: Desk):
    document = desk.provider.document
    assert isinstance(document, PolicyDocument)
    desk.provider.document = replace(document, policies=OPEN)

    assert employee(desk, 999_999).status_code == 404
    assert employee(desk, 1).json()["withheld"] == []


def test_records_take_the_scope_of_their_table(desk: Desk):
    answer = employee(desk, scope="warehouse:finance")

    assert (answer.status_code, answer.json()["error"]) == (403, "insufficient_scope")
    assert answer.json()["scope"] == "warehouse:hr"


def test_an_application_for_itself_sees_no_records(desk: Desk):
    answer = employee(desk, sub="desk", client_id="desk", projects=["atlas"], department="finance")

    assert (answer.status_code, answer.json()["error"]) == (403, "access_denied")


@pytest.mark.parametrize("number", ["0", "-1", "x", str(2**31), "1 OR 1=1", "1%2f2", "1;2"])
def test_other_numbers_are_no_employee(desk: Desk, number: str):
    answer = desk.send("GET", f"/records/employees/{number}", desk.token())

    assert answer.status_code in {400, 404, 422}


def test_a_token_for_one_query_opens_no_record(desk: Desk):
    token = desk.approved("SELECT salary FROM hr.employees")

    assert desk.send("GET", "/records/employees/1", token).status_code == 401
    assert desk.provider.consumed == []
