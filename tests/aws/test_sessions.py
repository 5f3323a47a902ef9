"""The calls themselves, against moto: shapes and sessions, not conditions."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from foundation.directory.models import User
from tests.aws.conftest import ROLE, session_tags
from tests.aws.dynamodb import call_of
from tests.aws.iam import allows
from tests.aws.test_policies import ALL_OF_TENANT, CORRECT, ONE, POLICY, batch, key, querying
from tests.relying_party import RelyingParty


@pytest.fixture
def token(desk: RelyingParty, member: User) -> str:
    """Ada's ID token with her tags."""
    return str(desk.obtain_tokens(member, scope="openid aws")["id_token"])


@pytest.fixture
def orders(aws: Any, token: str) -> Any:
    """DynamoDB through a session that the token opened."""
    return table_of(aws, token)


def table_of(aws: Any, token: str, **more: Any) -> Any:
    answer = aws.client("sts").assume_role_with_web_identity(
        RoleArn=ROLE, RoleSessionName="ada", WebIdentityToken=token, DurationSeconds=900, **more
    )
    granted = answer["Credentials"]
    return aws.client(
        "dynamodb",
        aws_access_key_id=granted["AccessKeyId"],
        aws_secret_access_key=granted["SecretAccessKey"],
        aws_session_token=granted["SessionToken"],
    )


def test_the_token_opens_a_session_of_the_role(aws: Any, token: str) -> None:
    answer = aws.client("sts").assume_role_with_web_identity(
        RoleArn=ROLE, RoleSessionName="ada", WebIdentityToken=token
    )

    assert answer["AssumedRoleUser"]["Arn"].endswith("assumed-role/orders/ada")
    assert answer["Credentials"]["SessionToken"]


@pytest.mark.parametrize(
    ("operation", "parameters", "attributes"),
    [
        ("GetItem", ONE, {"order_id", "amount"}),
        ("Query", ALL_OF_TENANT, {"order_id", "region"}),
        ("BatchGetItem", batch("t1"), {"order_id"}),
    ],
)
def test_what_the_policy_allows_is_a_call_that_dynamodb_answers(
    operation: str, parameters: dict[str, Any], attributes: set[str], orders: Any, token: str
) -> None:
    call = call_of(operation, parameters, session_tags(token))
    answer = getattr(orders, METHODS[operation])(**parameters)

    assert allows(call, POLICY)
    assert items_of(answer)
    assert {name for item in items_of(answer) for name in item} == attributes


METHODS = {"GetItem": "get_item", "Query": "query", "BatchGetItem": "batch_get_item"}


def items_of(answer: dict[str, Any]) -> list[dict[str, Any]]:
    if "Item" in answer:
        return [answer["Item"]]
    return list(answer["Items"] if "Items" in answer else answer["Responses"]["orders"])


def test_an_update_that_the_policy_allows_is_made(orders: Any, token: str) -> None:
    correction = {**CORRECT, "ReturnValues": "UPDATED_NEW"}
    answer = orders.update_item(**correction)

    assert allows(call_of("UpdateItem", correction, session_tags(token)), POLICY)
    assert answer["Attributes"] == {"region": {"S": "south"}}


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("GetItem", {**ONE, "Key": key("t2")}),
        ("GetItem", {"TableName": "orders", "Key": key("t1")}),
        ("Query", querying("t2")),
    ],
)
def test_moto_answers_what_the_policy_refuses_so_it_proves_no_condition(
    operation: str, parameters: dict[str, Any], orders: Any, token: str
) -> None:
    answer = getattr(orders, METHODS[operation])(**parameters)

    assert items_of(answer)
    assert not allows(call_of(operation, parameters, session_tags(token)), POLICY)


def test_moto_takes_any_text_for_a_token_so_it_proves_no_trust(aws: Any) -> None:
    assert items_of(table_of(aws, "no-token-at-all").get_item(**ONE))


def test_a_projection_that_names_a_reserved_word_has_to_be_aliased(orders: Any) -> None:
    with pytest.raises(ClientError, match="reserved"):
        orders.query(**{**ALL_OF_TENANT, "ProjectionExpression": "order_id, region"})
