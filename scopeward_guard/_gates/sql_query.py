"""One statement as somebody sends it to a resource server: what a request has to say, no more."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Self

from scopeward_guard._base.errors import MalformedError
from scopeward_guard._base.extras import missing_extra
from scopeward_guard._base.strict_json import parse_object
from scopeward_guard._binding.schemas import QUERY_SCHEMA
from scopeward_guard._challenges.challenge import request_invalid
from scopeward_guard._challenges.refused import RefusedError
from scopeward_guard._challenges.request import MAX_BODY_BYTES
from scopeward_guard.sql import Derivation

try:
    from jsonschema import Draft202012Validator
except ImportError as error:
    raise missing_extra(error, "sql") from error

MAX_STATEMENT = 20_000
"""Characters; as much as the provider takes in a detail, so that every query can be approved."""

_MEMBERS = QUERY_SCHEMA["properties"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlQuery:
    """A statement, the values of its named parameters, and how many rows are wanted at most."""

    statement: str
    max_rows: int
    parameters: Mapping[str, Any] = field(default_factory=dict)
    purpose: str = ""

    def __post_init__(self) -> None:
        if self.max_rows < 1:
            raise ValueError("max_rows: at least one")

    @classmethod
    def parse(cls, body: bytes, *, datasource: str) -> Self:
        """Read `{"datasource", "statement", "parameters", "max_rows", "purpose"}`.

        Raises `RefusedError` (400) for any other member, another data source, and whatever could
        not be part of a query that is approved.
        """
        try:
            sent = parse_object(body, max_bytes=MAX_BODY_BYTES)
        except MalformedError as error:
            raise RefusedError(request_invalid(f"The body is {error}.")) from error
        problem = next(_validator(datasource).iter_errors(sent), None)
        if problem is not None:
            # Not the validator's own words: they repeat what was sent, however long it is.
            where = problem.json_path.removeprefix("$.")[:80]
            told = f"The request cannot be used: {where} ({problem.validator})."
            raise RefusedError(request_invalid(told))
        return cls(**{name: value for name, value in sent.items() if name != "datasource"})

    def check_parameters(self, derivation: Derivation) -> None:
        """Raise `RefusedError` (400) unless the statement names exactly these parameters.

        One that nothing uses would be shown to whoever approves, and mean nothing.
        """
        named = derivation.parameters
        if any(not name or name.isdecimal() for name in named):
            raise RefusedError(request_invalid("Parameters have names here, such as :region."))
        if missing := sorted(named - set(self.parameters)):
            raise RefusedError(request_invalid(f"There is no value for {', '.join(missing)}."))
        if unused := sorted(set(self.parameters) - named):
            raise RefusedError(request_invalid(f"The statement does not use {', '.join(unused)}."))


@lru_cache(maxsize=16)
def _validator(datasource: str) -> Any:
    return Draft202012Validator(
        {
            "type": "object",
            "additionalProperties": False,
            "required": ["datasource", "statement", "max_rows"],
            "properties": {
                "datasource": {"const": datasource},
                "statement": {**_MEMBERS["statement"], "maxLength": MAX_STATEMENT},
                "parameters": _MEMBERS["parameters"],
                "max_rows": _MEMBERS["max_rows"],
                "purpose": {**_MEMBERS["purpose"], "minLength": 0},
            },
        }
    )
