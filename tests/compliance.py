"""The pytest plugin that writes docs/compliance.md: what specifications demand, and what proves it.

What is demanded, and by which tests it is proven, is listed in tests/requirements. A mark of a test
names the section that the test is about: `spec("RFC 6749", "4.1.2")`, with the module of the OpenID
Foundation's conformance suite that checks the same, if there is one, and the number of the finding
about the engine that it closes (`hole`). With `--compliance-report` the page is written after a run
in which every marked test passed, and only then; a test compares the page with lists and marks, so
that it cannot fall behind.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TESTS = ROOT / "tests"
REPORT = ROOT / "docs" / "compliance.md"


@dataclass(frozen=True, order=True)
class Mark:
    """A test, and the section that it is about."""

    document: str
    section: str
    test: str
    """`path::test`, the path below tests/."""
    modules: tuple[str, ...] = ()
    hole: int | None = None


@cache
def marks() -> tuple[Mark, ...]:
    """Return what the marks of all tests say, without importing the tests."""
    found = (mark for path in TESTS.rglob("test_*.py") for mark in _of_file(path))
    return tuple(sorted(found, key=lambda m: (m.document, section_key(m.section), m.test)))


def _of_file(path: Path) -> Iterator[Mark]:
    source = path.read_text(encoding="utf-8")
    if "mark.spec(" not in source:
        return
    for node in ast.parse(source).body:
        for decorator in node.decorator_list if isinstance(node, ast.FunctionDef) else ():
            if _is_spec(decorator):
                yield _mark(decorator, f"{path.relative_to(TESTS).as_posix()}::{node.name}")


def _is_spec(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.spec"


def _mark(decorator: ast.Call, test: str) -> Mark:
    document, section = (ast.literal_eval(argument) for argument in decorator.args)
    options = {word.arg: ast.literal_eval(word.value) for word in decorator.keywords}
    modules = options.get("module", ())
    return Mark(
        document=document,
        section=section,
        test=test,
        modules=(modules,) if isinstance(modules, str) else tuple(modules),
        hole=options.get("hole"),
    )


def section_key(section: str) -> list[tuple[int, str]]:
    """Return what sorts sections as documents do: 3.2 before 3.10, appendices last."""
    return [(int(p), "") if p.isdigit() else (10**6, p) for p in section.split(".")]


class ReportWriter:
    """Notes which tests passed, and writes the page at the end."""

    def __init__(self) -> None:
        self.outcomes: dict[str, set[str]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note an outcome; a test counts as failed if its setup or teardown failed."""
        if report.when == "call" or report.failed:
            name = report.nodeid.partition("[")[0]
            self.outcomes.setdefault(name, set()).add(report.outcome)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Write the page, or say which tests did not pass in this run."""
        from tests.compliance_page import render

        tests = sorted({mark.test for mark in marks()})
        unproven = [test for test in tests if not self._has_passed(test)]
        for test in unproven:
            terminalreporter.write_line(f"not proven: {test}")
        if unproven:
            terminalreporter.write_line(f"{REPORT.name} is left as it was.", red=True)
        else:
            REPORT.write_text(render(), encoding="utf-8")
            terminalreporter.write_line(f"{REPORT.name}: {len(tests)} tests passed.")

    def _has_passed(self, test: str) -> bool:
        return self.outcomes.get(f"tests/{test}") == {"passed"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option."""
    parser.addoption(
        "--compliance-report",
        action="store_true",
        help="write docs/compliance.md if all tests with a spec mark pass",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Start noting, in the process that sees all outcomes."""
    if config.getoption("--compliance-report") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(ReportWriter(), "compliance-report")
