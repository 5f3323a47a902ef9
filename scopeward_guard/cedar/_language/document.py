"""The policy document: everything that the decisions of one resource server depend on.

It is plain JSON. The provider compiles it from an active version, a signed bundle carries it, and
its revision, the digest of all of it, stands in every decision.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from scopeward_guard._base.errors import MalformedError
from scopeward_guard._binding.digest import canonical, sha256_of

VERSION = 1
INTERNAL = 1


def default_schema() -> dict[str, Any]:
    """Return the schema that policies are written against unless they bring one of their own.

    It is the caller's: a change to it changes no other.
    """
    schema: dict[str, Any] = json.loads(_default_schema_text())
    return schema


@cache
def _default_schema_text() -> str:
    return files("scopeward_guard.cedar").joinpath("schema.json").read_text(encoding="utf-8")


@dataclass(frozen=True, kw_only=True)
class Label:
    """What the catalogue says of the data whose dotted names fit `pattern`, such as `hr.*`.

    `sensitivity` counts from 0; `owners` are subjects.
    """

    pattern: str
    sensitivity: int
    owners: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PolicyDocument:
    """`policies` is Cedar text, `schema` Cedar's JSON schema, levels are named from the lowest up.

    `acr_levels` are acr values from the weakest up. What no label fits is `default_sensitivity`.
    `timezone` decides what an hour and a weekday are. `released_by` has, for each fact about a
    person that tokens may tell, the scopes that release it. `data` has the columns of each table
    there is; without any, nobody said, and the names in obligations are not checked.
    """

    audience: str
    policies: str
    schema: Mapping[str, Any] = field(default_factory=default_schema)
    labels: tuple[Label, ...] = ()
    default_sensitivity: int = INTERNAL
    clearance_levels: tuple[str, ...] = ("public", "internal", "confidential", "secret")
    sensitivity_levels: tuple[str, ...] = ("public", "internal", "confidential", "secret")
    acr_levels: tuple[str, ...] = ()
    timezone: str = "UTC"
    released_by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    data: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the JSON object that `parse_document` reads."""
        return {"version": VERSION, **json.loads(json.dumps(asdict(self)))}

    @cached_property
    def revision(self) -> str:
        """The base64url SHA-256 of the canonical JSON (RFC 8785)."""
        return sha256_of(canonical(self.as_json()))


def parse_document(body: Mapping[str, Any]) -> PolicyDocument:
    """Read a document; raises `MalformedError`: half a policy would be worse than none."""
    if body.get("version") != VERSION:
        raise MalformedError("a policy document of another version")
    try:
        document = PolicyDocument(
            audience=_text(body["audience"]),
            policies=_text(body["policies"]),
            schema=_object(body["schema"]),
            labels=tuple(_label(entry) for entry in _list(body["labels"])),
            default_sensitivity=_whole(body["default_sensitivity"]),
            clearance_levels=_texts(body["clearance_levels"]),
            sensitivity_levels=_texts(body["sensitivity_levels"]),
            acr_levels=_texts(body["acr_levels"]),
            timezone=_text(body["timezone"]),
            released_by={
                name: _texts(scopes) for name, scopes in _object(body["released_by"]).items()
            },
            data={table: _texts(columns) for table, columns in _object(body["data"]).items()},
        )
        ZoneInfo(document.timezone)
    except (KeyError, ValueError, OSError) as error:
        raise MalformedError("not a policy document") from error
    return document


def _label(entry: Any) -> Label:
    members = _object(entry)
    return Label(
        pattern=_text(members["pattern"]),
        sensitivity=_whole(members["sensitivity"]),
        owners=_texts(members["owners"]),
        tags=_texts(members["tags"]),
    )


def _object(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise MalformedError("not an object")
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise MalformedError("not a list")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise MalformedError("not a string")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(_text(entry) for entry in _list(value))


def _whole(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise MalformedError("not a whole number")
    return value
