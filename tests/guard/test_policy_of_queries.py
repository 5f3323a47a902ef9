"""What policy says of a query, and what becomes of it: through both doors."""

from typing import Any

import pytest

from scopeward_guard._authzen import Decision, Evaluation, Obligation, Remedy, parse_decision
from scopeward_guard._base.errors import MalformedError
from tests.guard.conftest import bearing, refusal
from tests.guard.doors import Door
from tests.guard.provider import NOW, FakeProvider
from tests.guard.test_enforcement import NEEDS_APPROVAL, approved, asked


class Answering:
    """A policy that always decides the same, and remembers what it was asked."""

    def __init__(self, decision: Decision) -> None:
        self.decision = decision
        self.asked: list[Evaluation] = []

    def decide(self, evaluation: Evaluation) -> Decision:
        self.asked.append(evaluation)
        return self.decision


def test_policy_is_asked_about_this_very_moment(
    door: Door, either: Any, provider: FakeProvider
) -> None:
    policy = Answering(Decision(permit=True))
    gate = door.query_gate(either, policy=policy)

    gate.admit(bearing(approved(provider)), asked(), context={"ip": "10.0.0.1", "time": 0})

    question = policy.asked[0]
    assert question.subject.id == "ada"
    assert question.resource.properties["tables"] == ["hr.employees"]
    assert question.context["approved"] is True
    assert question.context["ip"] == "10.0.0.1"
    assert question.context["time"] == NOW
    assert question.context["authentication_age"] == 60


def test_policy_comes_before_the_approval_is_used_up(
    door: Door, either: Any, provider: FakeProvider
) -> None:
    policy = Answering(Decision(permit=False, reasons=("clearance",)))
    token = approved(provider)

    call = lambda: door.query_gate(either, policy=policy).admit(bearing(token), asked())  # noqa: E731

    assert refusal(call) == (403, "access_denied")
    assert provider.consumed == []


@pytest.mark.parametrize(
    ("remedy", "told"),
    [
        (None, (403, "access_denied")),
        (Remedy(), (403, "access_denied")),
        (Remedy(scopes=("hr:read",)), (403, "insufficient_scope")),
        (Remedy(acr_values=("mfa",)), (401, "insufficient_user_authentication")),
        (Remedy(max_age=0), (401, "insufficient_user_authentication")),
        (Remedy(approval=True), NEEDS_APPROVAL),
    ],
)
def test_remedy_of_a_denial_is_the_challenge(
    remedy: Remedy | None, told: tuple[int, str], door: Door, either: Any, provider: FakeProvider
) -> None:
    policy = Answering(Decision(permit=False, remedy=remedy))
    gate = door.query_gate(either, policy=policy)

    assert refusal(lambda: gate.admit(bearing(provider.token()), asked())) == told


def test_policy_that_fails_denies(door: Door, either: Any, provider: FakeProvider) -> None:
    class Broken:
        def decide(self, evaluation: Evaluation) -> Decision:
            raise KeyError("missing")

    gate = door.query_gate(either, policy=Broken())

    assert refusal(lambda: gate.admit(bearing(approved(provider)), asked())) == (
        403,
        "access_denied",
    )


@pytest.mark.parametrize("permit", ["true", 1, None])
def test_permit_is_exactly_true(
    permit: Any, door: Door, either: Any, provider: FakeProvider
) -> None:
    gate = door.query_gate(either, policy=Answering(Decision(permit=permit)))

    assert refusal(lambda: gate.admit(bearing(approved(provider)), asked()))[0] == 403


def test_obligation_that_is_not_understood_denies(
    door: Door, either: Any, provider: FakeProvider
) -> None:
    duty = Obligation(id="watermark")
    policy = Answering(Decision(permit=True, obligations=(duty,)))
    gate = door.query_gate(either, policy=policy, understands=frozenset({"row_filter"}))

    call = lambda: gate.admit(bearing(approved(provider)), asked())  # noqa: E731

    assert refusal(call) == (403, "access_denied")
    assert provider.consumed == []


def test_obligation_that_is_understood_is_handed_over(
    door: Door, either: Any, provider: FakeProvider
) -> None:
    duty = Obligation(id="column_mask", parameters={"columns": ["card"]})
    policy = Answering(Decision(permit=True, obligations=(duty,), policy_rev="9"))
    gate = door.query_gate(either, policy=policy, understands=frozenset({"column_mask"}))

    admission = gate.admit(bearing(approved(provider)), asked())

    assert admission.obligations == (duty,)
    assert admission.policy_rev == "9"


def test_decision_survives_the_wire() -> None:
    decision = Decision(
        permit=False,
        reasons=("r1",),
        obligations=(Obligation(id="mask", parameters={"columns": ["a"]}),),
        remedy=Remedy(acr_values=("mfa",), max_age=60, scopes=("a",), approval=True),
        policy_rev="3",
    )

    assert parse_decision(decision.as_json()) == decision


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"decision": "true"},
        {"decision": 1},
        {"decision": True, "context": []},
        {"decision": True, "context": {"obligations": {}}},
        {"decision": True, "context": {"obligations": ["mask"]}},
        {"decision": True, "context": {"obligations": [{"id": 1}]}},
        {"decision": True, "context": {"reasons": "because"}},
        {"decision": False, "context": {"remedy": "approval"}},
        {"decision": False, "context": {"remedy": {"max_age": "0"}}},
        {"decision": False, "context": {"remedy": {"scopes": [1]}}},
    ],
    ids=str,
)
def test_decision_that_cannot_be_read_is_none(body: dict[str, Any]) -> None:
    with pytest.raises(MalformedError):
        parse_decision(body)
