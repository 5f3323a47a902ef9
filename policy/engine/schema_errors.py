"""What Cedar's validator says of a policy, in words for its author and with a place in the text."""

import re
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from re import Match
from typing import Any

import cedarpy

from scopeward_guard.cedar.authoring import Shapes, Statement, Token

_PREFIX = re.compile(r"^for policy `[^`]*`, ")
_OPENING, _CLOSING = {"(", "{", "["}, {")", "}", "]"}
Said = tuple[str, str]
"""What to look for in the text, and the sentence."""


def schema_problems(
    statement: Statement, schema: cedarpy.Schema, shapes: Shapes
) -> Iterator[tuple[Token, str]]:
    """Yield where and why the schema does not allow a policy that can be read."""
    messages = _messages(statement.text, schema)
    specific = [message for message in messages if "applicable action" not in message]
    seen = set()
    for message in specific or messages:
        sought, sentence = _said(message, shapes)
        region = _region(statement, message, schema)
        problem = statement.find(sought, region) or region[0], sentence
        if problem not in seen:
            seen.add(problem)
            yield problem


def _messages(text: str, schema: cedarpy.Schema) -> list[str]:
    found = cedarpy.validate_policies(text, schema)
    return [_PREFIX.sub("", error.error) for error in found.errors]


def _region(statement: Statement, message: str, schema: cedarpy.Schema) -> tuple[Token, ...]:
    """Return the tokens of the part that already draws the message: the head, or one operand."""
    tokens, head, clauses = statement.tokens, *_clauses(statement)
    beginning = statement.up_to(head)
    if not clauses or message in _messages(f"{beginning};", schema):
        return tokens[:head] or tokens
    for opened, closed in clauses:
        keyword = tokens[opened - 1].text
        operand = opened + 1
        for end in _operand_ends(tokens, opened, closed):
            said = statement.source[tokens[opened + 1].start : tokens[end - 1].end]
            if message in _messages(f"{beginning} {keyword} {{ {said} }};", schema):
                return tokens[operand:end]
            operand = end + 1
    return tokens


def _clauses(statement: Statement) -> tuple[int, list[tuple[int, int]]]:
    """Return how many tokens the head has, and where the braces of each condition stand."""
    depth, head, opened, found = 0, 0, 0, []
    for place, token in enumerate(statement.tokens):
        if depth == 0 and token.text in {"when", "unless"}:
            head, opened = head or place, place + 1
        depth += (token.text in _OPENING) - (token.text in _CLOSING)
        if opened and place > opened and depth == 0 and token.text == "}":
            found.append((opened, place))
            opened = 0
    return head or len(statement.tokens) - 1, found


def _operand_ends(tokens: tuple[Token, ...], opened: int, closed: int) -> Iterator[int]:
    depth = 0
    for place in range(opened + 1, closed):
        text = tokens[place].text
        depth += (text in _OPENING) - (text in _CLOSING)
        if depth == 0 and text in {"&&", "||"}:
            yield place
    yield closed


def _said(message: str, shapes: Shapes) -> Said:
    for pattern, say in _SAYINGS:
        match = pattern.search(message)
        if match:
            return say(match, shapes)
    return "", f"{message[:1].upper()}{message[1:]}."


def _attribute(match: Match[str], shapes: Shapes) -> Said:
    name, kind = match[1], match[2]
    known = shapes.entities[kind].kinds if kind in shapes.entities else {}
    return name, f"{kind} has no attribute {name}.{_suggestion(name, known)}"


def _context_attribute(match: Match[str], shapes: Shapes) -> Said:
    known = {name: kind for shape in shapes.contexts.values() for name, kind in shape.kinds.items()}
    return match[1], f"The context has no attribute {match[1]}.{_suggestion(match[1], known)}"


def _optional(match: Match[str], _shapes: Shapes) -> Said:
    return match[1], f"{match[1]} may be missing: ask for it first, with `has {match[1]}`."


def _action(match: Match[str], shapes: Shapes) -> Said:
    return match[1], f"There is no action {match[2]}.{_suggestion(match[2], shapes.contexts)}"


def _entity_type(match: Match[str], shapes: Shapes) -> Said:
    return match[1], f"There is no type {match[1]}.{_suggestion(match[1], shapes.entities)}"


def _no_action(_match: Match[str], _shapes: Shapes) -> Said:
    return "action", "No action is for this principal and this resource: it could never apply."


def _wrong_type(match: Match[str], _shapes: Shapes) -> Said:
    return "", f"The types do not fit: {match[1]}."


def _extension(match: Match[str], _shapes: Shapes) -> Said:
    return match[1].rpartition(": ")[2].strip("`"), f"{match[1][:1].upper()}{match[1][1:]}."


def _suggestion(name: str, known: Mapping[str, Any]) -> str:
    close = get_close_matches(name, known, n=1)
    return f" Did you mean {close[0]}?" if close else ""


_SAYINGS: tuple[tuple[re.Pattern[str], Callable[[Match[str], Shapes], Said]], ...] = (
    (re.compile(r"attribute `([^`]+)` on entity type `([^`]+)` not found"), _attribute),
    (re.compile(r"access to optional attribute `([^`]+)`"), _optional),
    (re.compile(r"attribute `([^`]+)` in context"), _context_attribute),
    (re.compile(r"unrecognized action `([^\"`]*+\"([^\"]*+)\")`"), _action),
    (re.compile(r"unrecognized entity type `([^`]+)`"), _entity_type),
    (re.compile(r"unable to find an applicable action"), _no_action),
    (re.compile(r"unexpected type: (.*)"), _wrong_type),
    (re.compile(r"extension function argument validation: (.*)"), _extension),
)
