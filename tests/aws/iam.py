"""As much of IAM's evaluation as the documented policies use, for what moto does not evaluate.

Explicit deny wins, then any allow, else denied; with a session policy both have to allow. An
operator that is not known here is an error, so a policy cannot pass by being misread.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

VARIABLE = re.compile(r"\$\{([^}]+)\}")

Policy = Mapping[str, Any]


@dataclass(frozen=True)
class Call:
    """One request as IAM sees it; a context value is a string or a list of strings."""

    action: str
    resource: str
    context: Mapping[str, str | list[str]]

    def values(self, key: str) -> list[str] | None:
        """Return what the context has for a condition key, None when it is absent."""
        found = {name.lower(): value for name, value in self.context.items()}.get(key.lower())
        return [found] if isinstance(found, str) else found


def allows(call: Call, *policies: Policy) -> bool:
    """Whether each of the policies (the role's, the session's) lets the call through."""
    return all(_effect(call, policy) == "Allow" for policy in policies)


def _effect(call: Call, policy: Policy) -> str | None:
    effects = {each["Effect"] for each in policy["Statement"] if _matches(call, each)}
    return "Deny" if "Deny" in effects else next(iter(effects), None)


def _matches(call: Call, statement: Mapping[str, Any]) -> bool:
    # A trust policy says nothing of resources: it belongs to one.
    resources = _listed(statement.get("Resource", "*"))
    return (
        any(fnmatchcase(call.action.lower(), each.lower()) for each in _listed(statement["Action"]))
        and any(fnmatchcase(call.resource, each) for each in resources)
        and all(
            _holds(call, operator, key, _listed(wanted))
            for operator, conditions in statement.get("Condition", {}).items()
            for key, wanted in conditions.items()
        )
    )


def _holds(call: Call, operator: str, key: str, wanted: Sequence[str]) -> bool:
    found = call.values(key)
    if operator == "Null":
        return (found is None) == (wanted == ["true"])
    qualifier, _, name = operator.rpartition(":")
    if name.endswith("IfExists"):
        name = name.removesuffix("IfExists")
        if found is None:
            return True
    compare = OPERATORS[name]
    allowed = [text for each in wanted if (text := _substituted(call, each)) is not None]
    if qualifier == "ForAllValues":
        return all(any(compare(value, each) for each in allowed) for value in found or [])
    assert not qualifier, f"{operator} is not known here"
    assert found is None or len(found) == 1, f"{key} has several values"
    return found is not None and any(compare(found[0], each) for each in allowed)


def _substituted(call: Call, text: str) -> str | None:
    """Fill in policy variables; None when one has no value: then it equals nothing."""
    values = {name: call.values(name) for name in VARIABLE.findall(text)}
    if not all(value is not None and len(value) == 1 for value in values.values()):
        return None
    return VARIABLE.sub(lambda found: (values[found[1]] or [""])[0], text)


def _at_least(found: str, wanted: str) -> bool:
    try:
        return float(found) >= float(wanted)
    except ValueError:
        return False


OPERATORS: Mapping[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda found, wanted: found == wanted,
    "Bool": lambda found, wanted: found.lower() == wanted.lower(),
    "NumericGreaterThanEquals": _at_least,
}


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
