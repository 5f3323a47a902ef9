"""An evaluation as Cedar is asked it: request, entities, and the same facts for words.

Who may say what:

- The catalogue has the last word on the data it has labels for. Whoever asks may add tags, and
  call data more sensitive than the catalogue does, never less; owners it may name only of data
  without a label.
- What is known of a resource has to be said: a query without `tables` is not one that reads
  nothing. What is not said of a principal it does not have: no roles, clearance 0. That is how it
  is decided, and not how it is told: see `releases`.
- An approval of exactly this stands for the scopes that it would have taken: nothing that a scope
  permits is as narrow.
- Hour, weekday and assurance are worked out here.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from scopeward_guard._authzen import Entity, Evaluation
from scopeward_guard._base.errors import MalformedError
from scopeward_guard.cedar._deciding.catalogue import LABELLED, LabelCatalogue, labelled, names_of
from scopeward_guard.cedar._deciding.times import Moments
from scopeward_guard.cedar._language.document import PolicyDocument
from scopeward_guard.cedar._language.policies import Rules
from scopeward_guard.cedar._language.shapes import Shape, group_fact, read, shapes_of, type_name

Json = Mapping[str, Any]
Uid = tuple[str, str]
"""Type and id of an entity."""
FIELD = "Field"
ACTION = "Action"


@dataclass(frozen=True, slots=True)
class Side:
    """Principal or resource: what is known of it, and the entity that Cedar is told of."""

    facts: Json
    entity: Json

    @property
    def key(self) -> Uid:
        """Its type and id."""
        return _key_of(self.entity["uid"])

    @property
    def within(self) -> frozenset[Uid]:
        """Itself, and what it is said to be in."""
        return frozenset(map(_key_of, (self.entity["uid"], *self.entity["parents"])))


@dataclass(frozen=True, slots=True)
class Question:
    """What Cedar is asked. `facts` are `{"principal": {…}, "resource": {…}, "context": {…}}`.

    `sides` are principal and resource.
    """

    request: dict[str, Any]
    entities: str
    facts: Mapping[str, Json]
    sides: tuple[Side, Side]


class Questions:
    """Turns evaluations into questions, by one document's schema, catalogue and time zone."""

    def __init__(self, document: PolicyDocument, rules: Rules) -> None:
        self._asked, self._known = rules.asked, rules.known
        self._declared = shapes_of(document.schema)
        self._groups = rules.asks_for_groups
        self._catalogue = LabelCatalogue(document.labels, document.default_sensitivity)
        self._moments = Moments(document.timezone, document.acr_levels, rules.names)
        self._clearances = {name: place for place, name in enumerate(document.clearance_levels)}

    def of(self, evaluation: Evaluation, beside: Question | None = None) -> Question:
        """Return the question; raises `MalformedError` for one that cannot be decided.

        What no policy speaks of is left out of it. `beside` is a question about the same two, of
        which only the context was another.
        """
        action = evaluation.action.name
        if action not in self._known.contexts:
            raise MalformedError("there is no such action")
        principal, resource = beside.sides if beside else self._sides(evaluation)
        moment = self._moments.completed(_standing_for_scopes(evaluation))
        context = self._known.contexts[action].filled(moment, "context")
        asked_context = _only(context, self._asked.contexts[action])
        request = {
            "principal": principal.entity["uid"],
            "action": {"type": ACTION, "id": action},
            "resource": resource.entity["uid"],
            "context": json.dumps(asked_context),
        }
        entities = beside.entities if beside else _as_told(principal, resource)
        facts = {"principal": principal.facts, "resource": resource.facts, "context": context}
        return Question(request, entities, facts, (principal, resource))

    def _sides(self, evaluation: Evaluation) -> tuple[Side, Side]:
        return (
            self._side("principal", evaluation.subject, self._said_of_principal),
            self._side("resource", evaluation.resource, self._said_of_resource),
        )

    def _side(self, of: str, entity: Entity, said_of: Callable[[Entity, Shape], Json]) -> Side:
        kind = type_name(entity.type)
        shape = self._known.entities.get(kind)
        if shape is None:
            raise MalformedError(f"there is no such type of {of}")
        said = {**said_of(entity, shape), "id": entity.id}
        facts = shape.filled(said, of)
        uid = {"type": kind, "id": entity.id}
        parents = _parents(said, shape, of) if self._groups else []
        attributes = _only(facts, self._asked.entities[kind])
        return Side(facts, {"uid": uid, "attrs": attributes, "parents": parents})

    def _said_of_principal(self, entity: Entity, shape: Shape) -> Json:
        """Return what is known of a principal, with a clearance as a number."""
        said = {**entity.properties}
        for name, kind in shape.kinds.items():
            if kind == "Texts" and said.get(name) is None:
                said[name] = ()
        clearance = said.get("clearance")
        if clearance is None:
            said["clearance"] = 0
        elif isinstance(clearance, str):
            said["clearance"] = self._clearances.get(clearance, clearance)
        return said

    def _said_of_resource(self, entity: Entity, shape: Shape) -> Json:
        """Return what is known of a resource, the catalogue's word being the last."""
        said = entity.properties
        if LABELLED.isdisjoint(shape.kinds):
            return said
        kind = type_name(entity.type)
        # A field is what its id says, whatever table it is said to be of.
        named = [] if kind == FIELD else names_of(said, self._declared.entities[kind])
        return {**said, **labelled(said, self._catalogue.facts(tuple(named or [entity.id])))}


def _as_told(principal: Side, resource: Side) -> str:
    # Cedar takes no entity twice: who asks about oneself is asked about as a principal.
    sides = [principal, resource] if principal.key != resource.key else [principal]
    return json.dumps([side.entity for side in sides])


def _key_of(uid: Mapping[str, str]) -> Uid:
    return uid["type"], uid["id"]


def _standing_for_scopes(evaluation: Evaluation) -> Json:
    context = evaluation.context
    if context.get("approved") is not True:
        return context
    held, needed = context.get("scopes"), evaluation.resource.properties.get("scopes")
    if not (isinstance(held, list | tuple) and isinstance(needed, list | tuple)):
        return context
    return {**context, "scopes": [*held, *(scope for scope in needed if scope not in held)]}


def _only(facts: Json, shape: Shape) -> Json:
    """Return those facts that Cedar has to know, and not only whoever words the answer."""
    return {name: value for name, value in facts.items() if name in shape.kinds}


def _parents(said: Json, shape: Shape, of: str) -> list[dict[str, str]]:
    """Return the groups that something is in: a `User` in `Role` by what it has as `roles`."""
    named = [(parent, group_fact(parent)) for parent in shape.parents]
    return [
        {"type": parent, "id": group}
        for parent, name in named
        if said.get(name) is not None
        for group in read(said[name], "Texts", of, name)
    ]
