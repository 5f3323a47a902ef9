"""The pytest plugin that writes docs/compliance.md from the `spec` marks of the tests.

A mark names the requirement that a test proves: `spec("RFC 6749", "4.1.2")`, with the module of
the OpenID Foundation's conformance suite that checks the same, if there is one, and the number of
the finding about the engine that it closes (`hole`). With `--compliance-report` the page is written
after a run in which every such test passed, and only then; a test compares the page with the marks,
so that it cannot fall behind.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TESTS = ROOT / "tests"
REPORT = ROOT / "docs" / "compliance.md"


@dataclass(frozen=True, order=True)
class Requirement:
    """One requirement of one section, and the test that proves it."""

    document: str
    section: str
    test: str
    path: str
    modules: tuple[str, ...] = ()
    hole: int | None = None

    @property
    def in_words(self) -> str:
        """The test's name as a sentence."""
        words = self.test.removeprefix("test_").replace("_", " ")
        return words[:1].upper() + words[1:]


def requirements() -> list[Requirement]:
    """Return what the marks of all tests say, without importing the tests."""
    found = (r for path in sorted(TESTS.rglob("test_*.py")) for r in _of_file(path))
    return sorted(found, key=lambda r: (r.document, _section_key(r.section), r.path, r.test))


def _of_file(path: Path) -> Iterator[Requirement]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            for decorator in node.decorator_list:
                if _is_spec(decorator):
                    yield _requirement(decorator, node.name, path)


def _is_spec(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.spec"


def _requirement(decorator: ast.Call, test: str, path: Path) -> Requirement:
    document, section = (ast.literal_eval(argument) for argument in decorator.args)
    options = {word.arg: ast.literal_eval(word.value) for word in decorator.keywords}
    modules = options.get("module", ())
    return Requirement(
        document=document,
        section=section,
        test=test,
        path=path.relative_to(ROOT).as_posix(),
        modules=(modules,) if isinstance(modules, str) else tuple(modules),
        hole=options.get("hole"),
    )


def _section_key(section: str) -> list[tuple[int, str]]:
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
        """Write the page, or say which requirements this run did not prove."""
        from tests.compliance_page import render

        named = requirements()
        unproven = [requirement for requirement in named if not self._has_passed(requirement)]
        for requirement in unproven:
            terminalreporter.write_line(f"not proven: {requirement.path}::{requirement.test}")
        if unproven:
            terminalreporter.write_line(f"{REPORT.name} is left as it was.", red=True)
        else:
            REPORT.write_text(render(named), encoding="utf-8")
            terminalreporter.write_line(f"{REPORT.name}: {len(named)} requirements proven.")

    def _has_passed(self, requirement: Requirement) -> bool:
        return self.outcomes.get(f"{requirement.path}::{requirement.test}") == {"passed"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option."""
    parser.addoption(
        "--compliance-report",
        action="store_true",
        help="write docs/compliance.md from the spec marks of the tests that pass",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Start noting, in the process that sees all outcomes."""
    if config.getoption("--compliance-report") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(ReportWriter(), "compliance-report")
