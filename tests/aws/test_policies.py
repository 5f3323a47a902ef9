"""The role policy of the documentation: what it lets through, and what not."""

from copy import deepcopy
from typing import Any

import pytest

from tests.aws.conftest import documented
from tests.aws.dynamodb import TABLE, call_of
from tests.aws.iam import Call, allows

POLICY = documented("role-policy.json")
ADA = {"tenant": "t1", "department": "finance", "clearance": "2"}
KEY = {"tenant": {"S": "t1"}, "order_id": {"S": "1"}}
ONE = {"TableName": "orders", "Key": KEY, "ProjectionExpression": "order_id, amount"}
ALL_OF_TENANT = {
    "TableName": "orders",
    "KeyConditionExpression": "#t = :t",
    "ProjectionExpression": "order_id, #r",
    "ExpressionAttributeNames": {"#t": "tenant", "#r": "region"},
    "ExpressionAttributeValues": {":t": {"S": "t1"}},
}
CORRECT = {
    "TableName": "orders",
    "Key": KEY,
    "UpdateExpression": "SET #r = :r",
    "ExpressionAttributeNames": {"#r": "region"},
    "ExpressionAttributeValues": {":r": {"S": "south"}},
}


def is_allowed(operation: str, parameters: dict[str, Any], **tags: str | None) -> bool:
    """Whether a session with Ada's tags, changed as told, may make a call."""
    worn = {name: value for name, value in {**ADA, **tags}.items() if value is not None}
    return allows(call_of(operation, parameters, worn), POLICY)


def key(tenant: str) -> dict[str, Any]:
    return {**KEY, "tenant": {"S": tenant}}


def querying(tenant: str, **more: Any) -> dict[str, Any]:
    return {**ALL_OF_TENANT, "ExpressionAttributeValues": {":t": {"S": tenant}}, **more}


def batch(*tenants: str, projection: str | None = "order_id") -> dict[str, Any]:
    keys: dict[str, Any] = {"Keys": [key(tenant) for tenant in tenants]}
    named = {"ProjectionExpression": projection} if projection else {}
    return {"RequestItems": {"orders": {**keys, **named}}}


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("GetItem", ONE),
        ("GetItem", {**ONE, "ProjectionExpression": "tenant, order_id, region, amount"}),
        ("GetItem", {**ONE, "ProjectionExpression": "card_number"}),
        ("Query", ALL_OF_TENANT),
        ("Query", {**ALL_OF_TENANT, "Select": "SPECIFIC_ATTRIBUTES"}),
        ("BatchGetItem", batch("t1", "t1")),
        ("UpdateItem", CORRECT),
        ("UpdateItem", {**CORRECT, "ReturnValues": "UPDATED_NEW"}),
    ],
)
def test_named_attributes_of_their_own_tenant_are_allowed(
    operation: str, parameters: dict[str, Any]
) -> None:
    assert is_allowed(operation, parameters)


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("GetItem", {**ONE, "Key": key("t2")}),
        ("GetItem", {**ONE, "Key": key("T1")}),
        ("GetItem", {**ONE, "Key": key("${aws:PrincipalTag/tenant}")}),
        ("Query", querying("t2")),
        ("BatchGetItem", batch("t1", "t2")),
        ("UpdateItem", {**CORRECT, "Key": key("t2")}),
    ],
)
def test_another_tenants_key_is_refused(operation: str, parameters: dict[str, Any]) -> None:
    assert not is_allowed(operation, parameters)


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("GetItem", {"TableName": "orders", "Key": KEY}),
        ("Query", {k: v for k, v in ALL_OF_TENANT.items() if k != "ProjectionExpression"}),
        ("BatchGetItem", batch("t1", projection=None)),
        ("Query", {**ALL_OF_TENANT, "Select": "ALL_ATTRIBUTES"}),
        ("Query", {**ALL_OF_TENANT, "Select": "COUNT"}),
        ("UpdateItem", {**CORRECT, "ReturnValues": "ALL_OLD"}),
        ("UpdateItem", {**CORRECT, "ReturnValues": "ALL_NEW"}),
    ],
)
def test_a_call_that_names_no_attributes_is_refused(
    operation: str, parameters: dict[str, Any]
) -> None:
    assert not is_allowed(operation, parameters)


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("GetItem", {**ONE, "ProjectionExpression": "amount, salary"}),
        ("Query", querying("t1", FilterExpression="begins_with(salary, :t)")),
        ("Query", querying("t1", FilterExpression="salary = :t AND amount > :t")),
        ("BatchGetItem", batch("t1", projection="card_number")),
        ("UpdateItem", {**CORRECT, "UpdateExpression": "SET amount = :r"}),
        ("UpdateItem", {**CORRECT, "ConditionExpression": "card_number = :r"}),
    ],
)
def test_an_attribute_that_is_not_listed_is_refused_also_in_conditions(
    operation: str, parameters: dict[str, Any]
) -> None:
    assert not is_allowed(operation, parameters)


