"""What a condition on sets and flags demands, as a clause: roles, scopes, tags, networks."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from scopeward_guard.cedar._deciding.releases import UNRELEASED
from scopeward_guard.cedar._language.expressions import Expression, Fact, fact_of, literals_of, node
from scopeward_guard.cedar._language.ranges import Naming, days

Facts = Mapping[str, Mapping[str, Any]]
Say = Callable[[Any, Naming, Facts], str]
"""Takes the operands of one operator, and says what it demands; "" without words."""

_ROLES, _OWNERS = Fact("principal", "roles"), Fact("resource", "owners")
_TAGS, _SCOPES = Fact("resource", "tags"), Fact("context", "scopes")
_DAY, _CLIENT = Fact("context", "weekday"), Fact("context", "client_id")
_ME = Fact("principal", "id")
_KINDS = {"User": "people", "Client": "applications"}


def _contains(operands: Any, naming: Naming, facts: Facts) -> str:
    holder, member = fact_of(operands["left"]), fact_of(operands["right"])
    if holder == _OWNERS and member == _ME:
        return f"you need to be one of its owners ({_listed(facts['resource'].get('owners'))})"
    if holder is None:
        return _one_of(member, literals_of(operands["left"]), naming)
    if member:
        return f"{naming(holder)} must include {naming(member)}"
    return _holding(holder, literals_of(operands["right"]), naming, facts)


def _contains_all(operands: Any, naming: Naming, facts: Facts) -> str:
    holder, wanted = fact_of(operands["left"]), fact_of(operands["right"])
    if holder and wanted:
        if holder == _SCOPES:
            return _missing_scopes(facts[wanted.of].get(wanted.name), facts)
        return f"{naming(holder)} must include all of {naming(wanted)}"
    if holder:
        return _holding(holder, literals_of(operands["right"]), naming, facts)
    allowed = literals_of(operands["left"])
    return f"{naming(wanted)} may only be of {_listed(allowed)}" if wanted and allowed else ""


def _contains_any(operands: Any, naming: Naming, _facts: Facts) -> str:
    sides = operands["left"], operands["right"]
    holder, other = fact_of(sides[0]), fact_of(sides[1])
    if holder and other:
        return f"{naming(holder)} must include one of {naming(other)}"
    fact, literals = holder or other, literals_of(sides[1] if holder else sides[0])
    if not fact or not literals:
        return ""
    if fact == _ROLES:
        return _roles(literals)
    return f"{naming(fact)} must include one of {_listed(literals)}"


def _holding(holder: Fact, literals: Any, naming: Naming, facts: Facts) -> str:
    if not literals:
        return ""
    if holder == _ROLES:
        return f"you need the role{'s'[: len(literals) > 1]} {_listed(literals)}"
    if holder == _SCOPES:
        return _missing_scopes(literals, facts)
    return f"{naming(holder)} must include {_listed(literals)}"


def _one_of(fact: Fact | None, literals: Any, naming: Naming) -> str:
    if fact == _DAY and literals:
        return f"it is permitted only on {days(literals)}"
    if fact == _CLIENT:
        return "it is permitted only through certain applications"
    if not fact or not literals or fact == _ME:
        return ""
    return f"{naming(fact)} must be one of {_listed(literals)}"


def _missing_scopes(wanted: Any, facts: Facts) -> str:
    held = facts["context"].get("scopes", ())
    missing = [scope for scope in wanted or () if scope not in held]
    return f"the application needs your consent to {_listed(missing)}" if missing else ""


def _in(operands: Any, _naming: Naming, _facts: Facts) -> str:
    roles = _role_names(operands["right"])
    return _roles(roles) if operands["left"] == {"Var": "principal"} and roles else ""


def _is(operands: Any, naming: Naming, facts: Facts) -> str:
    kind = _KINDS.get(operands["entity_type"])
    if operands["left"] != {"Var": "principal"} or not kind:
        return ""
    within = operands.get("in")
    role = _in({"left": operands["left"], "right": within}, naming, facts) if within else ""
    return " and ".join(filter(None, [f"it is for {kind} only", role]))


def _has(operands: Any, naming: Naming, _facts: Facts) -> str:
    fact = fact_of({".": operands})
    if not fact:
        return ""
    name, _, why = naming(fact).partition(" (")
    return f"{name} is {UNRELEASED}" if UNRELEASED in why else f"{name} must be known"


def _flag(operands: Any, naming: Naming, _facts: Facts) -> str:
    fact = fact_of({".": operands})
    if not fact:
        return ""
    return _FLAGS.get((fact.of, fact.name)) or f"{naming(fact)} must be yes"


def _roles(roles: Sequence[str]) -> str:
    one = len(roles) == 1
    return f"you need the role {roles[0]}" if one else f"you need one of the roles {_listed(roles)}"


def _role_names(expression: Expression) -> list[str]:
    operator, value = node(expression)
    entries = value if operator == "Set" else [expression]
    entities = [entry.get("Value", {}) for entry in entries]
    named = [entry["__entity"] for entry in entities if "__entity" in entry]
    return [entity["id"] for entity in named if entity["type"] == "Role"]


def _untagged(operands: Any, _naming: Naming, _facts: Facts) -> str:
    tags = literals_of(operands["right"])
    if fact_of(operands["left"]) == _TAGS and tags:
        return f"nothing in it may be tagged {' or '.join(map(str, tags))}"
    numbers = literals_of(operands["left"])
    if fact_of(operands["right"]) == _DAY and numbers:
        return f"it is not permitted on {days(numbers)}"
    return ""


def _listed(values: Any) -> str:
    return ", ".join(map(str, values or ())) or "none"


_FLAGS = {
    ("context", "approved"): "it needs an approval",
    ("context", "emergency"): "it is permitted only in an emergency",
}
WANTED: Mapping[str, Say] = {
    "contains": _contains,
    "containsAll": _contains_all,
    "containsAny": _contains_any,
    "in": _in,
    "is": _is,
    "has": _has,
    ".": _flag,
    "isInRange": lambda *_: "it is permitted only from certain networks",
}
"""By operator, for conditions that have to be true."""

FORBIDDEN: Mapping[str, Say] = {
    "contains": _untagged,
    "containsAny": _untagged,
    "isInRange": lambda *_: "it is not permitted from this network",
}
"""By operator, for conditions that may not be true."""
