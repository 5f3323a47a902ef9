"""Every fenced block says what it is, and is that."""

import csv
import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlglot

from foundation.directory.risk.locations import read_places
from policy.engine.validation import problems_of
from scopeward_guard.cedar import default_schema
from tests.docs.pages import FENCE, ROOT, Block, blocks, pages
from tests.docs.test_sessions import PLAYED
from tests.services import programs

TYPED = re.compile(r"^\s*(\$ |make |curl |docker |python |\.venv/|manage\.py )", re.MULTILINE)


def documents(text: str) -> list[Any]:
    """Return the JSON values of a block, one after the other."""
    decoder, found, rest = json.JSONDecoder(), [], text.strip()
    while rest:
        value, end = decoder.raw_decode(rest)
        found.append(value)
        rest = rest[end:].lstrip()
    return found


def is_figure(block: Block) -> None:
    """A figure or an output: nothing that belongs to another class."""
    assert not TYPED.search(block.text)
    assert not re.match(r"\s*[\[{]", block.text)


def is_json(block: Block) -> None:
    assert documents(block.text)


def is_cedar(block: Block) -> None:
    assert problems_of(block.text, default_schema()) == ()


def is_sql(block: Block) -> None:
    assert sqlglot.parse_one(block.text, read="postgres")


def is_python(block: Block) -> None:
    compile(block.text, str(block), "exec")


def is_request(block: Block) -> None:
    assert re.match(r"[A-Z]+ /\S* HTTP/1\.1\n([\w-]+: .+\n)*\Z", block.text)


def is_diagram(block: Block) -> None:
    kind, *lines = block.text.splitlines()
    assert kind in {"sequenceDiagram", "flowchart LR", "stateDiagram-v2"}
    named = set(re.findall(r"participant (\w+) as", block.text))
    arrows = re.findall(r"^ +(\w+)--?>>(\w+): ", block.text, re.MULTILINE)
    assert {end for arrow in arrows for end in arrow} == named
    assert len(arrows) + len(named) == len(lines)


def is_table(block: Block) -> None:
    rows = list(csv.reader(block.text.splitlines()))
    assert len({len(row) for row in rows}) == 1


def is_shell(block: Block) -> None:
    """Looked at in test_commands.py and test_sessions.py."""
    assert TYPED.search(block.text) or (ROOT / block.text.split()[0]).exists() or "|" in block.text


def is_module(block: Block) -> None:
    node = programs.require("node", package="nodejs")
    done = subprocess.run(
        [node, "--check", "--input-type=module", "-"],
        input=block.text, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def is_rego(block: Block) -> None:
    opa = programs.require("opa", package=programs.OPA)
    done = subprocess.run(
        [opa, "parse", "/dev/stdin"],
        input=block.text, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


CLASSES: dict[str, Callable[[Block], None]] = {
    "text": is_figure,
    "mermaid": is_diagram,
    "sh": is_shell,
    "console": is_shell,
    "python": is_python,
    "js": is_module,
    "json": is_json,
    "http": is_request,
    "cedar": is_cedar,
    "rego": is_rego,
    "sql": is_sql,
    "csv": is_table,
}
"""What a block can be, by its language. One that is none of these has no test that reads it."""


NEEDS = {"js": pytest.mark.node, "rego": pytest.mark.opa}
EVERY = [
    pytest.param(block, marks=NEEDS.get(block.language, ()), id=str(block)) for block in blocks()
]


@pytest.mark.parametrize("block", EVERY)
def test_block_is_what_it_says(block: Block) -> None:
    assert block.language in CLASSES, f"{block}: no class for {block.language!r}"
    CLASSES[block.language](block)


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_every_fence_of_a_page_is_read(page: Path) -> None:
    text = page.read_text(encoding="utf-8")

    assert "~~~" not in text
    assert len(re.findall(r"^ *```", text, re.MULTILINE)) == 2 * len(FENCE.findall(text))


def test_networks_of_the_page_can_be_read() -> None:
    (block,) = blocks("csv")

    assert len(read_places(csv.reader(block.text.splitlines()))) == block.text.count("\n") - 1


def test_problem_of_a_policy_reads_as_the_page_says() -> None:
    (shown,) = [block.text.strip() for block in blocks("text") if "Did you mean" in block.text]
    place, name, word = re.findall(r"(\S+) \[(\w+)\] .+ attribute (\w+)\.", shown)[0]
    line, column = map(int, place.split(":"))
    head = (
        f'@id("{name}")\npermit(principal is User, action, resource is Query)\nwhen {{\n  true &&'
    )
    text = f"{head}\n{'context.'.rjust(column - 1)}{word} == 1\n}};"

    assert line == 5
    assert shown in [str(problem) for problem in problems_of(text, default_schema())]


def test_something_is_typed() -> None:
    """The sessions are those of the pages: none is there twice, and none by another name."""
    assert len({str(block) for block, _ in PLAYED}) == len(PLAYED) > 10
