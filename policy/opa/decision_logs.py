"""Decision logs of OPA: from the bytes of an upload to decisions.

https://www.openpolicyagent.org/docs/management-decision-logs: a gzipped JSON array of events. What
a real OPA may leave out, or let its operator change, is taken as it comes.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from policy.opa.cleaning import kept, storable
from policy.opa.uploads import MalformedLogError, events_of

MAX_TEXT = 255
MAX_WORDS = 20
SOURCE = "opa"

_NANOSECONDS = re.compile(r"(\.\d{6})\d+")
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedDecision:
    """One decision that an OPA made; what it did not say is empty."""

    decision_id: str
    source: str
    audience: str
    subject: str
    action: str
    resource_type: str
    resource_id: str
    permit: bool
    reasons: tuple[str, ...]
    policies: tuple[str, ...]
    revision: str
    decided_at: datetime
    client_id: str
    raw_input: Json = field(repr=False)
    """Without tokens, whether or not OPA masked them."""
    raw_result: Json = field(repr=False)


def read_upload(body: bytes, *, encoding: str, audience: str) -> tuple[LoggedDecision, ...]:
    """Return the decisions of an upload, each id once; raises `MalformedLogError`.

    `encoding` is the `Content-Encoding`, `audience` the resource server that sent it.
    """
    events = events_of(body, encoding=encoding)
    decisions = {d.decision_id: d for d in _decisions(events, audience)}
    return tuple(decisions.values())


def _decisions(events: list[Any], audience: str) -> Iterator[LoggedDecision]:
    for event in events:
        decision_id = event.get("decision_id") if isinstance(event, dict) else None
        if not isinstance(decision_id, str) or not 0 < len(decision_id) <= MAX_TEXT:
            raise MalformedLogError("Every event must have a decision_id.")
        yield _decision(event, decision_id, audience)


def _decision(event: Json, decision_id: str, audience: str) -> LoggedDecision:
    asked, result = _object(event, "input"), event.get("result")
    answer = result if isinstance(result, dict) else {"decision": result is True}
    told = _object(answer, "context")
    subject, resource, caller = (
        _object(asked, "subject"), _object(asked, "resource"), _object(told, "caller"),
    )  # fmt: skip
    return LoggedDecision(
        decision_id=decision_id,
        source=SOURCE,
        audience=audience,
        subject=_text(caller, "id") or _text(subject, "id"),
        action=_text(_object(asked, "action"), "name"),
        resource_type=_text(resource, "type"),
        resource_id=_text(resource, "id"),
        # Only a clear yes is one.
        permit=answer.get("decision") is True,
        reasons=_texts(told, "reasons"),
        policies=_texts(told, "policies") or ((_text(event, "path"),) if event.get("path") else ()),
        revision=_text(told, "policy_rev") or _revision(event),
        decided_at=_time(event),
        client_id=_text(caller, "client_id") or _text(_object(asked, "context"), "client_id"),
        raw_input=kept(asked),
        raw_result=kept(answer),
    )


def _time(event: Json) -> datetime:
    """Return when it was decided; Go writes nanoseconds, which Python cannot read."""
    stamp = event.get("timestamp")
    try:
        at = datetime.fromisoformat(_NANOSECONDS.sub(r"\1", str(stamp)))
        return at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise MalformedLogError("Every event must have a timestamp (RFC 3339).") from error


def _revision(event: Json) -> str:
    bundles = _object(event, "bundles").values()
    return next((text for entry in bundles if (text := _text(entry, "revision"))), "")


def _object(members: Json, name: str) -> Json:
    value = members.get(name)
    return value if isinstance(value, dict) else {}


def _text(members: Any, name: str) -> str:
    value = members.get(name) if isinstance(members, dict) else None
    return storable(value[:MAX_TEXT]) if isinstance(value, str) else ""


def _texts(members: Json, name: str) -> tuple[str, ...]:
    values = members.get(name)
    listed = values[:MAX_WORDS] if isinstance(values, list) else []
    return tuple(storable(v[:MAX_TEXT]) for v in listed if isinstance(v, str))
