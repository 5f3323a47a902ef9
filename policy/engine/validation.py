"""What is wrong with a text of policies, and where. Without problems it may decide."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import cedarpy

from policy.engine.schema_errors import schema_problems
from policy.engine.syntax import syntax_problem
from scopeward_guard.cedar import PolicyDocument, PolicyError
from scopeward_guard.cedar.authoring import (
    LONGEST,
    TOO_DEEP,
    TOO_LONG,
    Data,
    Shapes,
    Statement,
    Token,
    annotation_problems,
    load,
    place_of,
    shapes_of,
    statements_of,
)

_PLACE = re.compile(r"\{([^{}]*)\}")
_FACT = re.compile(r"(principal|resource|context)\.(\w+)")
Found = tuple[Token, str]
NO_DATA: Data = MappingProxyType({})


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One reason why a text may not decide. Lines and columns count from 1."""

    line: int
    column: int
    message: str
    policy_id: str = ""

    def __str__(self) -> str:
        policy = f" [{self.policy_id}]" if self.policy_id else ""
        return f"{self.line}:{self.column}{policy} {self.message}"


def problems_of(text: str, schema: Mapping[str, Any], data: Data = NO_DATA) -> tuple[Problem, ...]:
    """Return all problems of `text` under Cedar's JSON `schema`, in the order of their places.

    `data` has the columns of each table that obligations may name; empty: any.

    Without one, `scopeward_guard.cedar.CedarPolicy` accepts the text.
    """
    if len(text) > LONGEST:
        return (Problem(1, 1, TOO_LONG),)
    try:
        shapes = shapes_of(schema)
        cedar_schema = cedarpy.Schema.from_json_str(json.dumps(schema))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return (Problem(1, 1, f"The schema cannot be used: {error}."),)
    found = sorted(_problems(text, cedar_schema, shapes, data))
    return tuple(found) or tuple(_refusals(text, schema))


def _problems(text: str, schema: cedarpy.Schema, shapes: Shapes, data: Data) -> Iterator[Problem]:
    taken: set[str] = set()
    for statement in statements_of(text):
        broken = syntax_problem(statement)
        if broken:
            yield _problem(text, broken)
            continue
        parsed = cedarpy.policies_to_json_str(statement.text)
        if _is_too_deep(parsed):
            yield _problem(text, (statement.tokens[0], TOO_DEEP))
            continue
        policy = _policy(parsed)
        name = policy.get("annotations", {}).get("id") or ""
        for found in (
            *_name_problems(statement, name, taken),
            *_annotation_problems(statement, policy, shapes, data),
            *schema_problems(statement, schema, shapes),
        ):
            yield _problem(text, found, name)
        taken.add(name)


def _name_problems(statement: Statement, name: str, taken: set[str]) -> Iterator[Found]:
    if not name:
        yield statement.annotation("id"), "The policy has no name: give it an @id."
    elif name in taken:
        yield statement.annotation("id"), f"There is a policy {name} already."


def _annotation_problems(
    statement: Statement, policy: Mapping[str, Any], shapes: Shapes, data: Data
) -> Iterator[Found]:
    for annotation, message in annotation_problems(policy, data):
        yield statement.annotation(annotation), message
    for match in _PLACE.finditer(policy.get("annotations", {}).get("reason") or ""):
        if not _is_fact(match[1], shapes):
            yield statement.annotation("reason"), f"@reason: there is no fact {{{match[1]}}}."


def _is_fact(place: str, shapes: Shapes) -> bool:
    match = _FACT.fullmatch(place)
    if not match:
        return False
    among = shapes.contexts if match[1] == "context" else shapes.entities
    return any(match[2] in shape.kinds for shape in among.values())


def _is_too_deep(parsed: str) -> bool:
    """Return whether a chain in a policy is so long that Cedar does not read it back."""
    try:
        cedarpy.PolicySet.from_json_str(parsed)
    except ValueError:
        return True
    return False


def _policy(parsed: str) -> Mapping[str, Any]:
    policies = json.loads(parsed)
    every = {**policies["staticPolicies"], **policies["templates"]}
    policy: Mapping[str, Any] = next(iter(every.values()))
    return policy


def _refusals(text: str, schema: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what only the engine itself refuses; it has the last word."""
    try:
        load(PolicyDocument(audience="", policies=text, schema=schema))
    except PolicyError as error:
        for sentence in error.problems:
            yield Problem(1, 1, sentence)


def _problem(text: str, found: Found, name: str = "") -> Problem:
    token, message = found
    return Problem(*place_of(text, token.start), message, name)
