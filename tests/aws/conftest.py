"""An application whose people bring session tags to AWS, and an AWS made of moto."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from moto import mock_aws

from claims.models import Attribute
from claims.names.aws_session_tags import CLAIM
from claims.names.structures import structure_of
from claims.services import add_parts
from foundation.directory.models import User
from tests.aws.iam import Call, Policy
from tests.factories import make_person, make_relying_party, make_scope
from tests.jwt import verified
from tests.relying_party import RelyingParty

DOCUMENTED = Path(__file__).resolve().parents[2] / "docs/aws"
TAGS = ("tenant", "department", "clearance")
ROLE = "arn:aws:iam::123456789012:role/orders"


def documented(name: str, **replaced: str) -> Policy:
    """Return a policy of the documentation, with its example names replaced."""
    text = (DOCUMENTED / name).read_text(encoding="utf-8")
    for example, real in replaced.items():
        text = text.replace(example, real)
    return dict(json.loads(text))


def session_tags(id_token: str) -> dict[str, str]:
    """Return the tags that STS reads from a token, which has to verify."""
    return {key: value for key, (value,) in claim_of(id_token).get("principal_tags", {}).items()}


def claim_of(id_token: str) -> dict[str, Any]:
    """Return the claim of a verified token; empty when there is none."""
    return dict(verified(id_token).get(CLAIM, {}))


def assume_call(action: str, id_token: str) -> Call:
    """Return the call that the role's trust policy is asked about."""
    token, claim = verified(id_token), claim_of(id_token)
    issuer = urlsplit(token["iss"]).netloc
    tags = session_tags(id_token)
    context: dict[str, str | list[str]] = {
        f"{issuer}:aud": token["aud"],
        f"{issuer}:sub": token["sub"],
        **{f"aws:RequestTag/{key}": value for key, value in tags.items()},
    }
    if tags:
        context["aws:TagKeys"] = list(tags)
        context["sts:TransitiveTagKeys"] = claim["transitive_tag_keys"]
    return Call(action, ROLE, context)


@pytest.fixture
def desk(provider: None) -> RelyingParty:
    """The application that may ask for the scope aws."""
    Attribute.objects.create(name="tenant", title="Tenant")
    structure = structure_of(f"{CLAIM}/principal_tags/tenant")
    assert structure is not None
    make_scope(name="aws")
    add_parts(structure, "aws", TAGS)
    return make_relying_party(scope="openid profile department aws offline_access")


@pytest.fixture
def member(desk: RelyingParty) -> User:
    """Ada, of one tenant."""
    facts = {"tenant": "t1", "department": "finance", "clearance": "confidential"}
    return make_person(attributes={**facts, "projects": ["atlas", "borealis"]})


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An AWS with a table of orders, two of each tenant. Nothing leaves this process."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with mock_aws():
        orders = boto3.client("dynamodb")
        keys = (("tenant", "HASH"), ("order_id", "RANGE"))
        orders.create_table(
            TableName="orders",
            KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys],
            AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n, _ in keys],
            BillingMode="PAY_PER_REQUEST",
        )
        for tenant in ("t1", "t2"):
            for number in ("1", "2"):
                orders.put_item(TableName="orders", Item=order(tenant, number))
        yield boto3


def order(tenant: str, number: str) -> dict[str, Any]:
    """Return an item as DynamoDB has it."""
    texts = {"tenant": tenant, "order_id": number, "region": "north", "card_number": "4111"}
    return {**{name: {"S": value} for name, value in texts.items()}, "amount": {"N": "100"}}
