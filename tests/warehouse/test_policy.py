"""The Warehouse's policies: what they say to whom, and what follows when they change."""

from dataclasses import replace

import pytest

from scopeward_guard._authzen import Action, Decision, Entity, Evaluation, Remedy
from scopeward_guard._decisions.resources import endpoint
from scopeward_guard.cedar import CedarPolicy
from tests.guard.provider import FakeProvider
from tests.warehouse.conftest import CARDS, ORIGIN, SALARIES, Desk, warehouse_document

CARD = "finance.payments.card_number"
SALARY = "hr.employees.salary"
SUM = "SELECT region, sum(amount) FROM finance.payments GROUP BY region"
CLOSED = """
@id("night") @reason("Closed for the night.")
forbid (principal, action == Action::"POST", resource);
"""
BOTH = ("warehouse:finance", "warehouse:hr")


@pytest.fixture(scope="module")
def policy() -> CedarPolicy:
    return CedarPolicy(warehouse_document(ORIGIN))


def decide(
    policy: CedarPolicy,
    *columns: str,
    clearance: int = 2,
    scopes: tuple[str, ...] = BOTH,
    approved: bool = False,
    action: str = "select",
) -> Decision:
    tables = sorted({column.rpartition(".")[0] for column in columns})
    needed = {f"warehouse:{table.partition('.')[0]}" for table in tables}
    return policy.decide(
        Evaluation(
            subject=Entity(
                type="user",
                id="ada",
                properties={"clearance": clearance, "projects": ["atlas"]},
            ),
            action=Action(name=action),
            resource=Entity(
                type="query",
                id="warehouse",
                properties={"columns": list(columns), "tables": tables, "scopes": sorted(needed)},
            ),
            context={"scopes": list(scopes), "approved": approved, "acr": "urn:scopeward:acr:1"},
        )
    )


def duties(decision: Decision) -> dict[str, dict[str, object]]:
    return {duty.id: dict(duty.parameters) for duty in decision.obligations}


def test_filters_masks_and_limit_come_with_the_permit(policy: CedarPolicy):
    decision = decide(policy, CARD, "finance.payments.id", approved=True)

    assert decision.permit
    assert duties(decision) == {
        "row_filter": {"table": "finance.payments", "column": "project", "in": ["atlas"]},
        "mask": {"column": CARD, "kind": "last4"},
        "row_limit": {"rows": 1000},
    }
    assert decision.policies == ("scopes-cover-the-tables",)


@pytest.mark.parametrize(("column", "who"), [(SALARY, "requester"), (CARD, "owner")])
def test_what_is_sensitive_takes_an_approval(policy: CedarPolicy, column: str, who: str):
    decision = decide(policy, column)

    assert decision.remedy == Remedy(approval=True)
    assert duties(decision)["approvers"] == {"who": who, "needed": 1}
    assert decision.reasons[0].startswith(f"{column}: each query of this is approved by ")
    assert decide(policy, column, approved=True).permit


@pytest.mark.parametrize(
    ("column", "clearance", "label", "needed", "held"),
    [
        (CARD, 1, "restricted", "confidential", "internal"),
        (SALARY, 1, "confidential", "confidential", "internal"),
        ("hr.employees.name", 0, "internal", "internal", "public"),
    ],
)
def test_no_approval_lifts_a_clearance_and_the_reason_says_which(
    policy: CedarPolicy, column: str, clearance: int, label: str, needed: str, held: str
):
    words = f"{column} is {label}: it takes the clearance {needed}, and yours is {held}."
    for approved in (False, True):
        decision = decide(policy, column, clearance=clearance, approved=approved)

        assert not decision.permit
        assert decision.remedy is None
        assert words in decision.reasons


def test_a_missing_scope_is_what_helps(policy: CedarPolicy):
    decision = decide(policy, "hr.employees.name", scopes=("warehouse:finance",))

    assert decision.remedy == Remedy(scopes=("warehouse:hr",))


@pytest.mark.parametrize("action", ["insert", "update", "delete", "merge"])
def test_nothing_is_written(policy: CedarPolicy, action: str):
    decision = decide(policy, "hr.employees.name", clearance=3, approved=True, action=action)

    assert decision.reasons == ("The Warehouse is for reading only.",)
    assert decision.remedy is None


@pytest.mark.parametrize(
    ("method", "path"),
    [("DELETE", "/query"), ("GET", "/query"), ("POST", "/catalogue"), ("GET", "/elsewhere")],
)
def test_operations_that_nobody_permitted_are_denied(policy: CedarPolicy, method: str, path: str):
    asked = Evaluation(
        subject=Entity(type="user", id="ada", properties={"clearance": 3}),
        action=Action(name=method),
        resource=endpoint(path),
        context={"scopes": list(BOTH)},
    )

    assert not policy.decide(asked).permit


def test_answers_name_the_revision_that_decided(desk: Desk):
    document = desk.provider.document
    assert document

    assert desk.ask(SUM).json()["policy"]["rev"] == document.revision


def test_without_a_policy_the_warehouse_answers_nothing(desk: Desk, provider: FakeProvider):
    provider.document = None

    for answer in (desk.ask(SUM), desk.send("GET", "/catalogue", desk.token())):
        assert (answer.status_code, answer.json()["error"]) == (503, "temporarily_unavailable")


def test_endpoints_are_policys_too(desk: Desk, provider: FakeProvider):
    assert provider.document
    policies = provider.document.policies + CLOSED
    provider.document = replace(provider.document, policies=policies)

    answer = desk.ask(SUM)

    assert answer.json()["reasons"] == ["Closed for the night."]
    assert desk.send("GET", "/catalogue", desk.token()).status_code == 200


def test_another_policy_is_another_answer_without_a_restart(desk: Desk, provider: FakeProvider):
    assert desk.ask(SUM).status_code == 200
    forbidding = '@id("stop") forbid (principal, action == Action::"select", resource);'
    assert provider.document
    provider.document = replace(provider.document, policies=forbidding)

    desk.refresh_policy()

    assert desk.ask(SUM).status_code == 403


def test_policies_cannot_make_an_approval_worth_more_than_its_query(desk: Desk):
    token = desk.approved(SALARIES)

    assert desk.ask(CARDS, token).status_code == 401


def test_a_denial_is_told_with_the_reference_that_it_is_logged_under(desk: Desk):
    answer = desk.ask(CARDS, desk.token(clearance=1))
    desk.close()

    logged = {entry["decision_id"]: entry for entry in desk.provider.decisions}
    told = logged[answer.json()["reference"]]
    assert told["decision"]["decision"] is False
    assert told["decision"]["context"]["reasons"] == answer.json()["reasons"]
    assert CARD in told["evaluation"]["resource"]["properties"]["columns"]
