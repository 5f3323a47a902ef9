"""The house: packages and rooms, each on one floor, none too full, no way round in a circle."""

import ast
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("console", "idp", "consent", "policy", "claims", "foundation", "scopeward_guard")
MOST_MODULES = 15
"""At the top of a room, besides its `__init__`: what one can take in at a glance."""
CONFIGURATION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONTRACTS = CONFIGURATION["tool"]["importlinter"]["contracts"]


def rooms() -> Iterator[Path]:
    for package in (*PACKAGES, "examples", "bench"):
        for folder in (ROOT / package, *(ROOT / package).rglob("*")):
            if (folder / "__init__.py").exists() and folder.name != "migrations":
                yield folder


@cache
def imports(*, of_types: bool) -> dict[str, frozenset[str]]:
    """Return which modules each module imports, at run time or for types as well."""
    graph = grimp.build_graph(*PACKAGES, exclude_type_checking_imports=not of_types, cache_dir=None)
    return {
        module: frozenset(graph.find_modules_directly_imported_by(module))
        for module in graph.modules
    }


def circle_in(graph: dict[str, frozenset[str]]) -> list[str]:
    """Return the modules of which none can be read before another of them; empty: no circle."""
    left = dict(graph)
    while True:
        done = [module for module, used in left.items() if not used & left.keys()]
        if not done:
            break
        for module in done:
            del left[module]
    while True:
        used = frozenset().union(*left.values()) if left else frozenset()
        unused = [module for module in left if module not in used]
        if not unused:
            return sorted(left)
        for module in unused:
            del left[module]


def test_no_room_is_too_full() -> None:
    counted = {room.relative_to(ROOT).as_posix(): len([*room.glob("*.py")]) - 1 for room in rooms()}

    assert len(counted) > 50
    assert {room: count for room, count in counted.items() if count > MOST_MODULES} == {}


@pytest.mark.parametrize("of_types", [False, True], ids=["at run time", "for types"])
def test_no_module_is_needed_by_what_it_needs(of_types: bool) -> None:
    assert circle_in(imports(of_types=of_types)) == []


def test_every_room_of_benches_says_what_it_is() -> None:
    """No bench stands outside a room, and each room has a sentence about what is in it."""
    benches = {path.parent for path in (ROOT / "bench").rglob("*.py") if path.name != "__init__.py"}

    assert ROOT / "bench" not in benches
    assert len(benches) > 3
    for room in benches:
        assert ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8"))), (
            room
        )


def test_a_circle_would_be_found() -> None:
    graph = {"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}

    assert circle_in({module: frozenset(used) for module, used in graph.items()}) == ["b", "c"]


def test_packages_stand_in_one_order() -> None:
    order = next(c["layers"] for c in CONTRACTS if c["name"].startswith("One direction"))

    assert order == list(PACKAGES)


def test_every_package_has_a_place_for_each_of_its_rooms() -> None:
    """An exhaustive contract fails the build for a room that has no place in it."""
    kept = {
        container
        for contract in CONTRACTS
        if contract["type"] == "layers" and contract.get("exhaustive")
        for container in contract.get("containers", ())
    }

    assert set(PACKAGES) <= kept
    installed = {folder.parent for folder in ROOT.glob("*/*/apps.py")}
    assert {".".join(path.relative_to(ROOT).parts) for path in installed} <= kept
