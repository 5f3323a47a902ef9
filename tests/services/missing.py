"""The pytest plugin that ends a run with one line for each program that was missing."""

import re
from collections import Counter
from typing import Any

from tests.services.programs import MISSING

REASON = re.compile(MISSING.format(name="(?P<name>.+)", package="(?P<package>.+)"))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say of each program how many tests it kept away, and how to get it."""
    reports = terminalreporter.stats.get("skipped", ())
    reasons = (report.longrepr[2].removeprefix("Skipped: ") for report in reports)
    found = (match.group("name", "package") for match in map(REASON.fullmatch, reasons) if match)
    for (name, package), tests in sorted(Counter(found).items()):
        terminalreporter.write_line(line(name, package, tests), yellow=True)


def line(name: str, package: str, tests: int) -> str:
    """Return what is said of one program."""
    return f"{name} is missing, {tests} test{'s'[: tests != 1]} left out: install {package}"
