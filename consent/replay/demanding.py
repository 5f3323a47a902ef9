"""Where a yes was signed, at the time: as types and rules were set then, by the acts about them.

Whoever switches a demand off, stores an approval without it and switches it on again has to write
acts of both, which say so; without them the demand has been there all the time.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Model

from claims.catalogue.models import AuthorizationDetailsType
from claims.catalogue.patterns import ANYTHING, touched
from consent.approvals.models import ApprovalRule
from foundation.journal.chain.rows import ChainRow
from foundation.journal.changes.telling import values_of
from foundation.journal.models import Kind

SETTING = (Kind.CREATED, Kind.FOUND, Kind.CHANGED, Kind.REMOVED)
BEFORE_ALL = datetime.min.replace(tzinfo=UTC)
SETTLED = timedelta(minutes=1)
"""So long after a change other processes may still go by what was before it."""


def _label(model: type[Model]) -> str:
    return model._meta.label_lower  # noqa: SLF001 - documented


TYPE, RULE = _label(AuthorizationDetailsType), _label(ApprovalRule)


@dataclass(frozen=True)
class Requested:
    """What was asked for, as far as a demand goes by it."""

    type: str
    audience: str
    datatypes: Collection[str]
    at: datetime


@dataclass
class SettingCourse:
    """What the acts say of one type or rule, one after another; None: it is not there."""

    steps: list[tuple[datetime, dict[str, Any] | None]] = field(default_factory=list)

    def set(self, at: datetime, kind: Kind, changes: Mapping[str, Any]) -> None:
        """Go on by one act; what it was before is known of columns that it says."""
        if kind == Kind.CHANGED and not self.steps:
            self.steps.append((BEFORE_ALL, {}))  # how it was made is in no act that was seen
        known = [values for _, values in self.steps if values is not None]
        for values in known if kind == Kind.CHANGED else ():
            values |= {name: pair[0] for name, pair in changes.items() if name not in values}
        before = (self.steps[-1][1] if self.steps else None) or {}
        made = {**before, **{name: pair[1] for name, pair in changes.items()}}
        self.steps.append((at, None if kind == Kind.REMOVED else made))

    def around(self, at: datetime) -> list[dict[str, Any] | None]:
        """Return how it was at that moment, and how until shortly before."""
        settled = [values for since, values in self.steps if since <= at - SETTLED]
        recent = [values for since, values in self.steps if at - SETTLED < since <= at + SETTLED]
        return [*(settled[-1:] or [None]), *recent]


class DemandsOverTime:
    """Sees the acts about types and rules."""

    def __init__(self) -> None:
        """Begin without any."""
        self._courses: dict[str, dict[str, SettingCourse]] = defaultdict(
            lambda: defaultdict(SettingCourse)
        )

    def take(self, row: ChainRow) -> None:
        """Remember what the act says of a type or a rule."""
        said, kind = row.act["detail"], Kind(row.act["kind"])
        if kind in SETTING and said.get("model") in {TYPE, RULE} and said.get("row"):
            at = datetime.fromisoformat(row.act["at"])
            self._courses[said["model"]][said["row"]].set(at, kind, said["changes"])

    def wanted_signature(self, asked: Requested) -> bool:
        """Say whether a type or a rule wanted a signature, beyond doubt, when this was asked."""
        return any(
            all(wants(_whole(values, model, key), asked) for values in course.around(asked.at))
            for model, wants in (
                (AuthorizationDetailsType, _type_wants),
                (ApprovalRule, _rule_wants),
            )
            for key, course in self._courses[_label(model)].items()
            if any(values and values.get("needs_signature") for _, values in course.steps)
        )


def _whole(values: dict[str, Any] | None, model: type[Model], key: str) -> Mapping[str, Any] | None:
    """Return all columns: of those of which no act speaks, what they are."""
    if values is None or "type" in values:
        return values
    row = model._base_manager.filter(pk=key).first()  # noqa: SLF001 - documented
    return {**(values_of(row) if row else {}), **values}


def _type_wants(values: Mapping[str, Any] | None, asked: Requested) -> bool:
    if not values or values.get("type") != asked.type:
        return False
    return values.get("needs_signature") is True


def _rule_wants(values: Mapping[str, Any] | None, asked: Requested) -> bool:
    if not values or not values.get("is_active") or not values.get("needs_signature"):
        return False
    is_about = values.get("type") in {"", asked.type}
    is_there = values.get("resource_server") in {"", asked.audience}
    names = list(asked.datatypes) or [ANYTHING]
    return is_about and is_there and bool(touched(str(values.get("pattern")), names))
