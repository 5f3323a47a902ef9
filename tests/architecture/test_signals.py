"""Whoever handles a signal takes no lock.

A handler runs in the main thread, between any two steps of what that thread does. A lock that the
interrupted step holds is never given back while the handler waits for it.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OUTSIDE = {".venv", ".venv-newest", ".git", "node_modules", "var", "staticfiles"}
REGISTERS = {"signal", "sigaction", "set_wakeup_fd", "add_signal_handler", "siginterrupt"}
SETS_A_FLAG = "def handle(signum, frame):\n    'Why.'\n    self.asked = True\n"


def sources() -> Iterator[Path]:
    """Yield every file in which one of the words stands; the others need not be parsed."""
    for path in sorted(ROOT.rglob("*.py")):
        if OUTSIDE.isdisjoint(path.relative_to(ROOT).parts):
            text = path.read_text(encoding="utf-8")
            if any(word in text for word in REGISTERS):
                yield path


def registrations(tree: ast.AST) -> Iterator[ast.Call]:
    """Find `signal.signal(…)`, `loop.add_signal_handler(…)` and their kin."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        by_name = node.func.attr in REGISTERS - {"signal"}
        owner = node.func.value
        if by_name or (node.func.attr == "signal" and ast.unparse(owner) == "signal"):
            yield node


def handlers(tree: ast.AST) -> dict[str, ast.FunctionDef]:
    return {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def only_sets_a_flag(function: ast.FunctionDef) -> bool:
    """Say whether a function does nothing but give constants to names."""
    harmless = (ast.Nonlocal, ast.Global, ast.Pass)
    for step in function.body:
        is_text = isinstance(step, ast.Expr) and isinstance(step.value, ast.Constant)
        is_flag = isinstance(step, ast.Assign) and isinstance(step.value, ast.Constant)
        if not (is_text or is_flag or isinstance(step, harmless)):
            return False
    return True


def unsafe(tree: ast.AST) -> list[int]:
    """Return the lines that register anything else than a function that sets a flag."""
    known = handlers(tree)
    found = []
    for call in registrations(tree):
        handler = call.args[1] if len(call.args) > 1 else None
        is_default = isinstance(handler, ast.Attribute) and handler.attr.startswith("SIG_")
        function = known.get(handler.id) if isinstance(handler, ast.Name) else None
        if not is_default and (function is None or not only_sets_a_flag(function)):
            found.append(call.lineno)
    return found


def test_no_handler_does_more_than_set_a_flag() -> None:
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sources()}
    found = {str(path.relative_to(ROOT)): unsafe(tree) for path, tree in trees.items()}

    assert sum(1 for tree in trees.values() for _ in registrations(tree)) >= 2
    assert {path: lines for path, lines in found.items() if lines} == {}


def test_the_function_that_registers_is_called_by_its_full_name() -> None:
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "signal":
                assert "signal" not in {name.name for name in node.names}, path


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("signal.signal(1, handle)", []),
        ("signal.signal(1, signal.SIG_IGN)", []),
        ("signal.signal(1, lambda *_: event.set())", [4]),
        ("signal.signal(1, event.set)", [4]),
        ("loop.add_signal_handler(1, stop)", [4]),
        ("def handle(signum, frame):\n    event.set()\nsignal.signal(1, handle)", [6]),
        ("def handle(signum, frame):\n    raise SystemExit\nsignal.signal(1, handle)", [6]),
    ],
)
def test_the_search_knows_a_handler_that_does_more(body: str, lines: list[int]) -> None:
    assert unsafe(ast.parse(SETS_A_FLAG + body)) == lines
