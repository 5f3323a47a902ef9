"""The types of authorization details that every installation starts with."""

from typing import Any

from scopeward_guard.vocabulary import QUERY_TYPE, query_hash

QUERY = QUERY_TYPE
"""One exact query, run once."""

_NAME = {"type": "string", "minLength": 1, "maxLength": 300}
_SCALAR = {"type": ["string", "number", "boolean", "null"]}

QUERY_SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": [
        "type",
        "locations",
        "actions",
        "identifier",
        "datatypes",
        "schema_rev",
        "statement",
        "query_hash",
        "hash_alg",
        "max_rows",
    ],
    "properties": {
        "type": {"const": QUERY},
        "locations": {"type": "array", "items": _NAME, "minItems": 1, "maxItems": 1},
        "actions": {
            "type": "array",
            "items": {"enum": ["select", "insert", "update", "delete", "merge"]},
            "minItems": 1,
            "uniqueItems": True,
        },
        "identifier": _NAME,
        "datatypes": {"type": "array", "items": _NAME, "uniqueItems": True, "maxItems": 500},
        "schema_rev": {"type": "string", "maxLength": 128},
        "statement": {"type": "string", "minLength": 1, "maxLength": 20000},
        "parameters": {
            "type": "object",
            "maxProperties": 100,
            "additionalProperties": {
                "anyOf": [_SCALAR, {"type": "array", "items": _SCALAR, "maxItems": 1000}]
            },
        },
        "query_hash": {
            "type": "string",
            "minLength": 43,
            "maxLength": 43,
            "pattern": "^[A-Za-z0-9_-]{43}$",
        },
        "hash_alg": {"const": "S256"},
        "max_rows": {"type": "integer", "minimum": 1, "maximum": 1_000_000},
        "purpose": {"type": "string", "maxLength": 500},
    },
}

_SAID: dict[str, Any] = {
    "type": QUERY,
    "locations": ["https://warehouse.example"],
    "actions": ["select"],
    "identifier": "warehouse",
    "datatypes": ["hr.employees.salary"],
    "schema_rev": "7",
    "statement": "SELECT salary FROM hr.employees WHERE id = :id",
    "parameters": {"id": 7},
    "hash_alg": "S256",
    "max_rows": 100,
    "purpose": "Yearly review",
}
EXAMPLE: dict[str, Any] = {**_SAID, "query_hash": query_hash(_SAID)}
"""One query, with the digest of what it says."""

DEFAULT_TYPES: dict[str, dict[str, Any]] = {
    QUERY: {
        "title": "One query",
        "sentence": (
            "Run one query ({actions}) on {identifier}, and read at most {max_rows} rows of "
            "{datatypes}."
        ),
        "translations": {
            "de": {
                "title": "Eine Abfrage",
                "sentence": (
                    "Eine Abfrage ({actions}) auf {identifier} ausführen und höchstens "
                    "{max_rows} Zeilen aus {datatypes} lesen."
                ),
            }
        },
        "schema": QUERY_SCHEMA,
        "example": EXAMPLE,
        "single_use": True,
        "token_lifetime": 60,
        "request_lifetime": 8 * 3600,
        "maximum_age": 300,
        "description": "One exact query of one database, approved by a person and run once.",
    }
}
