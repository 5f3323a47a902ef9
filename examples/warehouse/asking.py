"""What a request to the Warehouse has to say, and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator
from sqlglot import exp

from scopeward_guard.digest import Query
from scopeward_guard.errors import MalformedError
from scopeward_guard.schemas import QUERY_SCHEMA
from scopeward_guard.sql import Derivation
from scopeward_guard.strict_json import parse_object
from warehouse.catalogue import SCHEMA_REVISION

DATASOURCE = "warehouse"
MAX_BODY_BYTES = 128 * 1024
MAX_STATEMENT = 20_000
"""Characters; as much as the provider takes in a detail, so that every query can be approved."""

_MEMBERS = QUERY_SCHEMA["properties"]
_REQUEST = Draft202012Validator(
    {
        "type": "object",
        "additionalProperties": False,
        "required": ["datasource", "statement", "max_rows"],
        "properties": {
            "datasource": {"const": DATASOURCE},
            "statement": {**_MEMBERS["statement"], "maxLength": MAX_STATEMENT},
            "parameters": _MEMBERS["parameters"],
            "max_rows": _MEMBERS["max_rows"],
            "purpose": {**_MEMBERS["purpose"], "minLength": 0},
        },
    }
)


class UnusableError(Exception):
    """The request cannot be used; the text says why and is safe to show."""


@dataclass(frozen=True)
class Asked:
    """One query as it was sent, and what it is for."""

    query: Query
    purpose: str


def parse(body: bytes) -> Asked:
    """Read the body of a request; raises `UnusableError`."""
    try:
        sent = parse_object(body, max_bytes=MAX_BODY_BYTES)
    except MalformedError as error:
        raise UnusableError(f"The body is {error}.") from error
    problem = next(_REQUEST.iter_errors(sent), None)
    if problem is not None:
        # Not the validator's own words: they repeat what was sent, however long it is.
        where = problem.json_path.removeprefix("$.")[:80]
        raise UnusableError(f"The request cannot be used: {where} ({problem.validator}).")
    query = Query(
        datasource=DATASOURCE,
        schema_rev=SCHEMA_REVISION,
        statement=sent["statement"],
        parameters=sent.get("parameters", {}),
        max_rows=sent["max_rows"],
    )
    return Asked(query, sent.get("purpose", ""))


def check_parameters(derivation: Derivation, parameters: Mapping[str, Any]) -> None:
    """Raise `UnusableError` unless the statement names exactly the parameters that were sent.

    One that nothing uses would be shown to whoever approves, and mean nothing.
    """
    named = {node.name for node in derivation.tree.find_all(exp.Placeholder, exp.Parameter)}
    if any(not name or name.isdecimal() for name in named):
        raise UnusableError("Parameters have names here, such as :region.")
    if missing := sorted(named - set(parameters)):
        raise UnusableError(f"There is no value for {', '.join(missing)}.")
    if unused := sorted(set(parameters) - named):
        raise UnusableError(f"The statement does not use {', '.join(unused)}.")
