"""What an export contains: the columns of each kind of row, and their form in CSV and JSON."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db.models import QuerySet

GRANT = {
    "grant_id": "pk",
    "person_id": "user_id",
    "username": "user__username",
    "client_id": "client__client_id",
    "application": "client__name",
    "scopes": "scopes",
    "withheld_claims": "withheld_claims",
    "version": "version",
    "created_at": "created_at",
    "updated_at": "updated_at",
    "revoked_at": "revoked_at",
}
DECISION = {
    "person_id": "user_id",
    "username": "user__username",
    "client_id": "client__client_id",
    "application": "client__name",
    "grant_id": "grant_id",
    "scope": "scope",
    "outcome": "outcome",
    "state": "state",
    "decided_at": "decided_at",
    "expires_at": "expires_at",
    "withheld_claims": "withheld_claims",
    "text_version": "text_version",
    "locale": "locale",
    "acr": "acr",
    "address": "address",
    "user_agent": "user_agent",
}
APPROVAL = {
    "approval_id": "pk",
    "code": "binding_code",
    "person_id": "requester_id",
    "username": "requester__username",
    "client_id": "client__client_id",
    "application": "client__name",
    "resource_server": "audience",
    "type": "type",
    "detail": "canonical",
    "state": "state",
    "is_emergency": "is_break_glass",
    "justification": "justification",
    "reason": "reason",
    "rows": "row_count",
    "policy_version": "policy_rev",
    "created_at": "created_at",
    "approved_at": "approved_at",
    "decided_at": "decided_at",
    "executed_at": "reported_at",
    "grant_id": "grant_id",
}
ACT = {
    "number": "number",
    "act_id": "pk",
    "at": "at",
    "kind": "kind",
    "actor": "actor",
    "actor_id": "personal__actor_id",
    "person_id": "personal__person_id",
    "username": "personal__person__username",
    "client_id": "client__client_id",
    "application": "client__name",
    "grant_id": "grant_id",
    "scope": "scope",
    "text_version": "text_version",
    "locale": "locale",
    "acr": "acr",
    "address": "personal__address",
    "user_agent": "personal__user_agent",
    "reason": "personal__reason",
    "object": "object_kind",
    "object_key": "object_key",
    "detail": "detail",
    "changes_of_people": "personal__changes",
    "personal_digest": "personal_digest",
    "hash": "hash",
}
CHANGE = {
    name: ACT[name]
    for name in (
        *("number", "act_id", "at", "kind", "actor", "actor_id", "object", "object_key"),
        *("person_id", "username", "detail", "changes_of_people", "reason", "address"),
        *("user_agent", "personal_digest", "hash"),
    )
}
"""`detail` has what was before and what is after, but for what is about people."""
POLICY_DECISION = {
    "reference": "reference",
    "decided_at": "decided_at",
    "permit": "permit",
    "source": "source",
    "resource_server": "audience",
    "client_id": "client_id",
    "application": "application",
    "subject_type": "subject_type",
    "subject": "subject",
    "action": "action",
    "resource_type": "resource_type",
    "resource": "resource",
    "reasons": "reasons",
    "policies": "policies",
    "obligations": "obligations",
    "remedy": "remedy",
    "revision": "revision",
    "question": "evaluation",
}
CHUNK = 1_000
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A spreadsheet takes a cell that begins with one of these for a formula."""


def rows_of(queryset: QuerySet[Any], columns: Mapping[str, str]) -> Iterator[Sequence[Any]]:
    """Yield the values of the columns, the oldest row first, a chunk of rows at a time.

    Each chunk is a statement of its own that goes on where the one before ended, by the index that
    the list is ordered by: a cursor over millions of rows would sort them all before the first.
    What changes meanwhile moves to the end: nothing is left out, but it may come a second time.
    """
    column = str(queryset.query.order_by[0]).removeprefix("-")
    rows = queryset.order_by(column, "pk").values_list(column, "pk", *columns.values())
    rest = rows
    while chunk := list(rest[:CHUNK]):
        for _at, _key, *values in chunk:
            yield values
        at, key = chunk[-1][:2]
        rest = rows.filter(**{f"{column}__gte": at}).exclude(**{column: at, "pk__lte": key})


def json_value(value: Any) -> Any:
    """Return a value as JSON has it: times in UTC (RFC 3339), identifiers as text."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if value is None or isinstance(value, str | int | bool | list | dict):
        return value
    return str(value)


def csv_value(value: Any) -> str:
    """Return a value as the text of a cell that no spreadsheet evaluates."""
    plain = json_value(value)
    if plain is None:
        return ""
    if isinstance(plain, list | dict):
        plain = json.dumps(plain, ensure_ascii=False, sort_keys=True)
    text = str(plain)
    # A text is marked by an apostrophe in front (OWASP, CSV injection); numbers stay numbers.
    is_text = not isinstance(plain, int)
    return f"'{text}" if is_text and text.startswith(FORMULA_STARTS) else text
