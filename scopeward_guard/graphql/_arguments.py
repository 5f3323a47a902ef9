"""What the arguments of a GraphQL field look at.

`users(where: {salary_gt: 100}) { name }` tells who earns more, and `orderBy: SALARY` who earns the
most, though the salary is not among the fields that are asked for. So whatever in an argument bears
the name of a field of what comes back counts as reading that field. Servers write their filters in
many ways; names are compared without capitals and underscores, what an operator adds at the end is
passed over, and a text counts word by word (`-salary`, `salary desc`, `salary>100`). A name, or a
text of one word, that is no field of what comes back (of a count, a sum, a yes or no) is looked for
in every type. So too much may be found rather than too little.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from graphql import GraphQLNamedType, GraphQLObjectType, GraphQLSchema, get_named_type
from graphql.type import is_composite_type

from scopeward_guard.graphql._size import refused

WRAPPERS = frozenset({"edges", "node", "nodes", "items", "results", "data", "rows", "records"})
"""Fields of a connection or page, behind which the things themselves are."""
MAX_LEVELS = 12
MOST_STEPS = 20_000
"""Values that are looked at in one request, each for each type that it may be about."""
WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*+")
DIRECTIONS = ("asc", "desc")


class ArgumentReads:
    """Looks at the arguments of one request; raises `RefusedError` where they are too many."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema, self._steps = schema, 0

    def of(self, arguments: Mapping[str, Any], returned: GraphQLNamedType | None) -> set[str]:
        """Return `Type.field` for every field that an argument names.

        `arguments` are JSON values, variables filled in; values of enumerations are strings.
        """
        search = _Search(self._schema, self._step)
        for kind in _things(self._schema, returned, MAX_LEVELS):
            search.look_at(arguments, kind, MAX_LEVELS)
        unknown = self._names(arguments) - search.known
        for kind in _own_types(self._schema) if unknown else ():
            search.find(kind, _begun_by(kind, unknown))
        return search.found

    def _names(self, arguments: Mapping[str, Any]) -> set[str]:
        names, seen, waiting = set[str](), set[int](), [arguments]
        while waiting:
            value: Any = waiting.pop()
            if id(value) in seen:
                continue
            seen.add(id(value))
            self._step()
            if isinstance(value, Mapping):
                names |= set(map(_plain, value))
                waiting.extend(value.values())
            elif isinstance(value, list | tuple):
                waiting.extend(value)
            elif isinstance(value, str) and WORD.fullmatch(value.lstrip("+-")):
                names.add(_plain(value.lstrip("+-")))
        return names

    def _step(self) -> None:
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise refused("too many values in its arguments")


class _Search:
    """Looks at each value once for each type that it may be about."""

    def __init__(self, schema: GraphQLSchema, step: Any) -> None:
        self._schema, self._step = schema, step
        self.found = set[str]()
        self.known = set[str]()
        """What is said that is a field of what comes back."""
        self._seen: set[tuple[int, str]] = set()

    def look_at(self, value: Any, kind: GraphQLObjectType, levels: int) -> None:
        if levels < 0 or (id(value), kind.name) in self._seen:
            return
        self._step()
        if isinstance(value, str):
            words = _words(value)
            self.known |= words & set(map(_plain, kind.fields))
            self.find(kind, words)
            return
        self._seen.add((id(value), kind.name))
        if isinstance(value, Mapping):
            for name, inner in value.items():
                self._look_behind(_plain(name), inner, kind, levels - 1)
        elif isinstance(value, list | tuple):
            for entry in value:
                self.look_at(entry, kind, levels - 1)

    def find(self, kind: GraphQLObjectType, names: set[str]) -> None:
        self.found |= {f"{kind.name}.{field}" for field in kind.fields if _plain(field) in names}

    def _look_behind(self, said: str, inner: Any, kind: GraphQLObjectType, levels: int) -> None:
        """Look at a member of an object: what it may be called, and what is inside it."""
        self.look_at(inner, kind, levels)
        begun = _begun_by(kind, [said])
        if begun:
            self.known.add(said)
        self.find(kind, begun)
        for field in [field for field in kind.fields if _plain(field) in begun]:
            for other in _things(self._schema, get_named_type(kind.fields[field].type), levels):
                self.look_at(inner, other, levels)


def _begun_by(kind: GraphQLObjectType, names: Iterable[str]) -> set[str]:
    """Return the fields of a type, as they are compared, with which one of the names begins."""
    fields = set(map(_plain, kind.fields))
    longest = max(map(len, fields), default=0)
    return fields & {name[:n] for name in names for n in range(1, min(len(name), longest) + 1)}


def _words(text: str) -> set[str]:
    words = {_plain(word) for word in WORD.findall(text)}
    return words | {word.removesuffix(end) for word in words for end in DIRECTIONS}


def _plain(name: str) -> str:
    return name.replace("_", "").casefold()


def _own_types(schema: GraphQLSchema) -> Iterator[GraphQLObjectType]:
    """Yield the object types of an application: not the roots, nor those of introspection."""
    roots = {schema.query_type, schema.mutation_type, schema.subscription_type}
    for kind in schema.type_map.values():
        if not isinstance(kind, GraphQLObjectType) or kind in roots:
            continue
        if not kind.name.startswith("__"):
            yield kind


def _things(schema: GraphQLSchema, kind: Any, levels: int) -> Iterator[GraphQLObjectType]:
    """Yield the object types that a field gives, seen through connections and pages."""
    if not is_composite_type(kind):
        return
    if not isinstance(kind, GraphQLObjectType):
        yield from schema.get_possible_types(kind)
        return
    yield kind
    inside = [get_named_type(f.type) for name, f in kind.fields.items() if name in WRAPPERS]
    for inner in inside if levels > 0 else ():
        yield from _things(schema, inner, levels - 1)
