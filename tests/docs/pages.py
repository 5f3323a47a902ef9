"""What our pages show: every fenced block and every code span, found by reading the pages."""

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^( *)```([^\n`]*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`]+)`")
GENERATED = ROOT / "docs/compliance.md"


@dataclass(frozen=True)
class Block:
    """One fenced block."""

    page: str
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def pages() -> list[Path]:
    """Return every page that somebody reads, but the one that is made from the tests."""
    own = [ROOT / name for name in ("README.md", "SECURITY.md", "CONTRIBUTING.md")]
    found = [*own, ROOT / "scopeward_guard/README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return [path for path in found if path != GENERATED]


def name(path: Path) -> str:
    """Return a page's path in the project."""
    return path.relative_to(ROOT).as_posix()


def blocks(*languages: str) -> list[Block]:
    """Return the blocks in these languages, all without any."""
    found = [block for path in pages() for block in _blocks(path)]
    return [block for block in found if not languages or block.language in languages]


def spans() -> Iterator[tuple[str, str]]:
    """Return every code span outside the blocks, with its page."""
    for path in pages():
        prose = FENCE.sub("", path.read_text(encoding="utf-8"))
        for span in SPAN.findall(prose):
            yield name(path), " ".join(span.split())


def _blocks(path: Path) -> Iterator[Block]:
    text = path.read_text(encoding="utf-8")
    for found in FENCE.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        yield Block(name(path), line, found[2].strip(), textwrap.dedent(found[3]))
