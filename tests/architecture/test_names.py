"""Names: one noun means one thing, and none is a riddle."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("console", "idp", "consent", "policy", "claims", "foundation", "scopeward_guard")
RIDDLES = {"which", "shown", "once", "asked", "moment", "words"}
"""What a reader asks back about: which what, shown to whom, asked by whom?"""


def modules() -> Iterator[Path]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if not {"migrations", "commands"} & set(path.parts):
                yield path


def definitions(path: Path) -> Iterator[ast.ClassDef | ast.FunctionDef]:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
            yield node


def test_no_two_classes_have_one_name() -> None:
    """A search for a class finds it, and a sentence that names it means it."""
    found = defaultdict(list)
    for path in modules():
        for node in definitions(path):
            if isinstance(node, ast.ClassDef):
                found[node.name].append(path.relative_to(ROOT).as_posix())

    assert len(found) > 500
    assert {name: paths for name, paths in found.items() if len(paths) > 1} == {}


def test_no_name_is_a_riddle() -> None:
    named = {
        f"{path.relative_to(ROOT).as_posix()}: {name}"
        for path in modules()
        for name in (path.stem, *(node.name.lower() for node in definitions(path)))
        if name in RIDDLES
    }

    assert sorted(named) == []
