"""Policy text as pages show it: by line, and what two versions differ in."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import unified_diff

from policy.engine.validation import Problem
from scopeward_guard.cedar.authoring import Statement, place_of, statements_of


@dataclass(frozen=True)
class Line:
    """One line, counted from 1, with what is wrong in it."""

    number: int
    text: str
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Difference:
    """One line of a unified diff: `added`, `removed`, `same`, or the `place` of what follows."""

    kind: str
    text: str


def numbered(text: str, problems: Iterable[Problem] = ()) -> list[Line]:
    """Return the lines of a text, each with its problems."""
    found = list(problems)
    return [
        Line(number, line, tuple(problem for problem in found if problem.line == number))
        for number, line in enumerate(text.split("\n"), 1)
    ]


def marked(text: str, problems: Iterable[Problem]) -> list[tuple[Problem, str, str]]:
    """Return each problem with its line and a second line that points at the column."""
    lines = text.split("\n")
    return [
        (problem, line.replace("\t", " "), " " * (problem.column - 1) + "^")
        for problem in problems
        for line in [lines[problem.line - 1] if problem.line <= len(lines) else ""]
    ]


def difference(before: str, after: str) -> list[Difference]:
    """Return the unified diff of two texts; empty when they are the same."""
    kinds = {"+": "added", "-": "removed", "@": "place", " ": "same"}
    lines = unified_diff(before.split("\n"), after.split("\n"), lineterm="")
    # The first two name the files, and there are none.
    return [
        Difference(kinds[line[0]], line) for number, line in enumerate(lines) if number > 1 and line
    ]


def places(text: str) -> dict[str, int]:
    """Return the line in which each policy begins, by its id."""
    return {
        name: place_of(text, statement.start)[0]
        for statement in statements_of(text)
        for name in [_name(statement)]
        if name
    }


def under_free_ids(text: str, more: str) -> str:
    """Return policies that may follow `text`: an id that it has already gets a number."""
    taken = set(places(text))
    for name in places(more):
        free = next(candidate for candidate in _candidates(name) if candidate not in taken)
        if free != name:
            more = more.replace(f"@id({json.dumps(name)})", f"@id({json.dumps(free)})")
    return more


def _candidates(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name}-{number}"
        number += 1


def _name(statement: Statement) -> str:
    tokens = [token.text for token in statement.tokens]
    for place in range(len(tokens) - 3):
        if tokens[place : place + 3] == ["@", "id", "("] and tokens[place + 3].startswith('"'):
            return tokens[place + 3][1:-1]
    return ""
