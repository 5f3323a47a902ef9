"""Shell blocks, read into the commands that they are made of."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from tests.docs.pages import Block

PUNCTUATION = {"|", ">", "<", "&&"}
WITH_DOCKER = ("docker", "compose")


@dataclass(frozen=True)
class Command:
    """One program with its arguments, and what the page shows as its answer."""

    environment: tuple[str, ...]
    program: str
    arguments: tuple[str, ...]
    shown: str = ""

    @property
    def managing(self) -> tuple[str, ...] | None:
        """The words after `manage.py`, in a container or not; None of any other program."""
        words = (self.program, *self.arguments)
        if "manage.py" not in words:
            return None
        return words[words.index("manage.py") + 1 :]


def commands(block: Block) -> Iterator[Command]:
    """Read a block: in a `console` what begins with `$` is typed and the rest is answered."""
    if block.language == "console":
        for part in block.text.split("$ ")[1:] if block.text.startswith("$ ") else []:
            typed, answered = _until_complete(part.splitlines())
            yield from _split(typed, "\n".join(answered))
        return
    rest = [line for line in block.text.splitlines() if line.strip()]
    while rest:
        typed, rest = _until_complete(rest)
        yield from _split(typed, "")


def _until_complete(lines: list[str]) -> tuple[list[str], list[str]]:
    """Return the words of the first command, which may go on over lines, and the lines after it."""
    for end in range(1, len(lines) + 1):
        text = "\n".join(lines[:end])
        if text.endswith("\\"):
            continue
        try:
            return shlex.split(text.replace("\\\n", " "), comments=True), lines[end:]
        except ValueError:
            continue
    raise AssertionError(f"no command: {lines[0]}")


def _split(words: list[str], shown: str) -> Iterator[Command]:
    """Return each program of a pipe, without what it writes to or reads from."""
    part: list[str] = []
    parts = [part]
    skipped = False
    for word in words:
        if word in {"|", "&&"}:
            part = []
            parts.append(part)
        elif word in {"<", ">"}:
            skipped = True
        elif skipped:
            skipped = False
        else:
            part.append(word)
    for one in filter(None, parts):
        rest = list(one)
        environment = []
        while "=" in rest[0]:
            environment.append(rest.pop(0))
        yield Command(tuple(environment), rest[0], tuple(rest[1:]), shown)
