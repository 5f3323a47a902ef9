"""An evaluation as Cedar is asked it: request, entities, and the same facts for words."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from scopeward_guard.authzen import Entity, Evaluation
from scopeward_guard.cedar.catalogue import LabelCatalogue
from scopeward_guard.cedar.document import PolicyDocument
from scopeward_guard.cedar.shapes import Shape, Shapes, shapes_of, type_name

Json = Mapping[str, Any]
_UNKNOWN = Shape({})


@dataclass(frozen=True, slots=True)
class Question:
    """What Cedar is asked. `facts` are `{"principal": {…}, "resource": {…}, "context": {…}}`."""

    request: dict[str, Any]
    entities: list[dict[str, Any]]
    facts: Mapping[str, Json]


class Questions:
    """Turns evaluations into questions, by one document's schema, catalogue and time zone."""

    def __init__(self, document: PolicyDocument) -> None:
        self.shapes: Shapes = shapes_of(document.schema)
        self._catalogue = LabelCatalogue(document.labels, document.default_sensitivity)
        self._assurance = {acr: place for place, acr in enumerate(document.acr_levels, 1)}
        self._zone = ZoneInfo(document.timezone)

    def of(self, evaluation: Evaluation) -> Question:
        """Return the question. What the schema does not know is left out of it."""
        principal = self._entity(evaluation.subject, {"clearance": 0})
        resource = self._entity(evaluation.resource, self._catalogued(evaluation.resource))
        context = self._context(evaluation)
        return Question(
            request={
                "principal": principal["uid"],
                "action": {"type": "Action", "id": evaluation.action.name},
                "resource": resource["uid"],
                "context": context,
            },
            entities=[principal, resource] if principal["uid"] != resource["uid"] else [principal],
            facts={
                "principal": principal["attrs"],
                "resource": resource["attrs"],
                "context": context,
            },
        )

    def _entity(self, entity: Entity, known: Json) -> dict[str, Any]:
        kind = type_name(entity.type)
        shape = self.shapes.entities.get(kind, _UNKNOWN)
        said = {**known, **entity.properties, "id": entity.id}
        return {
            "uid": {"type": kind, "id": entity.id},
            "attrs": shape.filled(said),
            "parents": [
                {"type": parent, "id": name}
                for parent in shape.parents
                for name in said.get(f"{parent.lower()}s", ())
                if isinstance(name, str)
            ],
        }

    def _catalogued(self, resource: Entity) -> Json:
        """Return what the catalogue says; a caller may say it too, and knows its own data."""
        said = resource.properties
        columns, tables = said.get("columns"), said.get("tables")
        names = [*(columns or ()), *(_without_columns(tables or (), columns or ()))]
        facts = self._catalogue.facts(names or [resource.id])
        return {
            "sensitivity": facts.sensitivity,
            "most_sensitive": facts.most_sensitive,
            "owners": facts.owners,
            "tags": facts.tags,
        }

    def _context(self, evaluation: Evaluation) -> dict[str, Any]:
        said = evaluation.context
        seconds = said.get("time")
        if isinstance(seconds, bool) or not isinstance(seconds, int | float):
            seconds = time.time()
        moment = datetime.fromtimestamp(seconds, self._zone)
        shape = self.shapes.contexts.get(evaluation.action.name, _UNKNOWN)
        return shape.filled(
            {
                "approved": False,
                "emergency": False,
                **said,
                "time": seconds,
                "hour": moment.hour,
                "weekday": moment.isoweekday(),
                "assurance": self._assurance.get(said.get("acr", ""), 0),
            }
        )


def _without_columns(tables: Any, columns: Any) -> list[str]:
    read = {column.rpartition(".")[0] for column in columns}
    return [table for table in tables if table not in read]
