"""The page of promises names tests that are there, and attackers that it has introduced."""

import re
from pathlib import Path

from tests.compliance import REPORT

PAGE = REPORT.with_name("security.md").read_text(encoding="utf-8")
TESTS = Path(__file__).parents[1]
NAMED = re.findall(r"\[([^\]]+?)::([\w:]+)\]\(\.\./tests/([^)]+)\)", PAGE)
ATTACKERS = set(re.findall(r"^\| \*\*(\w+)\*\* \|", PAGE, re.MULTILINE))
PROMISES = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in PAGE.splitlines()
    if "](../tests/" in line
]


def is_there(path: str, test: str) -> bool:
    file, (*classes, name) = TESTS / path, test.split("::")
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    defined = [f"class {each}:" for each in classes] + [f"{'    ' * len(classes)}def {name}("]
    return all(f"\n{each}" in text for each in defined)


def test_every_test_that_is_named_is_there_and_linked() -> None:
    assert NAMED
    assert not [f"{path}::{test}" for path, test, _ in NAMED if not is_there(path, test)]
    assert not [path for path, _, linked in NAMED if path != linked]


def test_every_promise_has_an_attacker_and_a_test() -> None:
    headings = [line for line in PAGE.splitlines() if line == "| promise | against | proof |"]
    rows = [line for line in PAGE.splitlines() if line.startswith("| ")]

    # Besides the promises: a heading over each table, who the attackers are, and the races.
    promising = [row for row in rows if row.count(" | ") == 2 and row not in headings]
    assert len(PROMISES) == len(promising) > len(headings) > 1
    for promise, against, _ in PROMISES:
        assert set(against.split(", ")) <= ATTACKERS, promise


def test_every_attacker_meets_a_promise() -> None:
    met = {attacker for _, against, _ in PROMISES for attacker in against.split(", ")}

    assert met == ATTACKERS
