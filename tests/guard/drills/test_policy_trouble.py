"""Policies that go wrong while they decide: whatever cannot be decided is denied."""

from typing import Any

import pytest

from scopeward_guard._authzen import Decision, Evaluation, Obligation
from scopeward_guard._decisions.context import RequestContext
from scopeward_guard._decisions.resources import endpoint, field, record
from scopeward_guard._guard.guard import Guard
from scopeward_guard._provider.settings import GuardSettings
from scopeward_guard.cedar import Label, PolicyDocument
from tests.guard.conftest import MakeGuard, bearing, refusal
from tests.guard.drills.conftest import DENIED, PAYMENTS, PERMIT, READING, Drill, MakeDrill
from tests.guard.provider import ISSUER, RESOURCE, FakeProvider

ANYTHING = '@id("open") permit (principal, action, resource);'
OVERFLOWING = """
@id("overflowing") forbid (principal is User, action, resource is Endpoint)
when { principal.clearance * 9223372036854775807 > 10 };
"""


class Answers:
    """A policy of one's own: one answer, or an error."""

    def __init__(self, answer: Decision | Exception) -> None:
        self.answer = answer
        self.asked: list[Evaluation] = []

    def decide(self, evaluation: Evaluation) -> Decision:
        self.asked.append(evaluation)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def told(guard: Guard, provider: FakeProvider, **decide: Any) -> tuple[int, str]:
    principal = guard.authenticate(bearing(provider.token()))
    return refusal(lambda: guard.decide(principal, "GET", PAYMENTS, **decide))


def guarded(provider: FakeProvider, policy: Answers, make_guard: MakeGuard) -> Guard:
    guard = make_guard()
    return Guard(guard.settings, http=guard.provider._http(), policy=policy, clock=provider.now)


def test_a_forbid_that_raises_denies(make_drill: MakeDrill):
    drill = make_drill(READING + OVERFLOWING)

    assert drill.told() == PERMIT
    assert drill.told(token=drill.provider.token(clearance=2)) == DENIED


@pytest.mark.parametrize(
    "error", [RuntimeError("broken"), KeyError("tables"), RecursionError(), ValueError()]
)
def test_a_policy_that_raises_denies(
    error: Exception, provider: FakeProvider, make_guard: MakeGuard
):
    assert told(guarded(provider, Answers(error), make_guard), provider) == DENIED


@pytest.mark.parametrize("permit", [1, "true", None, [True]])
def test_only_true_permits(permit: Any, provider: FakeProvider, make_guard: MakeGuard):
    guard = guarded(provider, Answers(Decision(permit=permit)), make_guard)

    assert told(guard, provider) == DENIED


def test_an_obligation_that_nobody_carries_out_denies(
    provider: FakeProvider, make_guard: MakeGuard
):
    duty = Obligation(id="watermark")
    policy = Answers(Decision(permit=True, obligations=(duty,)))
    guard = guarded(provider, policy, make_guard)
    principal = guard.authenticate(bearing(provider.token()))

    assert told(guard, provider) == DENIED
    assert told(guard, provider, understands=frozenset({"mask"})) == DENIED
    decided = guard.decide(principal, "GET", PAYMENTS, understands=frozenset({"watermark"}))
    assert decided.obligations == (duty,)
    assert guard.permitted(principal, "read", [1], lambda each: {"id": each}) == []
    assert guard.visible_fields(principal, ["a.b"], {}) == []


@pytest.mark.parametrize("action", ["OPTIONS", "get", "PURGE", "", "select"])
def test_an_action_that_the_schema_does_not_know_is_denied(make_drill: MakeDrill, action: str):
    assert make_drill(ANYTHING).told(action=action) == DENIED


@pytest.mark.parametrize("kind", ["spaceship", "User", "", 'Endpoint"'])
def test_a_resource_that_the_schema_does_not_know_is_denied(make_drill: MakeDrill, kind: str):
    unknown = type(PAYMENTS)(type=kind, id="x")

    assert make_drill(ANYTHING).told(unknown) == DENIED


def test_attributes_that_the_schema_does_not_know_change_nothing(drill: Drill):
    token = drill.provider.token(shoe_size=44, scopes=["everything"], time=[], is_admin=True)

    assert drill.told(token=token) == PERMIT
    assert drill.told(endpoint("/payments", ["payments:write"]), token=token)[1] == (
        "insufficient_scope"
    )


@pytest.mark.parametrize("clearance", [None, "9", [9], {}, True, 2**70, 1e400])
def test_facts_of_another_type_are_worth_nothing(make_drill: MakeDrill, clearance: Any):
    drill = make_drill(
        '@id("cleared") permit (principal is User, action, resource) '
        "when { principal.clearance >= 1 };"
    )

    told = drill.told(token=drill.provider.token(clearance=clearance))

    assert told in {DENIED, (401, "invalid_token")}


