"""Questions and answers as they arrive: AuthZEN 1.0 §6.1 and §6.2, strictly."""

from collections.abc import Mapping
from typing import Any

from scopeward_guard._authzen.vocabulary import (
    Action,
    Decision,
    Entity,
    Evaluation,
    Obligation,
    Properties,
    Remedy,
)
from scopeward_guard._base.bounds import check_bounds
from scopeward_guard._base.errors import MalformedError

LONGEST_NAME = 1024
"""Characters of a type, an id, or the name of an action."""


def parse_evaluation(body: Any) -> Evaluation:
    """Read an access evaluation request (§6.1); raises `MalformedError`.

    Unknown members are ignored; what is there and known has its type, and is bounded.
    """
    check_bounds(body)
    members = _object(body, "the request")
    action = _object(members.get("action"), "action")
    return Evaluation(
        subject=_entity(members, "subject"),
        action=Action(name=_text(action, "name"), properties=_object_in(action, "properties")),
        resource=_entity(members, "resource"),
        context=_object_in(members, "context"),
    )


def parse_decision(body: Mapping[str, Any]) -> Decision:
    """Read an access evaluation response; raises `MalformedError` for what is not exactly one."""
    permit, context = body.get("decision"), body.get("context", {})
    if not isinstance(permit, bool) or not isinstance(context, Mapping):
        raise MalformedError("decision is true or false")
    return Decision(
        permit=permit,
        reasons=_texts(context, "reasons"),
        policies=_texts(context, "policies"),
        obligations=tuple(_obligation(entry) for entry in _list(context, "obligations")),
        remedy=_remedy(context["remedy"]) if "remedy" in context else None,
        policy_rev=str(context.get("policy_rev", "")),
    )


def _entity(members: Properties, name: str) -> Entity:
    entity = _object(members.get(name), name)
    return Entity(
        type=_text(entity, "type"),
        id=_text(entity, "id"),
        properties=_object_in(entity, "properties"),
    )


def _object_in(members: Properties, name: str) -> Properties:
    return _object(members.get(name, {}), name)


def _object(value: Any, name: str) -> Properties:
    if not isinstance(value, dict):
        raise MalformedError(f"{name} is an object")
    return value


def _text(members: Properties, name: str) -> str:
    value = members.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_NAME:
        raise MalformedError(f"{name} is a string of 1 to {LONGEST_NAME} characters")
    return value


def _obligation(entry: Any) -> Obligation:
    if not isinstance(entry, Mapping) or not isinstance(entry.get("id"), str):
        raise MalformedError("an obligation without an id")
    return Obligation(id=entry["id"], parameters={k: v for k, v in entry.items() if k != "id"})


def _remedy(entry: Any) -> Remedy:
    if not isinstance(entry, Mapping):
        raise MalformedError("remedy is an object")
    max_age = entry.get("max_age")
    if max_age is not None and (type(max_age) is not int or max_age < 0):
        raise MalformedError("max_age is a number of seconds")
    return Remedy(
        scopes=_texts(entry, "scopes"),
        acr_values=_texts(entry, "acr_values"),
        max_age=max_age,
        approval=entry.get("approval") is True,
    )


def _list(members: Mapping[str, Any], name: str) -> list[Any]:
    value = members.get(name, [])
    if not isinstance(value, list):
        raise MalformedError(f"{name} is a list")
    return value


def _texts(members: Mapping[str, Any], name: str) -> tuple[str, ...]:
    values = _list(members, name)
    if not all(isinstance(value, str) for value in values):
        raise MalformedError(f"{name} is a list of strings")
    return tuple(values)
