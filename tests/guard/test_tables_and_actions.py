"""Tables that no column is read of, and statements that do two things at once."""

from typing import Any

import pytest

from scopeward_guard._authzen import Decision, Evaluation, Obligation
from scopeward_guard._binding.details import query_detail
from scopeward_guard._binding.digest import Query
from scopeward_guard._challenges.refused import RefusedError
from scopeward_guard._gates.query_gate import QueryGate
from scopeward_guard._gates.query_request import QueryRequest
from scopeward_guard._guard.guard import Guard
from tests.guard.conftest import bearing, refusal
from tests.guard.provider import RESOURCE, FakeProvider

SALARY = ("hr.employees.salary",)
UNDERSTOOD = frozenset({"row_limit", "note_select", "note_insert"})
QUERY = Query(datasource="warehouse", schema_rev="7", statement="SELECT 1", max_rows=2)


def asked(*actions: str, **changes: Any) -> QueryRequest:
    return QueryRequest(query=QUERY, actions=actions, **({"datatypes": ()} | changes))


class Permits:
    """A policy that permits everything but updates, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Evaluation] = []

    def decide(self, evaluation: Evaluation) -> Decision:
        self.asked.append(evaluation)
        action = evaluation.action.name
        duties = (Obligation(id="row_limit"), Obligation(id=f"note_{action}"))
        return Decision(permit=action != "update", reasons=("no updates",), obligations=duties)


@pytest.fixture
def policy() -> Permits:
    return Permits()


@pytest.fixture
def gate(guard: Guard, policy: Permits) -> QueryGate:
    return QueryGate(guard, policy=policy, understands=UNDERSTOOD)


def test_table_without_columns_is_put_to_policy(
    gate: QueryGate, policy: Permits, provider: FakeProvider
) -> None:
    several = asked("select", datatypes=SALARY, tables=("hr.employees", "hr.absences"))

    with pytest.raises(RefusedError) as caught:
        gate.admit(bearing(provider.token()), several)

    assert policy.asked[0].resource.properties["tables"] == ["hr.absences", "hr.employees"]
    assert policy.asked[0].resource.properties["columns"] == list(SALARY)
    (detail,) = caught.value.challenge.authorization_details
    assert detail["datatypes"] == ["hr.absences.*", "hr.employees.salary"]


def test_approval_without_a_table_does_not_cover_counting_it(
    gate: QueryGate, provider: FakeProvider
) -> None:
    detail = query_detail(QUERY, location=RESOURCE, actions=("select",), datatypes=SALARY)
    token = provider.token(authorization_details=[{**detail, "approval_id": "a1"}])
    more = asked("select", datatypes=SALARY, tables=("hr.absences",))

    assert refusal(lambda: gate.admit(bearing(token), more)) == (401, "insufficient_authorization")
    assert provider.consumed == []


def test_upsert_needs_the_permission_of_both(gate: QueryGate, provider: FakeProvider) -> None:
    upsert = asked("insert", "update", tables=("hr.employees",))

    assert refusal(lambda: gate.admit(bearing(provider.token()), upsert)) == (403, "access_denied")


def test_demands_of_every_action_have_to_be_met(gate: QueryGate, provider: FakeProvider) -> None:
    both = asked("select", "insert", tables=("hr.employees",), needs_approval=False)

    admission = gate.admit(bearing(provider.token()), both)

    duties = [duty.id for duty in admission.obligations]
    assert duties == ["row_limit", "note_select", "note_insert"]


def test_query_without_an_action_cannot_be_asked() -> None:
    with pytest.raises(ValueError, match="actions"):
        asked()