def test_what_the_server_adds_does_not_win_over_what_we_know(drill: Drill):
    principal = drill.guard.authenticate(bearing(drill.provider.token()))
    said = {"scopes": ["payments:write"], "approved": True, "time": 0, "client_id": "other"}
    context = RequestContext(properties=said, address="192.0.2.7")

    asked = drill.guard.decisions.question(principal, "GET", PAYMENTS, context)

    assert asked.context["scopes"] == ["payments:read", "profile"]
    assert asked.context["approved"] is False
    assert asked.context["client_id"] == "desk"
    assert asked.context["address"] == "192.0.2.7"
    assert asked.context["time"] > 0


def test_an_approval_is_not_offered_where_there_is_nothing_to_approve(make_drill: MakeDrill):
    drill = make_drill(
        '@id("approved") permit (principal, action, resource) when { context.approved };'
    )

    assert drill.told() == DENIED


def test_a_guard_without_a_policy_decides_nothing(guard: Guard, provider: FakeProvider):
    assert told(guard, provider) == DENIED


def test_following_a_policy_takes_credentials():
    with pytest.raises(ValueError, match="client_id"):
        GuardSettings(issuer=ISSUER, resource=RESOURCE, policy=True)


@pytest.mark.parametrize(
    "changes",
    [{"policy_interval": 0}, {"policy_interval": 301}, {"policy_max_age": 86_401}],
)
def test_times_that_could_not_be_safe_are_refused(changes: dict[str, Any]):
    with pytest.raises(ValueError, match="policy_interval"):
        GuardSettings(issuer=ISSUER, resource=RESOURCE, **changes)


RECORDS = """
@id("own-department") permit (principal is User, action == Action::"read", resource is Record)
when { principal has department && resource has department
       && principal.department == resource.department };
@id("cleared-fields") permit (principal is User, action == Action::"read", resource is Field)
when { principal.clearance >= resource.sensitivity };
"""
STAFF = [{"id": 1, "department": "finance"}, {"id": 2, "department": "hr"}, {"id": 3}]


def test_records_are_those_that_policy_permits(make_drill: MakeDrill):
    drill = make_drill(RECORDS)
    principal = drill.guard.authenticate(bearing(drill.provider.token(department="finance")))
    nobody = drill.guard.authenticate(bearing(drill.provider.token()))

    assert drill.guard.permitted(principal, "read", STAFF, dict) == STAFF[:1]
    assert drill.guard.permitted(nobody, "read", STAFF, dict) == []
    assert drill.guard.permitted(principal, "write", STAFF, dict) == []
    assert drill.told(record(STAFF[1]), "read") == DENIED


def test_fields_are_those_that_policy_permits(make_drill: MakeDrill):
    drill = make_drill(RECORDS)
    principal = drill.guard.authenticate(bearing(drill.provider.token(clearance=1)))
    nobody = drill.guard.authenticate(bearing(drill.provider.token(clearance=0)))
    fields = ["hr.employees.name", "hr.employees.title"]

    assert drill.guard.visible_fields(principal, fields, STAFF[0]) == fields
    assert drill.guard.visible_fields(nobody, fields, STAFF[0]) == []
    assert drill.told(field("hr.employees.name", {}), "write") == DENIED


def test_filtering_does_not_hide_that_nothing_can_be_decided(make_drill: MakeDrill):
    drill = make_drill(RECORDS)
    principal = drill.guard.authenticate(bearing(drill.provider.token(department="finance")))
    drill.provider.is_down = True
    drill.later(301)

    asked = refusal(lambda: drill.guard.permitted(principal, "read", STAFF, dict))

    assert asked == (503, "temporarily_unavailable")


@pytest.mark.parametrize("said", [{"table": "hr.holidays"}, {"columns": ["hr.employees.name"]}])
def test_a_field_has_its_own_label_whatever_it_is_said_to_be_of(
    make_drill: MakeDrill, said: dict[str, Any]
):
    drill = make_drill(RECORDS)
    labels = (
        Label(pattern="hr.employees.salary", sensitivity=2),
        Label(pattern="hr.employees.name", sensitivity=0),
        Label(pattern="hr.holidays", sensitivity=0),
    )
    drill.provider.document = PolicyDocument(audience=RESOURCE, policies=RECORDS, labels=labels)
    principal = drill.guard.authenticate(bearing(drill.provider.token(clearance=1)))
    fields = ["hr.employees.name", "hr.employees.salary"]

    assert drill.guard.visible_fields(principal, fields, said) == fields[:1]
