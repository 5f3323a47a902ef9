"""What IAM is told of a call to DynamoDB: the condition keys of a boto3 call's parameters.

Where the documentation of AWS leaves open what a key has, it is what makes a refusal harder: a
read that names no attributes is said to name those of its key.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tests.aws.iam import Call

TABLE = "arn:aws:dynamodb:eu-central-1:123456789012:table/orders"
PARTITION = "tenant"
EXPRESSIONS = (
    "ProjectionExpression",
    "KeyConditionExpression",
    "FilterExpression",
    "UpdateExpression",
    "ConditionExpression",
)
NAME = re.compile(r"(?<![:\w])#?[a-zA-Z_]\w*(?!\s*\()")
KEYWORDS = frozenset({"SET", "REMOVE", "ADD", "DELETE", "AND", "OR", "NOT", "BETWEEN", "IN"})
READS = frozenset({"GetItem", "BatchGetItem", "Query", "Scan"})


def call_of(operation: str, parameters: Mapping[str, Any], tags: Mapping[str, str]) -> Call:
    """Return the call that a session with these tags makes, over TLS."""
    context: dict[str, str | list[str]] = {"aws:SecureTransport": "true"}
    context |= {f"aws:PrincipalTag/{name}": value for name, value in tags.items()}
    batches = parameters.get("RequestItems", {"orders": parameters}).values()
    leading = [key for batch in batches for key in _leading_keys(batch)]
    attributes = sorted({name for batch in batches for name in _attributes(batch)})
    if leading:
        context["dynamodb:LeadingKeys"] = leading
    if attributes:
        context["dynamodb:Attributes"] = attributes
    if operation in READS:
        context["dynamodb:Select"] = parameters.get("Select") or _default_select(batches)
    if "ReturnValues" in parameters:
        context["dynamodb:ReturnValues"] = parameters["ReturnValues"]
    index = parameters.get("IndexName")
    resource = f"{TABLE}/index/{index}" if index else TABLE
    return Call(f"dynamodb:{operation}", resource, context)


def _default_select(batches: Any) -> str:
    named = all("ProjectionExpression" in batch for batch in batches)
    return "SPECIFIC_ATTRIBUTES" if named else "ALL_ATTRIBUTES"


def _keys(batch: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return batch.get("Keys") or [batch[name] for name in ("Key", "Item") if name in batch]


def _leading_keys(batch: Mapping[str, Any]) -> Iterator[str]:
    for key in _keys(batch):
        yield key[PARTITION]["S"]
    names = batch.get("ExpressionAttributeNames", {})
    for name, value in re.findall(r"(#?\w+)\s*=\s*(:\w+)", batch.get("KeyConditionExpression", "")):
        if names.get(name, name) == PARTITION:
            yield batch["ExpressionAttributeValues"][value]["S"]


def _attributes(batch: Mapping[str, Any]) -> Iterator[str]:
    for key in _keys(batch):
        yield from key
    names = batch.get("ExpressionAttributeNames", {})
    for expression in EXPRESSIONS:
        for name in NAME.findall(batch.get(expression, "")):
            if name not in KEYWORDS:
                yield names.get(name, name)
