"""Decision logs of OPA, as the decision log takes them.

https://www.openpolicyagent.org/docs/management-decision-logs. What a real OPA may leave out, or let
its operator change, is taken as it comes; what is kept of it is the decision log's own affair.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from policy.decision_log.entries import DecisionEntry
from policy.decision_log.services import entry_of
from policy.opa.uploads import MalformedLogError, events_of
from scopeward_guard.vocabulary import (
    Action,
    Decision,
    Entity,
    Evaluation,
    MalformedError,
    check_bounds,
    parse_decision,
)

MAX_TEXT = 255

_NANOSECONDS = re.compile(r"(\.\d{6})\d+")
Json = Mapping[str, Any]


def read_upload(body: bytes, *, encoding: str, audience: str) -> list[DecisionEntry]:
    """Return the decisions of an upload; raises `MalformedLogError`: all of them or none.

    `encoding` is the `Content-Encoding`, `audience` the resource server that sent it.
    """
    return list(_entries(events_of(body, encoding=encoding), audience))


def _entries(events: list[Any], audience: str) -> Iterator[DecisionEntry]:
    for event in events:
        decision_id = event.get("decision_id") if isinstance(event, dict) else None
        if not isinstance(decision_id, str) or not 0 < len(decision_id) <= MAX_TEXT:
            raise MalformedLogError("Every event must have a decision_id.")
        answer = _answer(event)
        caller = _object(_object(answer, "context"), "caller")
        yield entry_of(
            _evaluation(_object(event, "input"), caller),
            _decision(answer, event),
            source="opa",
            audience=audience,
            decision_id=decision_id,
            decided_at=_time(event),
            client_id=_text(caller, "client_id"),
        )


def _evaluation(asked: Json, caller: Json) -> Evaluation:
    """Return the question; of a token that OPA verified, only the answer says whose it is."""
    subject = _entity(_object(asked, "subject"))
    return Evaluation(
        subject=_entity(caller) if _text(caller, "id") else subject,
        action=Action(name=_text(_object(asked, "action"), "name")),
        resource=_entity(_object(asked, "resource")),
        context=_facts(asked, "context"),
    )


def _answer(event: Json) -> Json:
    """Return the result as an object; a rule may be just true. Only a clear yes is one."""
    result = _object(event, "result")
    permit = event.get("result") is True or result.get("decision") is True
    return {"decision": permit, "context": _facts(result, "context")}


def _decision(answer: Json, event: Json) -> Decision:
    told = {"policy_rev": _revision(event), **answer["context"]}
    if path := _text(event, "path"):
        told = {"policies": [path], **told}
    try:
        return parse_decision({**answer, "context": told})
    except MalformedError:
        return Decision(permit=answer["decision"])


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


def _entity(said: Json) -> Entity:
    return Entity(
        type=_text(said, "type"), id=_text(said, "id"), properties=_facts(said, "properties")
    )


def _object(members: Json, name: str) -> Json:
    value = members.get(name)
    return value if isinstance(value, dict) else {}


def _facts(members: Json, name: str) -> Json:
    """Return a member that is an object, empty when it goes beyond all bounds."""
    value = _object(members, name)
    try:
        check_bounds(value)
    except MalformedError:
        return {}
    return value


def _text(members: Any, name: str) -> str:
    value = members.get(name) if isinstance(members, dict) else None
    return value[:MAX_TEXT] if isinstance(value, str) else ""
