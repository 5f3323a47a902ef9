"""Every regular expression of ours, and texts that are hard for it.

Found by construction: calls of `re` in the syntax trees of the modules, evaluated where they
stand, what validators hold, what the addresses of pages are matched with, and the patterns in
JSON Schemas of ours.
"""

import ast
import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, product
from pathlib import Path
from re import _constants as sre, _parser as sre_parser  # type: ignore[attr-defined]
from types import ModuleType
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from idp.front.limits import LONGEST_PATH

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = (
    "console",
    "idp",
    "consent",
    "policy",
    "claims",
    "foundation",
    "scopeward_guard",
    "examples",
)
CALLS = {"compile", "match", "search", "fullmatch", "sub", "subn", "split", "findall", "finditer"}
SIZE = 65_536
Text = str | bytes
Uses = dict[str, set[str]]


@dataclass(frozen=True)
class Found:
    """A pattern, where it stands, and the methods it is used by."""

    place: str
    pattern: re.Pattern[Any]
    methods: frozenset[str]
    longest: int = SIZE
    """Characters of what it meets at most, where something in front sees to that."""


class UnknownPatternError(Exception):
    """A pattern that is not known when its module has been read."""


def all_patterns() -> Iterator[Found]:
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sources()}
    uses = [uses_of_names(tree) for tree in trees.values()]
    for (path, tree), own in zip(trees.items(), uses, strict=True):
        yield from patterns_in(path, tree, own, uses)
    yield from patterns_of_addresses()
    yield from patterns_of_schemas()


def sources() -> Iterator[Path]:
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if not {"migrations", "tests", "node_modules"} & set(path.parts):
                yield path


def uses_of_names(tree: ast.AST) -> dict[str, set[str]]:
    """Return the methods called on each name: `NAME.fullmatch(…)`, `module.NAME.search(…)`."""
    uses: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in CALLS:
            owner = node.value
            name = getattr(owner, "id", None) or getattr(owner, "attr", None)
            uses.setdefault(str(name), set()).add(node.attr)
    return uses


def methods_of(name: str, own: Uses, all_uses: list[Uses]) -> frozenset[str]:
    """Return how a pattern is used: where it stands, or else wherever a name like its is.

    One without a name of its own, in a table, is used by whatever small name its module gives it.
    """
    if not name:
        return frozenset(
            m for local, used in own.items() if local.islower() and local != "re" for m in used
        )
    return frozenset(own.get(name) or {m for uses in all_uses for m in uses.get(name, ())})


def patterns_in(path: Path, tree: ast.Module, own: Uses, uses: list[Uses]) -> Iterator[Found]:
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and is_regex(node)]
    if not calls:
        return
    module = imported(path)
    names = {
        id(node.value): ast.unparse(node.targets[0])
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
    }
    for call in calls:
        place = f"{path.relative_to(ROOT)}:{call.lineno}"
        method = getattr(call.func, "attr", "RegexValidator")
        if method == "compile":
            methods = methods_of(names.get(id(call), ""), own, uses)
        else:
            methods = frozenset({"search" if method == "RegexValidator" else method})
        yield Found(place, compiled(call, module, place), methods)


def is_regex(call: ast.Call) -> bool:
    function = call.func
    if isinstance(function, ast.Name):
        return function.id == "RegexValidator"
    return (
        isinstance(function, ast.Attribute)
        and function.attr in CALLS
        and isinstance(function.value, ast.Name)
        and function.value.id == "re"
    )


def imported(path: Path) -> ModuleType:
    base = ROOT / "examples" if path.is_relative_to(ROOT / "examples") else ROOT
    parts = path.relative_to(base).with_suffix("").parts
    return importlib.import_module(".".join(p for p in parts if p != "__init__"))


def compiled(call: ast.Call, module: ModuleType, place: str) -> re.Pattern[Any]:
    """Evaluate the pattern and its flags as they stand, with the names of the module."""
    flags = next((word.value for word in call.keywords if word.arg == "flags"), None)
    if flags is None and ast.unparse(call.func) == "re.compile" and len(call.args) > 1:
        flags = call.args[1]
    try:
        text = evaluated(call.args[0], module)
        return re.compile(text, evaluated(flags, module) if flags else 0)
    except NameError as error:
        raise UnknownPatternError(f"{place}: {error}") from error


def evaluated(node: ast.expr, module: ModuleType) -> Any:
    code = compile(ast.Expression(node), module.__name__, "eval")
    return eval(code, dict(vars(module)))  # noqa: S307 - source of ours


