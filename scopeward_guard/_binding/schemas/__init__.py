"""JSON Schemas (2020-12) of the details that this package makes; every member bounded, closed."""

import json
from importlib.resources import files
from typing import Any

QUERY_TYPE = "urn:scopeward:query:1"

QUERY_SCHEMA: dict[str, Any] = json.loads(
    files("scopeward_guard._binding.schemas").joinpath("query-1.json").read_text(encoding="utf-8")
)
"""Of one query: what a client may send."""

ACTIONS: tuple[str, ...] = tuple(QUERY_SCHEMA["properties"]["actions"]["items"]["enum"])