@pytest.mark.parametrize("clearance", ["0", "1", "", "high", None])
def test_card_numbers_need_the_clearance(clearance: str | None) -> None:
    card = {**ONE, "ProjectionExpression": "card_number"}

    assert not is_allowed("GetItem", card, clearance=clearance)
    assert is_allowed("GetItem", card, clearance="3")
    assert is_allowed("GetItem", ONE, clearance=clearance)


@pytest.mark.parametrize("department", ["sales", "Finance", None])
def test_only_the_department_may_correct_regions(department: str | None) -> None:
    assert not is_allowed("UpdateItem", CORRECT, department=department)
    assert is_allowed("UpdateItem", CORRECT)


@pytest.mark.parametrize("operation", ["GetItem", "Query", "BatchGetItem", "UpdateItem"])
@pytest.mark.parametrize("tenant", [None, "", "*", "t2"])
def test_a_session_without_the_tenants_tag_reads_nothing(
    tenant: str | None, operation: str
) -> None:
    call = {"GetItem": ONE, "Query": ALL_OF_TENANT, "BatchGetItem": batch("t1")}

    assert not is_allowed(operation, call.get(operation, CORRECT), tenant=tenant)


@pytest.mark.parametrize(
    "action",
    ["Scan", "PartiQLSelect", "PartiQLUpdate", "ExportTableToPointInTime", "PutItem", "DeleteItem"],
)
def test_what_has_no_key_or_was_not_granted_is_refused(action: str) -> None:
    assert not is_allowed(action, ONE)


@pytest.mark.parametrize("action", ["Scan", "PartiQLSelect"])
def test_a_wider_policy_beside_it_does_not_bring_scans_back(action: str) -> None:
    beside = {"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"}
    both = {"Statement": [*POLICY["Statement"], beside]}
    call = call_of(action, {"TableName": "orders", "ProjectionExpression": "order_id"}, ADA)

    assert not allows(call, both)
    assert allows(call, {"Statement": [beside]})


def test_an_index_is_another_resource() -> None:
    assert not is_allowed("Query", querying("t1", IndexName="by-region"))


@pytest.mark.parametrize(
    "absent", ["dynamodb:LeadingKeys", "dynamodb:Attributes", "dynamodb:Select"]
)
def test_a_key_that_is_absent_refuses(absent: str) -> None:
    call = call_of("GetItem", ONE, ADA)
    context = {name: value for name, value in call.context.items() if name != absent}

    assert not allows(Call(call.action, TABLE, context), POLICY)


def test_without_the_null_condition_an_absent_key_would_open_the_table() -> None:
    careless = deepcopy(POLICY)
    for statement in careless["Statement"]:
        statement.get("Condition", {}).pop("Null", None)
    call = call_of("GetItem", ONE, ADA)
    context = {k: v for k, v in call.context.items() if k != "dynamodb:LeadingKeys"}

    assert allows(Call(call.action, TABLE, context), careless)


def test_without_tls_everything_is_refused() -> None:
    call = call_of("GetItem", ONE, ADA)
    plain = Call(call.action, TABLE, {**call.context, "aws:SecureTransport": "false"})

    assert not allows(plain, POLICY)


def test_another_table_is_refused() -> None:
    call = call_of("GetItem", ONE, ADA)

    assert not allows(Call(call.action, TABLE + "-archive", call.context), POLICY)


def test_an_operator_the_evaluator_does_not_know_is_an_error_not_a_yes() -> None:
    statement = {
        "Effect": "Allow",
        "Action": "dynamodb:*",
        "Condition": {"StringLike": {"aws:PrincipalTag/tenant": "*"}},
    }

    with pytest.raises(KeyError):
        allows(call_of("GetItem", ONE, ADA), {"Statement": [statement]})