def patterns_of_addresses() -> Iterator[Found]:
    def walk(entries: list[URLPattern | URLResolver]) -> Iterator[Found]:
        for entry in entries:
            regex = entry.pattern.regex
            how = frozenset({"search", "fullmatch"})
            yield Found(f"address {entry.pattern}", regex, how, longest=LONGEST_PATH)
            if isinstance(entry, URLResolver):
                yield from walk(entry.url_patterns)

    yield from walk(get_resolver().url_patterns)


def patterns_of_schemas() -> Iterator[Found]:
    from claims.catalogue.details.defaults import DEFAULT_TYPES

    def walk(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            if isinstance(value.get("pattern"), str):
                yield value["pattern"]
            yield from walk(list(value.values()))
        elif isinstance(value, list | tuple):
            for entry in value:
                yield from walk(entry)

    for text in sorted(set(walk(DEFAULT_TYPES))):
        yield Found(f"schema {text}", re.compile(text), frozenset({"search"}))


def hard_texts(pattern: re.Pattern[Any]) -> Iterator[Text]:
    """Yield texts made of what the pattern is made of: repeated, in pairs, after its beginnings."""
    tree = sre_parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE | text_flag(pattern))
    signs = representatives(tree)
    beginnings = list(dict.fromkeys(["", *prefixes(tree)]))
    pairs = (a + b for a, b in pairwise([*signs, *signs[:1]]) if a != b)
    pieces = list(dict.fromkeys([*signs, *pairs, *beginnings[1:]]))
    for beginning, piece in product(beginnings, pieces):
        yield encoded(pattern, beginning + piece * (SIZE // len(piece)) + "\x00")


def text_flag(pattern: re.Pattern[Any]) -> int:
    return re.UNICODE if isinstance(pattern.pattern, str) else 0


def encoded(pattern: re.Pattern[Any], text: str) -> Text:
    return text if isinstance(pattern.pattern, str) else text.encode("latin-1", "replace")


MOST_SIGNS, MOST_BEGINNINGS = 6, 2
CATEGORIES = {
    sre.CATEGORY_DIGIT: "7",
    sre.CATEGORY_NOT_DIGIT: "z",
    sre.CATEGORY_SPACE: " ",
    sre.CATEGORY_NOT_SPACE: "z",
    sre.CATEGORY_WORD: "w",
    sre.CATEGORY_NOT_WORD: "-",
}


def representatives(tree: Any) -> list[str]:
    """Return one sign for each literal, range and category, the rarest kinds first."""
    found: dict[str, None] = {}
    for operation, argument in operations(tree):
        for sign in signs_of(operation, argument):
            found.setdefault(sign)
    return list(found)[:MOST_SIGNS]


def signs_of(operation: Any, argument: Any) -> Iterator[str]:
    if operation is sre.LITERAL:
        yield chr(argument)
    elif operation is sre.RANGE:
        yield chr(argument[0])
    elif operation is sre.CATEGORY:
        yield CATEGORIES[argument]
    elif operation in {sre.ANY, sre.NOT_LITERAL, sre.NEGATE}:
        yield "z"


def operations(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Walk every operation of a parsed pattern, repetitions before single signs."""
    repeats = {sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT}
    for operation, argument in sorted(tree, key=lambda node: node[0] not in repeats):
        yield operation, argument
        for child in children(operation, argument):
            yield from operations(child)


def children(operation: Any, argument: Any) -> Iterator[Any]:
    if operation in {sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT}:
        yield argument[2]
    elif operation is sre.SUBPATTERN:
        yield argument[3]
    elif operation is sre.BRANCH:
        yield from argument[1]
    elif operation in {sre.ASSERT, sre.ASSERT_NOT}:
        yield argument[1]
    elif operation is sre.ATOMIC_GROUP or operation is sre.IN:
        yield argument


def prefixes(tree: Any) -> list[str]:
    """Return beginnings of what the pattern matches, the longest first."""
    found, text = [], ""
    for operation, argument in tree:
        text += sample(operation, argument)
        found.append(text)
    return sorted({entry for entry in found if entry}, key=len, reverse=True)[:MOST_BEGINNINGS]


def sample(operation: Any, argument: Any) -> str:
    """Return a short text that one operation matches."""
    if operation in {sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT}:
        least, most, inner = argument
        return "".join(sample(*node) for node in inner) * min(max(least, 1), most)
    if operation is sre.BRANCH:
        return "".join(sample(*node) for node in argument[1][0])
    if operation is sre.IN:
        return next((s for entry in argument for s in signs_of(*entry)), "z")
    if operation in {sre.ASSERT, sre.ASSERT_NOT, sre.AT, sre.GROUPREF}:
        return ""
    inner = next(iter(children(operation, argument)), None)
    if inner is not None:
        return "".join(sample(*node) for node in inner)
    return next(signs_of(operation, argument), "")
