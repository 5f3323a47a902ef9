"""One approved read of one item: a role assumed for it alone, and forgotten.

AWS sessions last 900 seconds at least, so credentials cannot be good for one use. The gateway is:
it consumes the approval, assumes the role with a session policy for this read, makes the call, and
hands out the item. What the role may do and what the approval says both have to allow it.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from scopeward_guard import (
    Decision,
    Evaluation,
    Guard,
    PresentedRequest,
    Principal,
    Query,
    QueryGate,
    QueryRequest,
    requirement,
)

TABLE = "orders"
KEYS = ("tenant", "order_id")
ATTRIBUTES = frozenset({*KEYS, "amount", "card_number"})
TAGS = ("tenant", "department", "clearance")
SHORTEST_SESSION = 900
"""Seconds; AWS has no shorter one."""

SAFE_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""A key stands in a policy: no wildcard, and nothing that IAM would take for a variable."""

Connect = Callable[[Mapping[str, str]], Any]
"""From temporary credentials, as STS answers them, to a client of DynamoDB."""


class UnusableError(ValueError):
    """The lookup cannot be used; the text says why and is safe to show."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """Some attributes of one order."""

    tenant: str
    order_id: str
    attributes: tuple[str, ...]

    def __post_init__(self) -> None:
        if not (SAFE_KEY.fullmatch(self.tenant) and SAFE_KEY.fullmatch(self.order_id)):
            raise UnusableError("A key has 1 to 64 letters, digits, _ and -.")
        if not self.attributes or not set(self.attributes) <= ATTRIBUTES:
            raise UnusableError(f"Attributes are some of: {', '.join(sorted(ATTRIBUTES))}.")

    def asked(self) -> QueryRequest:
        """Return what a person is asked to approve: this item, these attributes, once."""
        names = sorted(set(self.attributes))
        return QueryRequest(
            query=Query(
                datasource=TABLE,
                schema_rev="1",
                statement=f"GET {', '.join(names)} FROM {TABLE}",
                parameters={"tenant": self.tenant, "order_id": self.order_id},
                max_rows=1,
            ),
            actions=("select",),
            datatypes=tuple(f"dynamodb.{TABLE}.{name}" for name in names),
            requirement=requirement("orders:read"),
        )


def session_policy(lookup: Lookup, table_arn: str) -> dict[str, Any]:
    """Return the inline policy of the session: it can only take from what the role may do.

    IAM compares partition keys. Which item of the tenant is read, the gateway's own call decides.
    """
    names = sorted({*KEYS, *lookup.attributes})
    statement = {
        "Effect": "Allow",
        "Action": "dynamodb:GetItem",
        "Resource": table_arn,
        "Condition": {
            "ForAllValues:StringEquals": {
                "dynamodb:LeadingKeys": [lookup.tenant],
                "dynamodb:Attributes": names,
            },
            "StringEquals": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"},
            "Null": {"dynamodb:LeadingKeys": "false", "dynamodb:Attributes": "false"},
        },
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


class OwnTenant:
    """The policy: no approval lifts the border between tenants."""

    def decide(self, evaluation: Evaluation) -> Decision:
        """Permit what is asked of the tenant in the caller's token."""
        own = evaluation.subject.properties.get("tenant")
        is_own = isinstance(own, str) and own == evaluation.context["tenant"]
        return Decision(permit=is_own, reasons=() if is_own else ("other_tenant",))


@dataclass(frozen=True, slots=True)
class Gateway:
    """Reads items. `sts` is a client of STS with the gateway's own identity."""

    guard: Guard
    sts: Any
    connect: Connect
    role_arn: str
    table_arn: str

    def read(self, request: PresentedRequest, lookup: Lookup) -> list[dict[str, Any]]:
        """Return the item in a list, or none; raises `RefusedError` with the challenge."""
        gate = QueryGate(self.guard, policy=OwnTenant())
        admission = gate.admit(request, lookup.asked(), context={"tenant": lookup.tenant})
        return admission.run(
            lambda: self._fetch(admission.principal, admission.approval_id, lookup)
        )

    def _fetch(self, caller: Principal, approval_id: str, lookup: Lookup) -> list[dict[str, Any]]:
        session = self.sts.assume_role(
            RoleArn=self.role_arn,
            RoleSessionName=approval_id,
            DurationSeconds=SHORTEST_SESSION,
            Policy=json.dumps(session_policy(lookup, self.table_arn)),
            Tags=[{"Key": k, "Value": str(caller.claims[k])} for k in TAGS if k in caller.claims],
        )
        names = {f"#{place}": name for place, name in enumerate(sorted(set(lookup.attributes)))}
        answer = self.connect(session["Credentials"]).get_item(
            TableName=TABLE,
            Key={"tenant": {"S": lookup.tenant}, "order_id": {"S": lookup.order_id}},
            ProjectionExpression=", ".join(names),
            ExpressionAttributeNames=names,
        )
        return [answer["Item"]] if "Item" in answer else []
