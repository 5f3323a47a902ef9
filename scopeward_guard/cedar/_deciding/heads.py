"""What the head of a policy demands of who asks, what for, and of what.

A policy whose head does not fit is false before Cedar reads any of its conditions: it decides
nothing, and nothing in it can fail. So whoever leaves it out changes no answer. What a head says in
a way that is not known here fits everything.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scopeward_guard.cedar._deciding.question import ACTION, Question, Uid
from scopeward_guard.cedar._language.rules import Rule

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """A question as heads see it: the entities, and everything that these are in, themselves too.

    Two entities are all that Cedar is told of: what they are in is in nothing, unless it is the
    other one of the two.
    """

    action: str
    principal: Uid
    resource: Uid
    around_principal: frozenset[Uid]
    around_resource: frozenset[Uid]

    @property
    def kinds(self) -> tuple[str, str, str]:
        """The action, and the types of principal and resource."""
        return self.action, self.principal[0], self.resource[0]


@dataclass(frozen=True, slots=True)
class HeadDemand:
    """What a head demands of principal or resource: a type, an entity, or a group to be in."""

    kind: str | None = None
    entity: Uid | None = None
    group: Uid | None = None

    @property
    def named(self) -> Uid | None:
        """The entity that it names; only questions with that one around them can fit."""
        return self.entity or self.group

    def takes(self, kind: str) -> bool:
        """Whether something of that type can fit."""
        return self.kind in (None, kind) and (self.entity is None or self.entity[0] == kind)

    def fits(self, uid: Uid, around: frozenset[Uid]) -> bool:
        """Whether it is met, by Cedar's meaning of `is`, `==` and `in`."""
        return (
            self.takes(uid[0])
            and self.entity in (None, uid)
            and (self.group is None or self.group in around)
        )


@dataclass(frozen=True, slots=True)
class PolicyHead:
    """The head of one policy. `actions` has every action that fits; None is any."""

    actions: frozenset[str] | None
    principal: HeadDemand
    resource: HeadDemand

    def takes(self, action: str, principal: str, resource: str) -> bool:
        """Whether a question of this action and these types can fit."""
        return self.concerns(action, resource) and self.principal.takes(principal)

    def concerns(self, action: str, resource: str) -> bool:
        """Whether a question of this action about something of this type can fit."""
        return (self.actions is None or action in self.actions) and self.resource.takes(resource)

    def is_near(self, place: Place) -> bool:
        """Whether action and resource fit, whoever asks."""
        return (self.actions is None or place.action in self.actions) and self.resource.fits(
            place.resource, place.around_resource
        )

    def fits(self, place: Place) -> bool:
        """Whether all of it is met."""
        return self.is_near(place) and self.principal.fits(place.principal, place.around_principal)


class PolicyHeads:
    """Reads the heads of policies, by one schema's groups of actions."""

    def __init__(self, schema: Json) -> None:
        declared: Json = schema[""]["actions"]
        self._in = {
            name: {name, *_groups_of(name, declared, frozenset({name}))} for name in declared
        }
        self._met: dict[PolicyHead, PolicyHead] = {}

    def of(self, rule: Rule) -> PolicyHead:
        """Return the head of a policy, the same for all that have the same."""
        parsed = rule.parsed
        head = PolicyHead(
            self._actions(parsed["action"]),
            _demand(parsed["principal"]),
            _demand(parsed["resource"]),
        )
        return self._met.setdefault(head, head)

    def _actions(self, scope: Json) -> frozenset[str] | None:
        named = [*scope.get("entities", ()), *([scope["entity"]] if "entity" in scope else [])]
        uids = [_uid(entity) for entity in named]
        if scope.get("op") not in {"==", "in"} or not all(uid and uid[0] == ACTION for uid in uids):
            return None
        names = {uid[1] for uid in uids if uid}
        if scope["op"] == "==":
            return frozenset(names)
        return frozenset(action for action, groups in self._in.items() if groups & names)


def place_of(question: Question) -> Place:
    """Return a question as heads see it."""
    principal, resource = question.sides
    around_principal, around_resource = principal.within, resource.within
    if principal.key == resource.key:
        around_resource = around_principal  # of the two, Cedar is told of the principal only
    elif resource.key in around_principal:
        around_principal |= around_resource
    elif principal.key in around_resource:
        around_resource |= around_principal
    return Place(
        question.request["action"]["id"],
        principal.key,
        resource.key,
        around_principal,
        around_resource,
    )


def _demand(scope: Json) -> HeadDemand:
    operator, kind = scope.get("op"), scope.get("entity_type")
    if operator == "is":
        group = scope.get("in")
        return HeadDemand(kind=kind, group=_uid(group["entity"]) if group else None)
    named = _uid(scope.get("entity", {}))
    if operator == "==":
        return HeadDemand(entity=named)
    return HeadDemand(group=named) if operator == "in" else HeadDemand()


def _uid(entity: Json) -> Uid | None:
    found = entity.get("__entity", entity)
    return (found["type"], found["id"]) if "type" in found and "id" in found else None


def _groups_of(name: str, declared: Json, seen: frozenset[str]) -> Iterator[str]:
    for group in declared.get(name, {}).get("memberOf") or ():
        found = group["id"]
        yield found
        if found not in seen:
            yield from _groups_of(found, declared, seen | {found})
