"""JSON that anybody may send: near misses of right requests, and what few parsers agree on."""

import json
from typing import Any

from hypothesis import strategies as st

SURROGATE = "\ud800"
TEXTS = (
    "", "\x00", SURROGATE, f"ada{SURROGATE}", "\ufffd", "select", "user", "https://warehouse.example",
    "A" * 43, "true", '"', "'", "\n", "💥",
)  # fmt: skip
NUMBERS = (0, -1, 1.5, 2**31, 2**53, 2**63, -(2**63) - 1, 10**40, 1e308, 5e-324, -0.0)
NAMES = (
    "type", "id", "name", "subject", "action", "resource", "context", "properties", "evaluations",
    "options", "page", "token", "size", "audience", "decisions", "decision", "evaluation",
    "decision_id", "decided_at", "jti", "detail_digest", "outcome", "row_count", "detail",
    "locations", "actions", "datatypes", "statement", "parameters", "max_rows", "value", "values",
    "essential",
    "userinfo", "id_token", "sub", "acr", SURROGATE, "\x00",
)  # fmt: skip

text = st.sampled_from(TEXTS) | st.text(st.characters(exclude_categories=()), max_size=8)
scalar = st.none() | st.booleans() | st.sampled_from(NUMBERS) | text
value = st.recursive(
    scalar,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(NAMES) | text, inner, max_size=4)
    ),
    max_leaves=12,
)
NO_JSON = (
    "",
    "{",
    "NaN",
    '{"a":Infinity}',
    '{"a":1,"a":2}',
    "[" * 5_000,
    "9" * 5_000,
    '{"a":1e999}',
)


def written(of: st.SearchStrategy[Any]) -> st.SearchStrategy[str]:
    """Return values as JSON texts, and texts that are none."""
    return of.map(json.dumps) | st.sampled_from(NO_JSON)


def changed(members: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return an object of which some members have another value, and some are new."""
    names = st.sampled_from(sorted(members)) | st.sampled_from(NAMES)
    others = st.dictionaries(names, value, max_size=3)
    return others.map(lambda other: {**members, **other})
