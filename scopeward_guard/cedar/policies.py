"""A set of policies that was parsed and validated, under our ids, with what is annotated on them.

Annotations that mean something: `@id` (every policy has one), `@reason` (said when the policy
denies), `@row_filter`, `@mask`, `@row_limit` (on what permits) and `@approvers` (on a forbid that
an approval lifts).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import cedarpy

from scopeward_guard.cedar.document import PolicyDocument
from scopeward_guard.cedar.obligations import Duty, duties_of
from scopeward_guard.errors import MalformedError

Json = Mapping[str, Any]


class PolicyError(ValueError):
    """Policies that must not be used. `problems` are sentences, each with the policy it is of."""

    def __init__(self, *problems: str) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Rule:
    """One policy: whether it permits, what it says, what it demands, and its parsed form."""

    id: str
    permits: bool
    reason: str
    duties: tuple[Duty, ...]
    parsed: Json


@dataclass(frozen=True, slots=True)
class Rules:
    """All policies of a document, as Cedar's handles and by id."""

    handle: cedarpy.PolicySet
    schema: cedarpy.Schema
    by_id: Mapping[str, Rule]


def load(document: PolicyDocument) -> Rules:
    """Parse and validate the policies of a document; raises `PolicyError`."""
    try:
        schema = cedarpy.Schema.from_json_str(json.dumps(document.schema))
        parsed = json.loads(cedarpy.policies_to_json_str(document.policies))["staticPolicies"]
    except ValueError as error:
        raise PolicyError(str(error)) from error
    found = cedarpy.validate_policies(document.policies, schema)
    if not found.validation_passed:
        raise PolicyError(*(str(problem) for problem in found.errors))
    named = _named(parsed)
    text = json.dumps({"staticPolicies": named, "templates": {}, "templateLinks": []})
    return Rules(
        handle=cedarpy.PolicySet.from_json_str(text),
        schema=schema,
        by_id={name: _rule(name, policy) for name, policy in named.items()},
    )


def _named(parsed: Json) -> dict[str, Json]:
    """Return the policies by their `@id`: what a decision names must be what an author wrote."""
    named: dict[str, Json] = {}
    for given, policy in parsed.items():
        name = policy.get("annotations", {}).get("id")
        if not name:
            raise PolicyError(f"[{given}] has no @id")
        if name in named:
            raise PolicyError(f"[{name}] is there twice")
        named[name] = policy
    return named


def _rule(name: str, policy: Json) -> Rule:
    annotations = policy.get("annotations", {})
    try:
        duties = duties_of(annotations)
    except MalformedError as error:
        raise PolicyError(f"[{name}] {error}") from error
    permits = policy["effect"] == "permit"
    if any(duty.permits != permits for duty in duties):
        raise PolicyError(f"[{name}] @approvers is for a forbid, the other duties for a permit")
    return Rule(name, permits, annotations.get("reason", ""), duties, policy)
