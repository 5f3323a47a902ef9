"""What the arguments of a GraphQL field look at.

`users(where: {salary_gt: 100}) { name }` tells who earns more, and `orderBy: SALARY` who earns the
most, though the salary is not among the fields that are asked for. So whatever in an argument bears
the name of a field of what comes back counts as reading that field. Servers write their filters in
many ways; names are compared without capitals and underscores, what an operator adds at the end is
passed over, and a text counts word by word (`-salary`, `salary desc`, `salary>100`). Too much may
be found that way, never too little.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from graphql import GraphQLObjectType, GraphQLSchema, get_named_type
from graphql.type import GraphQLCompositeType, is_composite_type

WRAPPERS = frozenset({"edges", "node", "nodes", "items", "results", "data", "rows", "records"})
"""Fields of a connection or page, behind which the things themselves are."""
MAX_LEVELS = 12
WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*+")
DIRECTIONS = ("asc", "desc")


def reads_of_arguments(
    schema: GraphQLSchema, arguments: Mapping[str, Any], returned: GraphQLCompositeType
) -> set[str]:
    """Return `Type.field` for every field of `returned` that an argument names.

    `arguments` are JSON values, variables filled in; values of enumerations are strings.
    """
    search = _Search(schema)
    for kind in _things(schema, returned, MAX_LEVELS):
        search.look_at(arguments, kind, MAX_LEVELS)
    return search.found


class _Search:
    """Looks at each value once for each type that it may be about."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema, self.found = schema, set[str]()
        self._seen: set[tuple[int, str]] = set()

    def look_at(self, value: Any, kind: GraphQLObjectType, levels: int) -> None:
        if levels < 0 or (id(value), kind.name) in self._seen:
            return
        if isinstance(value, str):
            self._find(kind, _words(value))
            return
        self._seen.add((id(value), kind.name))
        if isinstance(value, Mapping):
            for name, inner in value.items():
                self._look_behind(name, inner, kind, levels - 1)
        elif isinstance(value, list | tuple):
            for entry in value:
                self.look_at(entry, kind, levels - 1)

    def _look_behind(self, name: str, inner: Any, kind: GraphQLObjectType, levels: int) -> None:
        """Look at a member of an object: what it may be called, and what is inside it."""
        self.look_at(inner, kind, levels)
        said = _plain(name)
        fields = {field for field in kind.fields if said.startswith(_plain(field))}
        self._find(kind, set(map(_plain, fields)))
        for field in fields:
            behind = get_named_type(kind.fields[field].type)
            for other in _things(self.schema, behind, levels) if is_composite_type(behind) else ():
                self.look_at(inner, other, levels)

    def _find(self, kind: GraphQLObjectType, names: set[str]) -> None:
        self.found |= {f"{kind.name}.{field}" for field in kind.fields if _plain(field) in names}


def _words(text: str) -> set[str]:
    words = {_plain(word) for word in WORD.findall(text)}
    return words | {word.removesuffix(end) for word in words for end in DIRECTIONS}


def _plain(name: str) -> str:
    return name.replace("_", "").casefold()


def _things(schema: GraphQLSchema, kind: Any, levels: int) -> Iterator[GraphQLObjectType]:
    """Yield the object types that a field gives, seen through connections and pages."""
    if not isinstance(kind, GraphQLObjectType):
        yield from schema.get_possible_types(kind)
        return
    yield kind
    inside = [get_named_type(f.type) for name, f in kind.fields.items() if name in WRAPPERS]
    for inner in inside if levels > 0 else ():
        if is_composite_type(inner):
            yield from _things(schema, inner, levels - 1)
