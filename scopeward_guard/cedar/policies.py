"""A set of policies that was parsed and validated, under our ids, with what is annotated on them.

Annotations that mean something: `@id` (every policy has one), `@reason` (said when the policy
denies), `@row_filter`, `@mask`, `@row_limit` (on what permits) and `@approvers` (on a forbid that
an approval lifts). `@title` and `@description` are for whoever reads the text. Any other is
refused: a mask with a spelling mistake would mask nothing.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import cedarpy

from scopeward_guard.cedar.document import PolicyDocument
from scopeward_guard.cedar.expressions import Fact, limits_of
from scopeward_guard.cedar.obligations import DUTIES, Duty, duties_of
from scopeward_guard.errors import MalformedError

Json = Mapping[str, Any]
WORDS = ("id", "reason", "title", "description")
TEMPLATE = "A policy with a slot such as ?principal decides nothing until it is linked."


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

    def limits_of(self, fact: Fact) -> frozenset[int]:
        """Return the numbers, none negative, up to which `fact` is one thing to some policy."""
        conditions = (rule.parsed["conditions"] for rule in self.by_id.values())
        found = (limit for bodies in conditions for limit in limits_of(fact, bodies))
        return frozenset(limit for limit in found if limit >= 0)


def load(document: PolicyDocument) -> Rules:
    """Parse and validate the policies of a document; raises `PolicyError`."""
    try:
        schema = cedarpy.Schema.from_json_str(json.dumps(document.schema))
        parsed = json.loads(cedarpy.policies_to_json_str(document.policies))
    except ValueError as error:
        raise PolicyError(str(error)) from error
    if parsed["templates"]:
        raise PolicyError(TEMPLATE)
    found = cedarpy.validate_policies(document.policies, schema)
    if not found.validation_passed:
        raise PolicyError(*(str(problem) for problem in found.errors))
    named = _named(parsed["staticPolicies"])
    text = json.dumps({"staticPolicies": named, "templates": {}, "templateLinks": []})
    return Rules(
        handle=cedarpy.PolicySet.from_json_str(text),
        schema=schema,
        by_id={name: _rule(name, policy) for name, policy in named.items()},
    )


def annotation_problems(policy: Json) -> Iterator[tuple[str, str]]:
    """Yield the annotation and a sentence for each that a parsed policy must not have."""
    annotations = policy.get("annotations", {})
    if "slot" in policy["principal"] or "slot" in policy["resource"]:
        yield "id", TEMPLATE
    for name in annotations:
        if name not in {*DUTIES, *WORDS}:
            yield name, f"There is no annotation @{name}."
    for name in DUTIES:
        if name in annotations:
            yield from _duty_problems(name, annotations[name] or "", policy["effect"])


def _duty_problems(name: str, text: str, effect: str) -> Iterator[tuple[str, str]]:
    try:
        duties = duties_of({name: text})
    except MalformedError as error:
        yield name, f"{error}."
        return
    if any(duty.permits != (effect == "permit") for duty in duties):
        yield name, f"@{name} belongs to a {'forbid' if effect == 'permit' else 'permit'}."


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
    problems = [f"[{name}] {sentence}" for _, sentence in annotation_problems(policy)]
    if problems:
        raise PolicyError(*problems)
    annotations = policy.get("annotations", {})
    permits = policy["effect"] == "permit"
    duties = duties_of(annotations)
    return Rule(name, permits, annotations.get("reason") or "", duties, policy)
