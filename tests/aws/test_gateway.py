"""The gateway: one approval, one session that can do nothing else, one item."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from aws_gateway.gateway import Gateway, Lookup, UnusableError, session_policy
from botocore.exceptions import ClientError
from jsonschema import Draft202012Validator

from scopeward_guard._binding.details import query_detail
from scopeward_guard._binding.schemas import QUERY_SCHEMA
from scopeward_guard._guard.guard import Guard
from scopeward_guard._provider.settings import GuardSettings
from tests.aws.conftest import ROLE, documented
from tests.aws.dynamodb import TABLE, call_of
from tests.aws.iam import Call, allows
from tests.aws.test_policies import ALL_OF_TENANT, KEY, key
from tests.guard.conftest import bearing, refusal
from tests.guard.provider import ISSUER, NOW, RESOURCE, FakeProvider
from tests.members import altered, rehashed

LOOKUP = Lookup("t1", "1", ("card_number",))
ADA = {"tenant": "t1", "department": "finance", "clearance": "2"}
FACTS: dict[str, Any] = {**ADA, "clearance": 2, "scope": "orders:read"}
ROLE_POLICY = documented("role-policy.json")


class Recorder:
    """STS, and what it was asked."""

    def __init__(self, sts: Any) -> None:
        self._sts = sts
        self.asked: list[dict[str, Any]] = []

    def assume_role(self, **parameters: Any) -> Any:
        self.asked.append(parameters)
        return self._sts.assume_role(**parameters)


@pytest.fixture
def fake() -> FakeProvider:
    """The provider, as the gateway sees it."""
    return FakeProvider()


@pytest.fixture
def sts(aws: Any) -> Recorder:
    """STS with the gateway's own identity."""
    return Recorder(aws.client("sts"))


@pytest.fixture
def gateway(aws: Any, sts: Recorder, fake: FakeProvider) -> Iterator[Gateway]:
    """The gateway to the table of orders."""

    def connect(credentials: Any) -> Any:
        return aws.client(
            "dynamodb",
            aws_access_key_id=credentials["AccessKeyId"],
            aws_secret_access_key=credentials["SecretAccessKey"],
            aws_session_token=credentials["SessionToken"],
        )

    settings = GuardSettings(
        issuer=ISSUER, resource=RESOURCE, client_id="gateway", client_secret="s", revocations=False
    )
    http = httpx.Client(transport=httpx.MockTransport(fake.answer))
    guard = Guard(settings, http=http, clock=lambda: NOW)
    yield Gateway(guard, sts, connect, ROLE, TABLE)
    guard.close()


def detail_of(lookup: Lookup) -> dict[str, Any]:
    asked = lookup.asked()
    return query_detail(
        asked.query, location=RESOURCE, actions=asked.actions, datatypes=asked.datatypes
    )


def approving(fake: FakeProvider, lookup: Lookup = LOOKUP, **claims: Any) -> Any:
    """Return a request whose token approves exactly this lookup."""
    fake.minted.add("approval-1")
    details = [{**detail_of(lookup), "approval_id": "approval-1"}]
    return bearing(fake.token(**{**FACTS, "authorization_details": details, **claims}))


def test_an_approved_lookup_is_read_and_reported(
    gateway: Gateway, sts: Recorder, fake: FakeProvider
) -> None:
    found = gateway.read(approving(fake), LOOKUP)

    (session,) = sts.asked
    assert found == [{"card_number": {"S": "4111"}}]
    assert [report["outcome"] for report in fake.reports] == ["executed"]
    assert session["RoleSessionName"] == "approval-1"
    assert session["DurationSeconds"] == 900
    assert {tag["Key"]: tag["Value"] for tag in session["Tags"]} == ADA


def test_any_one_change_to_what_was_approved_reads_nothing(
    gateway: Gateway, sts: Recorder, fake: FakeProvider
) -> None:
    """The tenant and the order are parameters alone: the statement is the same for all of them."""
    fake.minted.add("approval-1")
    for what, changed in altered(detail_of(LOOKUP)):
        if "datatypes" in what or ".query_hash" in what:
            continue
        details = [{**rehashed(changed), "approval_id": "approval-1"}]
        request = bearing(fake.token(**FACTS, authorization_details=details))
        status, error = refusal(lambda request=request: gateway.read(request, LOOKUP))
        assert (status, error) in {(401, "insufficient_authorization"), (401, "invalid_token")}, (
            what
        )
    assert not sts.asked
    assert not fake.consumed


def test_the_session_can_do_this_read_and_nothing_else(
    gateway: Gateway, sts: Recorder, fake: FakeProvider
) -> None:
    gateway.read(approving(fake), LOOKUP)

    policy = json.loads(sts.asked[0]["Policy"])
    one = {"TableName": "orders", "Key": KEY, "ProjectionExpression": "card_number"}
    others = [
        ("GetItem", {**one, "ProjectionExpression": "amount"}),
        ("GetItem", {"TableName": "orders", "Key": KEY}),
        ("GetItem", {**one, "Key": key("t2")}),
        ("Query", ALL_OF_TENANT),
        ("UpdateItem", {"Key": KEY, "UpdateExpression": "SET card_number = :x"}),
        ("Scan", one),
    ]
    assert allows(call_of("GetItem", one, ADA), ROLE_POLICY, policy)
    assert not [call for call in others if allows(call_of(*call, ADA), ROLE_POLICY, policy)]


