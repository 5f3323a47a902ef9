"""A set of policies that was parsed and validated, under our ids, with what is annotated on them.

Loading is done beside requests that must not wait for it. Most of the work is Cedar's, which keeps
Python's lock while it turns text into JSON: so each policy is read by itself, one that was there
before not at all, and others are let in between; what Cedar does without the lock it does at once.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import cedarpy

from scopeward_guard._base.unhurried import unhurried
from scopeward_guard.cedar._language.compiling import policy_set
from scopeward_guard.cedar._language.document import PolicyDocument
from scopeward_guard.cedar._language.expressions import Fact, limits_of
from scopeward_guard.cedar._language.projection import projected
from scopeward_guard.cedar._language.rules import PolicyError, Rule, read_rule
from scopeward_guard.cedar._language.scanner import (
    LONGEST,
    Statement,
    excess_of,
    place_of,
    statements_of,
)
from scopeward_guard.cedar._language.shapes import Shapes, group_fact, shapes_of

Json = Mapping[str, Any]
PERSON = "User"
TOO_LONG = "The text is too long."
TOO_DEEP = "A chain of && or || is too long: write a set, or several policies."
UNREADABLE = "Between the policies is something that is none."


@dataclass(frozen=True, slots=True)
class Rules:
    """All policies of a document, as Cedar's handles and by id, and what they speak of.

    `asked` are the attributes that conditions need, `known` those and what reasons and obligations
    need, `names` what these are called; `schema` declares exactly what is asked. `by_text` has the
    policies by how they are written, and `source` is what they were loaded from.
    """

    source: PolicyDocument
    handle: cedarpy.PolicySet
    schema: cedarpy.Schema
    by_id: Mapping[str, Rule]
    by_text: Mapping[str, Rule]
    asked: Shapes
    known: Shapes
    names: frozenset[str]
    asks_for_groups: bool

    @property
    def facts_about_people(self) -> frozenset[str]:
        """The names of the facts about a person that some policy speaks of."""
        shape = self.known.entities.get(PERSON)
        if shape is None:
            return frozenset()
        groups = map(group_fact, shape.parents) if self.asks_for_groups else ()
        return (frozenset(shape.kinds) | frozenset(groups)) - {"id"}

    def limits_of(self, fact: Fact) -> frozenset[int]:
        """Return the numbers, none negative, up to which `fact` is one thing to some policy."""
        speaking = (rule for rule in self.by_id.values() if fact.name in rule.asked)
        found = (limit for rule in speaking for limit in limits_of(fact, rule.parsed["conditions"]))
        return frozenset(limit for limit in found if limit >= 0)

    def are_of(self, document: PolicyDocument) -> bool:
        """Whether loading that document would come to the same."""
        mine = self.source
        return self.are_checked_as(document) and mine.policies == document.policies

    def are_checked_as(self, document: PolicyDocument) -> bool:
        """Whether a policy that is right here is right there."""
        return self.source.schema == document.schema and self.source.data == document.data


def load(document: PolicyDocument, before: Rules | None = None) -> Rules:
    """Parse and validate the policies of a document; raises `PolicyError`.

    What `before` has in common with it is taken from there.
    """
    _check_time_zone(document)
    if before is not None and before.are_of(document):
        return before
    by_text = _read(document, before)
    by_id = _named(by_text.values())
    asked = frozenset[str]().union(*(rule.asked for rule in by_id.values()))
    names = asked.union(*(rule.told for rule in by_id.values()))
    cut = projected(document.schema, asked)
    return Rules(
        source=document,
        handle=_handle(by_id.values()),
        schema=cedarpy.Schema.from_json_str(json.dumps(cut)),
        by_id=MappingProxyType(by_id),
        by_text=MappingProxyType(by_text),
        asked=shapes_of(cut),
        known=shapes_of(projected(document.schema, names)),
        names=names,
        asks_for_groups=any(rule.asks_for_groups for rule in by_id.values()),
    )


def _check_time_zone(document: PolicyDocument) -> None:
    try:
        ZoneInfo(document.timezone)
    except (LookupError, ValueError, OSError) as error:
        raise PolicyError(str(error)) from error


def _read(document: PolicyDocument, before: Rules | None) -> dict[str, Rule]:
    """Return the policies by their texts, if nothing speaks against deciding by them."""
    if len(document.policies) > LONGEST:
        raise PolicyError(TOO_LONG)
    known = before.by_text if before is not None and before.are_checked_as(document) else {}
    try:
        schema = cedarpy.Schema.from_json_str(json.dumps(document.schema))
        shapes_of(document.schema)
        texts = _texts(document.policies)
        read = {
            text: known.get(text) or read_rule(text, document.data) for text in unhurried(texts)
        }
    except PolicyError:
        raise
    except (LookupError, ValueError, TypeError, AttributeError, OSError, RecursionError) as error:
        raise PolicyError(str(error)) from error
    if len(read) < len(texts):
        raise PolicyError("A policy is there twice")
    _validate([text for text in texts if text not in known], schema)
    return read


def _validate(texts: list[str], schema: cedarpy.Schema) -> None:
    found = cedarpy.validate_policies("\n".join(texts), schema, release_gil=True)
    if not found.validation_passed:
        raise PolicyError(*(str(problem) for problem in found.errors))


def _texts(source: str) -> list[str]:
    """Return the text of each policy. What is between them Cedar must call nothing, too."""
    texts, between, at = [], [], 0
    for statement in unhurried(statements_of(source)):
        _check_size(statement)
        texts.append(statement.text)
        between.append(source[at : statement.start])
        at = statement.start + len(statement.text)
    nothing = cedarpy.policies_to_json_str("\n".join([*between, source[at:]]))
    if any(json.loads(nothing).values()):
        raise PolicyError(UNREADABLE)
    return texts


def _check_size(statement: Statement) -> None:
    excess = excess_of(statement)
    if excess:
        line, column = place_of(statement.source, excess[0].start)
        raise PolicyError(f"{line}:{column} {excess[1]}")


def _handle(rules: Iterable[Rule]) -> cedarpy.PolicySet:
    try:
        return policy_set(rules)
    except ValueError as error:
        raise PolicyError(TOO_DEEP) from error


def _named(rules: Iterable[Rule]) -> dict[str, Rule]:
    """Return the policies by their `@id`: what a decision names must be what an author wrote."""
    named: dict[str, Rule] = {}
    for rule in rules:
        if rule.id in named:
            raise PolicyError(f"[{rule.id}] is there twice")
        named[rule.id] = rule
    return named