def test_the_approval_does_not_widen_the_role() -> None:
    policy = session_policy(LOOKUP, TABLE)
    one = {"TableName": "orders", "Key": KEY, "ProjectionExpression": "card_number"}
    call = call_of("GetItem", one, {**ADA, "clearance": "1"})

    assert allows(call, policy)
    assert not allows(call, ROLE_POLICY, policy)


def test_an_approval_is_good_for_one_read(
    gateway: Gateway, sts: Recorder, fake: FakeProvider
) -> None:
    request = approving(fake)
    gateway.read(request, LOOKUP)

    assert refusal(lambda: gateway.read(request, LOOKUP)) == (401, "invalid_token")
    assert len(sts.asked) == 1


@pytest.mark.parametrize(
    "other",
    [
        Lookup("t1", "2", ("card_number",)),
        Lookup("t1", "1", ("amount",)),
        Lookup("t1", "1", ("amount", "card_number")),
    ],
)
def test_another_lookup_than_the_approved_one_is_not_made(
    other: Lookup, gateway: Gateway, sts: Recorder, fake: FakeProvider
) -> None:
    request = approving(fake)

    assert refusal(lambda: gateway.read(request, other)) == (401, "insufficient_authorization")
    assert (sts.asked, fake.consumed) == ([], [])


def test_without_an_approval_the_lookup_is_what_is_offered_for_approval(
    gateway: Gateway, sts: Recorder, fake: FakeProvider
) -> None:
    request = bearing(fake.token(**FACTS))

    assert refusal(lambda: gateway.read(request, LOOKUP)) == (401, "insufficient_authorization")
    assert sts.asked == []
    Draft202012Validator(QUERY_SCHEMA).validate(detail_of(LOOKUP))


@pytest.mark.parametrize("tenant", ["t2", None, ["t1"], ""])
def test_no_approval_lifts_the_border_between_tenants(
    tenant: Any, gateway: Gateway, sts: Recorder, fake: FakeProvider
) -> None:
    request = approving(fake, tenant=tenant)

    assert refusal(lambda: gateway.read(request, LOOKUP)) == (403, "access_denied")
    assert (sts.asked, fake.consumed) == ([], [])


def test_when_the_provider_cannot_be_asked_nothing_is_read(
    gateway: Gateway, sts: Recorder, fake: FakeProvider
) -> None:
    request = approving(fake)
    gateway.guard.authenticate(request)
    fake.is_down = True

    assert refusal(lambda: gateway.read(request, LOOKUP)) == (503, "temporarily_unavailable")
    assert sts.asked == []


def test_a_call_that_aws_refuses_is_reported_as_failed_and_not_repeated(
    gateway: Gateway, fake: FakeProvider, aws: Any
) -> None:
    aws.client("dynamodb").delete_table(TableName="orders")
    request = approving(fake)

    with pytest.raises(ClientError):
        gateway.read(request, LOOKUP)

    assert [report["outcome"] for report in fake.reports] == ["failed"]
    assert refusal(lambda: gateway.read(request, LOOKUP)) == (401, "invalid_token")


def test_an_order_that_is_not_there_is_no_item(gateway: Gateway, fake: FakeProvider) -> None:
    missing = Lookup("t1", "9", ("amount",))

    assert gateway.read(approving(fake, missing), missing) == []


@pytest.mark.parametrize("text", ["", "*", "t?", "${aws:PrincipalTag/tenant}", "t1\n", "x" * 65])
def test_a_key_that_would_be_more_than_text_in_a_policy_is_refused(text: str) -> None:
    with pytest.raises(UnusableError):
        Lookup(text, "1", ("amount",))
    with pytest.raises(UnusableError):
        Lookup("t1", text, ("amount",))


@pytest.mark.parametrize("attributes", [(), ("salary",), ("amount", "*"), ("amount, salary",)])
def test_an_attribute_that_the_table_does_not_offer_is_refused(attributes: tuple[str, ...]) -> None:
    with pytest.raises(UnusableError):
        Lookup("t1", "1", attributes)


def test_the_longest_session_policy_is_within_the_limit_of_sts() -> None:
    longest = Lookup("t" * 64, "1", ("amount", "card_number"))

    assert len(json.dumps(session_policy(longest, TABLE))) <= 2048


@pytest.mark.parametrize("action", ["sts:AssumeRole", "sts:TagSession"])
def test_the_role_of_the_gateway_is_assumed_with_a_tenant_and_known_tags(action: str) -> None:
    trust = documented("gateway-trust-policy.json")

    assert allows(tagging(action, "tenant", "clearance"), trust)
    assert not allows(tagging(action, "clearance"), trust)
    assert not allows(tagging(action, "tenant", "admin"), trust)
    assert not allows(tagging("sts:AssumeRoleWithWebIdentity", "tenant"), trust)


def tagging(action: str, *tags: str) -> Call:
    worn = {f"aws:RequestTag/{tag}": "x" for tag in tags}
    return Call(action, ROLE, {**worn, "aws:TagKeys": list(tags)})
